import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { config } from '../config.js';

const SearchAnswer = Type.Object({
  hits: Type.Object({
    total: Type.Object({ value: Type.Integer({ minimum: 0 }) }),
    hits: Type.Array(Type.Object({ _id: Type.String({ pattern: '^[0-9]{1,9}$' }) })),
  }),
});

/** The ids of the books on the page, best match first, and how many match in all. */
export async function findBooks(
  text: string,
  from: number,
  size: number,
): Promise<{ ids: number[]; total: number }> {
  const response = await fetch(`${config.SEARCH_URL}/books/_search`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `ApiKey ${config.SEARCH_API_KEY}`,
    },
    body: JSON.stringify({ query: { match: { title: text } }, from, size, _source: false }),
    signal: AbortSignal.timeout(config.SEARCH_TIMEOUT_MS),
  });
  if (!response.ok) {
    throw new Error(`The search service answered ${response.status}`);
  }
  const { hits } = Value.Parse(SearchAnswer, await response.json());
  return { ids: hits.hits.map((hit) => Number(hit._id)), total: hits.total.value };
}
