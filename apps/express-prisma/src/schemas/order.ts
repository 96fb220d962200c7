import { OrderStatus } from '@prisma/client';
import { z } from 'zod';

import { cardToken, day, id, pageQuery, quantity, reference } from './fields.js';

const orderLine = z.object({
  book_id: reference,
  quantity,
});

export const orderCreate = z.object({
  items: z
    .array(orderLine)
    .min(1)
    .max(100)
    .refine(
      (items) => new Set(items.map((item) => item.book_id)).size === items.length,
      'Must name each book only once',
    ),
});

export const payment = z.object({ token: cardToken });

export const orderQuery = pageQuery.extend({
  status: z.enum(OrderStatus).optional(),
  user_id: id.optional(),
  from: day.optional(),
  to: day.optional(),
  sort: z.enum(['newest', 'oldest', 'total', '-total']).default('newest'),
});

export type OrderCreate = z.infer<typeof orderCreate>;
export type OrderLine = z.infer<typeof orderLine>;
export type OrderSort = z.infer<typeof orderQuery>['sort'];
export type Payment = z.infer<typeof payment>;
