import { type Static, Type } from '@sinclair/typebox';

import { AuthorOut } from './author.js';
import { Cents, Count, Id, Line, Moment, NullableText, PageQuery } from './fields.js';

export const BookCreate = Type.Object({
  isbn: Type.String({ pattern: '^[0-9]{13}$' }),
  title: Line(200),
  author_id: Id,
  price_cents: Cents,
  stock: Count,
  published_on: Type.Optional(NullableText({ format: 'date' })),
});

export const BookUpdate = Type.Partial(BookCreate);

export const BookQuery = Type.Composite([
  PageQuery,
  Type.Object({
    author_id: Type.Optional(Id),
    min_price: Type.Optional(Count),
    max_price: Type.Optional(Count),
    q: Type.Optional(Line(200)),
    sort: Type.Union(
      [
        Type.Literal('title'),
        Type.Literal('-title'),
        Type.Literal('price'),
        Type.Literal('-price'),
        Type.Literal('newest'),
      ],
      { default: 'newest' },
    ),
  }),
]);

export const SearchQuery = Type.Composite([PageQuery, Type.Object({ q: Line(200) })]);

export const BookOut = Type.Object({
  id: Id,
  isbn: Type.String(),
  title: Type.String(),
  author_id: Id,
  price_cents: Type.Integer(),
  stock: Type.Integer(),
  published_on: NullableText(),
  created_at: Moment,
  updated_at: Moment,
});

export const BookDetails = Type.Composite([
  BookOut,
  Type.Object({
    author: AuthorOut,
    rating_average: Type.Unsafe<number | null>({ type: ['number', 'null'] }),
  }),
]);

export type BookSort = Static<typeof BookQuery>['sort'];
