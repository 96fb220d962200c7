import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { httpErrors } from '@fastify/sensible';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { config } from '../config.js';

const MAX_TRIES = 3;

const ChargeAnswer = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 255 }),
  status: Type.Literal('succeeded'),
});

/**
 * Charges the card and gives the id of the charge.
 *
 * The idempotency key names the order and the card: trying again never charges a card twice, and
 * after a refusal the order can still be paid with another card.
 */
export async function charge(orderId: number, amount: number, token: string): Promise<string> {
  const card = createHash('sha256').update(token).digest('hex').slice(0, 16);
  const form = new URLSearchParams({
    amount: String(amount),
    currency: 'eur',
    source: token,
    'metadata[order_id]': String(orderId),
  });
  const response = await post(form, `order-${orderId}-${card}`);
  if (response.status === 402) {
    throw httpErrors.paymentRequired('The card was declined');
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok || !Value.Check(ChargeAnswer, answer)) {
    throw httpErrors.badGateway('The payment service failed');
  }
  return answer.id;
}

async function post(body: URLSearchParams, key: string): Promise<Response> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    if (attempt > 0) {
      await sleep(config.PAYMENT_RETRY_DELAY_MS * 2 ** (attempt - 1));
    }
    const response = await fetch(`${config.PAYMENT_URL}/v1/charges`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${config.PAYMENT_KEY}`, 'Idempotency-Key': key },
      body,
      signal: AbortSignal.timeout(config.PAYMENT_TIMEOUT_MS),
    }).catch(fail);
    if (response.status !== 429) {
      return response;
    }
  }
  throw httpErrors.serviceUnavailable('The payment service is busy, try again later');
}

function fail(error: unknown): never {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    throw httpErrors.gatewayTimeout('The payment service did not answer in time');
  }
  throw httpErrors.badGateway('The payment service failed');
}
