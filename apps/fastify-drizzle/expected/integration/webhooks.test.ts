import './helpers/setup.js';

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';

import { type App, buildApp } from './helpers/app.js';
import { snapshot } from './helpers/database.js';
import { seedTestData } from './helpers/factories.js';

describe('webhooks', () => {
  let app: App;

  beforeAll(async () => {
    app = await buildApp();
  });

  it.each([
    ['an empty signature', ''],
    ['a wrong signature', '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'],
  ])('refuses unsigned payments: %s', async (_, signature) => {
    const order = await seedTestData.order();
    const book = await seedTestData.book();
    await seedTestData.orderItem({ order_id: order.id, book_id: book.id });
    const before = await snapshot(['orders', 'books']);

    const response = await request(app)
      .post('/api/v1/webhooks/payments')
      .set('x-payment-signature', signature)
      .send({ type: 'birch', data: { order_id: order.id, payment_id: 'birch' } });

    expect(response.status).toBe(400);
    expect(await snapshot(['orders', 'books'])).toEqual(before);
  });
});
