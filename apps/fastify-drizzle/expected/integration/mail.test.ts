import './helpers/setup.js';

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';

import { type App, buildApp } from './helpers/app.js';
import { authenticatedRequest } from './helpers/auth.js';
import { refuse, snapshot } from './helpers/database.js';
import { mailbox } from './helpers/doubles.js';
import { createTestUser, seedTestData } from './helpers/factories.js';

describe('mail', () => {
  let app: App;

  beforeAll(async () => {
    app = await buildApp();
  });

  it('sends one mail while registering a user', async () => {
    const response = await request(app).post('/api/v1/auth/register').send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
    });

    expect(response.status, response.text).toBe(201);
    expect(mailbox.calls).toHaveLength(1);
  });

  it.each([
    ['an internal error', 'status500'],
    ['an answer of another shape', 'shape'],
    ['a broken connection', 'network'],
  ])('survives a failing mail server while registering a user: %s', async (_, failure) => {
    mailbox.fail(failure);

    const response = await request(app).post('/api/v1/auth/register').send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
    });

    expect(response.status, response.text).not.toBe(500);
  });

  it('does not wait for ever for the mail server while registering a user', async () => {
    mailbox.fail('timeout');

    const response = await request(app).post('/api/v1/auth/register').send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
    });

    expect(response.status, response.text).not.toBe(500);
  });

  it('survives a busy mail server while registering a user', async () => {
    mailbox.fail('rate_limit');

    const response = await request(app).post('/api/v1/auth/register').send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
    });

    expect(response.status, response.text).not.toBe(500);
  });

  it('sends no mail when a user cannot be stored', async () => {
    const before = await snapshot(['users']);
    await refuse('users', 'insert');

    const response = await request(app).post('/api/v1/auth/register').send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
    });

    expect(response.status, response.text).not.toBe(201);
    expect(mailbox.calls).toHaveLength(0);
    expect(await snapshot(['users'])).toEqual(before);
  });

  it('sends one mail while paying an order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status, response.text).toBe(200);
    expect(mailbox.calls).toHaveLength(1);
  });

  it.each([
    ['an internal error', 'status500'],
    ['an answer of another shape', 'shape'],
    ['a broken connection', 'network'],
  ])('survives a failing mail server while paying an order: %s', async (_, failure) => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    mailbox.fail(failure);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status, response.text).not.toBe(500);
  });

  it('does not wait for ever for the mail server while paying an order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    mailbox.fail('timeout');

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status, response.text).not.toBe(500);
  });

  it('survives a busy mail server while paying an order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    mailbox.fail('rate_limit');

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status, response.text).not.toBe(500);
  });
});
