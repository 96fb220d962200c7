import { z } from 'zod';

import { rating, reviewBody } from './fields.js';

export const reviewCreate = z.object({
  rating,
  body: reviewBody.nullish(),
});

export const reviewUpdate = reviewCreate.partial();

export type ReviewCreate = z.infer<typeof reviewCreate>;
export type ReviewUpdate = z.infer<typeof reviewUpdate>;
