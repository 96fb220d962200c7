import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import axios, { type AxiosResponse } from 'axios';
import { z } from 'zod';

import { config } from '../config.js';

export const MAX_TRIES = 3;

/** The service failed or answered something that we do not understand. */
export class PaymentFailed extends Error {}

/** The card was refused. */
export class PaymentDeclined extends PaymentFailed {}

/** The service asked us to slow down, and did so again each time we tried. */
export class PaymentBusy extends PaymentFailed {}

/** The service did not answer in time. */
export class PaymentTimeout extends PaymentFailed {}

const chargeAnswer = z.object({
  id: z.string().min(1).max(255),
  status: z.literal('succeeded'),
});

const http = axios.create({
  baseURL: config.PAYMENT_URL,
  headers: { Authorization: `Bearer ${config.PAYMENT_KEY}` },
  timeout: config.PAYMENT_TIMEOUT_MS,
  validateStatus: () => true,
});

/**
 * Charges the card and gives the id of the charge.
 *
 * The idempotency key names the order and the card: trying again never charges a card twice, and
 * after a refusal the order can still be paid with another card.
 */
export async function charge(order: {
  orderId: number;
  amount: number;
  token: string;
}): Promise<string> {
  const card = createHash('sha256').update(order.token).digest('hex').slice(0, 16);
  const form = new URLSearchParams({
    amount: String(order.amount),
    currency: 'eur',
    source: order.token,
    'metadata[order_id]': String(order.orderId),
  });
  const response = await post('/v1/charges', form, {
    'Idempotency-Key': `order-${order.orderId}-${card}`,
  });
  if (response.status === 402) {
    throw new PaymentDeclined();
  }
  if (response.status < 200 || response.status >= 300) {
    throw new PaymentFailed(`status ${response.status}`);
  }
  const answer = chargeAnswer.safeParse(response.data);
  if (!answer.success) {
    throw new PaymentFailed('odd answer', { cause: answer.error });
  }
  return answer.data.id;
}

async function post(
  path: string,
  form: URLSearchParams,
  headers: Record<string, string>,
): Promise<AxiosResponse<unknown>> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    if (attempt > 0) {
      await sleep(config.PAYMENT_RETRY_DELAY_MS * 2 ** (attempt - 1));
    }
    const response = await http.post(path, form, { headers }).catch(fail);
    if (response.status !== 429) {
      return response;
    }
  }
  throw new PaymentBusy();
}

function fail(error: unknown): never {
  const code = axios.isAxiosError(error) ? error.code : undefined;
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') {
    throw new PaymentTimeout('timeout', { cause: error });
  }
  throw new PaymentFailed('network', { cause: error });
}
