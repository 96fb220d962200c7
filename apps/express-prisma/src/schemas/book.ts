import { z } from 'zod';

import {
  cents,
  day,
  id,
  isbn,
  pageQuery,
  priceFilter,
  reference,
  searchText,
  stock,
  title,
} from './fields.js';

export const bookCreate = z.object({
  isbn,
  title,
  author_id: reference,
  price_cents: cents,
  stock,
  published_on: day.nullish(),
});

export const bookUpdate = bookCreate.partial();

export const bookQuery = pageQuery.extend({
  author_id: id.optional(),
  min_price: priceFilter.optional(),
  max_price: priceFilter.optional(),
  q: searchText.optional(),
  sort: z.enum(['title', '-title', 'price', '-price', 'newest']).default('newest'),
});

export const searchQuery = pageQuery.extend({ q: searchText });

export type BookCreate = z.infer<typeof bookCreate>;
export type BookUpdate = z.infer<typeof bookUpdate>;
export type BookSort = z.infer<typeof bookQuery>['sort'];
export type SearchQuery = z.infer<typeof searchQuery>;
