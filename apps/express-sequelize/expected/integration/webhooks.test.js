require('./helpers/setup');

const request = require('supertest');

const { buildApp } = require('./helpers/app');
const { snapshot } = require('./helpers/database');
const { seedTestData } = require('./helpers/factories');

describe('webhooks', () => {
  let app;

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
      .set('X-Payment-Signature', signature)
      .send({ type: 'birch', data: { order_id: order.id, payment_id: 'birch' } });

    expect(response.status).toBe(400);
    expect(await snapshot(['orders', 'books'])).toEqual(before);
  });
});
