import './helpers/setup.js';

import { describe, expect, it } from 'vitest';

import { authenticatedRequest } from './helpers/auth.js';
import { snapshot } from './helpers/database.js';
import { mailbox, payment } from './helpers/doubles.js';
import { createTestUser, seedTestData } from './helpers/factories.js';

describe('payments', () => {
  it('asks the payment service once while paying an order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status, response.text).toBe(200);
    expect(payment.calls).toHaveLength(1);
    const sent = payment.calls.at(-1)!;
    expect(sent).toMatchObject({ method: 'POST', path: '/v1/charges' });
    expect(sent.headers.authorization).toBeTruthy();
    expect(sent.headers['idempotency-key']).toBeTruthy();
    expect(sent.body).toMatchObject({
      amount: String(Number(order.total_cents)),
      currency: 'eur',
      source: 'tok_mastercard',
      'metadata[order_id]': String(order.id),
    });
  });

  it('tries the payment service again after too many requests while paying an order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    payment.fail('rate_limit', 1);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status, response.text).toBe(200);
    expect(payment.calls).toHaveLength(2);
    expect(new Set(payment.calls.map((each) => each.headers['idempotency-key'])).size).toBe(1);
  });

  it.each([
    ['an internal error', 'status500', 502],
    ['a broken connection', 'network', 502],
    ['a refusal', 'declined', 402],
  ])('reports a failing payment service while paying an order: %s', async (_, failure, status) => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    payment.fail(failure);
    const before = await snapshot(['orders']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status).toBe(status);
    expect(await snapshot(['orders'])).toEqual(before);
    expect(mailbox.calls).toHaveLength(0);
  });

  it('reports a failing payment service while paying an order through pay', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    payment.fail('shape');

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect([200, 500]).not.toContain(response.status);
  });

  it('does not wait for ever for the payment service while paying an order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    payment.fail('timeout');
    const before = await snapshot(['orders']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status).toBe(504);
    expect(await snapshot(['orders'])).toEqual(before);
    expect(mailbox.calls).toHaveLength(0);
  });

  it('reports a busy payment service while paying an order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    payment.fail('rate_limit');
    const before = await snapshot(['orders']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status).toBe(503);
    expect(await snapshot(['orders'])).toEqual(before);
    expect(mailbox.calls).toHaveLength(0);
    expect(payment.calls).toHaveLength(3);
    expect(new Set(payment.calls.map((each) => each.headers['idempotency-key'])).size).toBe(1);
  });
});
