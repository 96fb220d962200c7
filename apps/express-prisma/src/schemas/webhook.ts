import { z } from 'zod';

import { reference } from './fields.js';

export const paymentEvent = z.object({
  type: z.string(),
  data: z.object({
    order_id: reference,
    payment_id: z.string(),
  }),
});

export type PaymentEvent = z.infer<typeof paymentEvent>;
