import { ilike } from 'drizzle-orm';

import { books } from './schema.js';

export function slice({ page, per_page }: { page: number; per_page: number }) {
  return { offset: (page - 1) * per_page, limit: per_page };
}

/** A title that contains the text, in any case. */
export function titleContains(text: string) {
  return ilike(books.title, `%${text.replace(/[\\%_]/g, '\\$&')}%`);
}
