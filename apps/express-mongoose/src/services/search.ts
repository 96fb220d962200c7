import { z } from 'zod';

import { config } from '../config';
import { objectId, type PageQuery } from '../validations/fields';

export class SearchFailed extends Error {}

const answer = z.object({
  hits: z.object({
    total: z.object({ value: z.number().int().min(0) }),
    hits: z.array(z.object({ _id: objectId })).max(100),
  }),
});

/** The ids of the books on the page, best match first, and how many match in all. */
export async function findBooks(query: PageQuery & { q: string }) {
  try {
    const response = await fetch(`${config.search.url}/books/_search`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `ApiKey ${config.search.key}`,
      },
      body: JSON.stringify({
        query: { match: { title: query.q } },
        from: (query.page - 1) * query.per_page,
        size: query.per_page,
        _source: false,
      }),
      signal: AbortSignal.timeout(config.search.timeout),
    });
    if (!response.ok) {
      throw new Error(`status ${response.status}`);
    }
    const { hits } = answer.parse(await response.json());
    return { ids: hits.hits.map((hit) => hit._id), total: hits.total.value };
  } catch (error) {
    throw new SearchFailed('The search service failed', { cause: error });
  }
}
