const { createHash } = require('crypto');
const { setTimeout: sleep } = require('timers/promises');

const axios = require('axios');

const { payment } = require('../config');

const MAX_TRIES = 3;

/** The service failed or answered something that we do not understand. */
class PaymentFailed extends Error {}

/** The card was refused. */
class PaymentDeclined extends PaymentFailed {}

/** The service asked us to slow down, and did so again each time we tried. */
class PaymentBusy extends PaymentFailed {}

/** The service did not answer in time. */
class PaymentTimeout extends PaymentFailed {}

const http = axios.create({
  baseURL: payment.url,
  headers: { Authorization: `Bearer ${payment.key}` },
  timeout: payment.timeoutMs,
  validateStatus: () => true,
});

/**
 * Charges the card and gives the id of the charge.
 *
 * The idempotency key names the order and the card: trying again never charges a card twice, and
 * after a refusal the order can still be paid with another card.
 */
async function charge({ orderId, amount, token }) {
  const card = createHash('sha256').update(token).digest('hex').slice(0, 16);
  const form = new URLSearchParams({
    amount: String(amount),
    currency: 'eur',
    source: token,
    'metadata[order_id]': String(orderId),
  });
  const response = await post('/v1/charges', form, {
    'Idempotency-Key': `order-${orderId}-${card}`,
  });
  if (response.status === 402) {
    throw new PaymentDeclined();
  }
  if (response.status < 200 || response.status >= 300) {
    throw new PaymentFailed(`status ${response.status}`);
  }
  const { id, status } = response.data || {};
  if (typeof id !== 'string' || status !== 'succeeded') {
    throw new PaymentFailed('odd answer');
  }
  return id;
}

async function post(path, form, headers) {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    if (attempt > 0) {
      await sleep(payment.retryDelayMs * 2 ** (attempt - 1));
    }
    const response = await http.post(path, form, { headers }).catch(fail);
    if (response.status !== 429) {
      return response;
    }
  }
  throw new PaymentBusy();
}

function fail(error) {
  if (error.code === 'ECONNABORTED' || error.code === 'ETIMEDOUT') {
    throw new PaymentTimeout('timeout', { cause: error });
  }
  throw new PaymentFailed('network', { cause: error });
}

module.exports = { charge, PaymentFailed, PaymentDeclined, PaymentBusy, PaymentTimeout };
