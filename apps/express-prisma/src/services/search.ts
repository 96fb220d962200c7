import { z } from 'zod';

import { config } from '../config.js';
import { slice } from '../pagination.js';
import type { SearchQuery } from '../schemas/book.js';
import { id } from '../schemas/fields.js';

export class SearchFailed extends Error {}

const searchAnswer = z.object({
  hits: z.object({
    total: z.object({ value: z.number().int().min(0) }),
    hits: z.array(z.object({ _id: id })).max(100),
  }),
});

/** The ids of the books on the page, best match first, and how many match in all. */
export async function findBooks(query: SearchQuery): Promise<{ ids: number[]; total: number }> {
  const { skip, take } = slice(query);
  try {
    const response = await fetch(`${config.SEARCH_URL}/books/_search`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `ApiKey ${config.SEARCH_API_KEY}`,
      },
      body: JSON.stringify({
        query: { match: { title: query.q } },
        from: skip,
        size: take,
        _source: false,
      }),
      signal: AbortSignal.timeout(config.SEARCH_TIMEOUT_MS),
    });
    if (!response.ok) {
      throw new SearchFailed(`status ${response.status}`);
    }
    const { hits } = searchAnswer.parse(await response.json());
    return { ids: hits.hits.map((hit) => hit._id), total: hits.total.value };
  } catch (error) {
    throw new SearchFailed('The search service failed', { cause: error });
  }
}
