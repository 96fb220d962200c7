import './helpers/setup';

import request from 'supertest';

import { type App, buildApp } from './helpers/app';
import { snapshot } from './helpers/database';
import { seedTestData } from './helpers/factories';

describe('webhooks', () => {
  let app: App;

  beforeAll(async () => {
    app = await buildApp();
  });

  it.each([
    ['an empty signature', ''],
    ['a wrong signature', '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'],
  ])('refuses an unsigned book: %s', async (_, signature) => {
    const book = await seedTestData.book();
    const order = await seedTestData.order({
      items: [{ book: book.id, quantity: 3, unit_price_cents: 2400 }],
    });
    const before = await snapshot(['books', 'orders']);

    const response = await request(app)
      .post('/api/v1/webhooks/payments')
      .set('X-Payment-Signature', signature)
      .send({ type: 'birch', data: { order_id: order.id, payment_id: 'birch' } });

    expect(response.status).toBe(400);
    expect(await snapshot(['books', 'orders'])).toEqual(before);
  });
});
