import { Type } from '@sinclair/typebox';

import { Id, Moment, NullableText } from './fields.js';

export const ReviewCreate = Type.Object({
  rating: Type.Integer({ minimum: 1, maximum: 5 }),
  body: Type.Optional(NullableText({ maxLength: 2000 })),
});

export const ReviewUpdate = Type.Partial(ReviewCreate);

export const ReviewOut = Type.Object({
  id: Id,
  book_id: Id,
  user_id: Id,
  rating: Type.Integer(),
  body: NullableText(),
  created_at: Moment,
});
