import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import createError from 'http-errors';
import { z } from 'zod';

import { config } from '../config';
import type { Order } from '../models/order';

const MAX_TRIES = 3;

const charge = z.object({ id: z.string().min(1).max(255), status: z.literal('succeeded') });

/**
 * Charges the card and gives the id of the charge; whatever goes wrong is an error with a status.
 *
 * The idempotency key names the order and the card: trying again never charges a card twice, and
 * after a refusal the order can still be paid with another card.
 */
export async function chargeCard(order: Order, token: string): Promise<string> {
  const card = createHash('sha256').update(token).digest('hex').slice(0, 16);
  const form = new URLSearchParams({
    amount: String(order.total_cents),
    currency: 'eur',
    source: token,
    'metadata[order_id]': order.id,
  });
  const response = await post(form, `order-${order.id}-${card}`);
  if (response.status === 402) {
    throw createError(402, 'The card was declined');
  }
  const answer = charge.safeParse(await response.json().catch(() => null));
  if (!response.ok || !answer.success) {
    throw createError(502, 'The payment service failed');
  }
  return answer.data.id;
}

async function post(body: URLSearchParams, key: string): Promise<Response> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    if (attempt > 0) {
      await sleep(config.payment.retryDelay * 2 ** (attempt - 1));
    }
    try {
      const response = await fetch(`${config.payment.url}/v1/charges`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${config.payment.key}`, 'Idempotency-Key': key },
        body,
        signal: AbortSignal.timeout(config.payment.timeout),
      });
      if (response.status !== 429) {
        return response;
      }
    } catch (error) {
      throw unreachable(error as Error);
    }
  }
  throw createError(503, 'The payment service is busy, try again later');
}

function unreachable(error: Error): Error {
  if (error.name === 'TimeoutError') {
    return createError(504, 'The payment service did not answer in time');
  }
  return createError(502, 'The payment service failed');
}
