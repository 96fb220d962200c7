import { type Static, Type } from '@sinclair/typebox';

import { Day, Id, Line, Moment, NullableText, PageQuery } from './fields.js';

const OrderLine = Type.Object({
  book_id: Id,
  quantity: Type.Integer({ minimum: 1, maximum: 100 }),
});

export const OrderCreate = Type.Object({
  items: Type.Array(OrderLine, { minItems: 1, maxItems: 100 }),
});

export const Payment = Type.Object({ token: Line(255) });

const Status = Type.Union([
  Type.Literal('pending'),
  Type.Literal('paid'),
  Type.Literal('cancelled'),
]);

export const OrderQuery = Type.Composite([
  PageQuery,
  Type.Object({
    status: Type.Optional(Status),
    user_id: Type.Optional(Id),
    from: Type.Optional(Day),
    to: Type.Optional(Day),
    sort: Type.Union(
      [
        Type.Literal('newest'),
        Type.Literal('oldest'),
        Type.Literal('total'),
        Type.Literal('-total'),
      ],
      { default: 'newest' },
    ),
  }),
]);

export const OrderOut = Type.Object({
  id: Id,
  user_id: Id,
  status: Status,
  total_cents: Type.Integer(),
  payment_id: NullableText(),
  created_at: Moment,
  items: Type.Array(
    Type.Object({
      id: Id,
      book_id: Id,
      quantity: Type.Integer(),
      unit_price_cents: Type.Integer(),
    }),
  ),
});

export type OrderLine = Static<typeof OrderLine>;
export type OrderSort = Static<typeof OrderQuery>['sort'];
