import './helpers/setup';

import { altered, refusedFields } from './helpers/answers';
import { authenticatedRequest } from './helpers/auth';
import { refuse, repository, snapshot } from './helpers/database';
import { createTestUser, seedTestData } from './helpers/factories';

describe('orders', () => {
  it("lists only the caller's own orders", async () => {
    const customer = await createTestUser();
    await seedTestData.order({
      user_id: customer.id,
      payment_id: 'cedar',
      created_at: new Date('2024-03-08T12:00:00Z'),
    });
    await seedTestData.order({
      user_id: customer.id,
      payment_id: 'amber',
      created_at: new Date('2024-03-20T12:00:00Z'),
    });
    await seedTestData.order({
      user_id: customer.id,
      payment_id: 'ember',
      created_at: new Date('2024-03-04T12:00:00Z'),
    });
    await seedTestData.order();

    const response = await authenticatedRequest('GET', '/api/v1/orders', customer);

    expect(response.status).toBe(200);
    expect(response.body.map((each: { payment_id: unknown }) => each.payment_id)).toEqual([
      'amber',
      'cedar',
      'ember',
    ]);
  });

  it('creates an order', async () => {
    const customer = await createTestUser();
    const book = await seedTestData.book({ stock: 12 });

    const response = await authenticatedRequest('POST', '/api/v1/orders', customer).send({
      items: [{ book_id: book.id, quantity: 3 }],
    });

    expect(response.status).toBe(201);
    expect(response.body.user_id).toEqual(customer.id);
    const savedBook = await repository('Book').findOneOrFail({ where: { id: book.id } });
    expect(savedBook.stock).toEqual(book.stock - 3);
    const order = await repository('Order').findOneOrFail({ where: { id: response.body.id } });
    expect(order).toMatchObject({ user_id: customer.id, status: 'pending' });
    const orderItem = await repository('OrderItem').findOneOrFail({
      where: { order_id: response.body.id },
    });
    expect(orderItem).toMatchObject({ book_id: book.id, quantity: 3 });
  });

  it('refuses an order with a book that is not there', async () => {
    const customer = await createTestUser();
    await seedTestData.book({ stock: 12 });
    const before = await snapshot(['books', 'orders', 'order_items']);

    const response = await authenticatedRequest('POST', '/api/v1/orders', customer).send({
      items: [{ book_id: 999999, quantity: 3 }],
    });

    expect(response.status).toBe(404);
    expect(await snapshot(['books', 'orders', 'order_items'])).toEqual(before);
  });

  it('refuses an order for a book with too little stock', async () => {
    const customer = await createTestUser();
    const book = await seedTestData.book({ stock: 1 });
    const before = await snapshot(['books', 'orders', 'order_items']);

    const response = await authenticatedRequest('POST', '/api/v1/orders', customer).send({
      items: [{ book_id: book.id, quantity: 3 }],
    });

    expect(response.status).toBe(409);
    expect(await snapshot(['books', 'orders', 'order_items'])).toEqual(before);
  });

  it.each([
    ['no items', 'items', undefined],
    ['null items', 'items', null],
    ['items that are no list', 'items', 'amber'],
    ['too few items', 'items', []],
    ['no book id', 'items.0.book_id', undefined],
    ['a null book id', 'items.0.book_id', null],
    ['a book id that is no number', 'items.0.book_id', 'plenty'],
    ['a book id of 0', 'items.0.book_id', 0],
    ['a book id of 2147483648', 'items.0.book_id', 2147483648],
    ['no quantity', 'items.0.quantity', undefined],
    ['a null quantity', 'items.0.quantity', null],
    ['a quantity that is no number', 'items.0.quantity', 'plenty'],
    ['a quantity of 0', 'items.0.quantity', 0],
    ['a quantity of 101', 'items.0.quantity', 101],
  ])('refuses an invalid order: %s', async (_, field, value) => {
    const customer = await createTestUser();
    const book = await seedTestData.book({ stock: 12 });
    const before = await snapshot(['books', 'orders', 'order_items']);

    const response = await authenticatedRequest('POST', '/api/v1/orders', customer).send(
      altered({ items: [{ book_id: book.id, quantity: 3 }] }, field, value),
    );

    expect(response.status).toBe(400);
    expect(refusedFields(response)).toContain(field);
    expect(await snapshot(['books', 'orders', 'order_items'])).toEqual(before);
  });

  it('refuses an empty order', async () => {
    const customer = await createTestUser();
    await seedTestData.book({ stock: 12 });
    const before = await snapshot(['books', 'orders', 'order_items']);

    const response = await authenticatedRequest('POST', '/api/v1/orders', customer).send({});

    expect(response.status).toBe(400);
    expect(await snapshot(['books', 'orders', 'order_items'])).toEqual(before);
  });

  it('leaves nothing behind when a book cannot be changed', async () => {
    const customer = await createTestUser();
    const book = await seedTestData.book({ stock: 12 });
    const before = await snapshot(['books', 'orders', 'order_items']);
    await refuse('books', 'update');

    const response = await authenticatedRequest('POST', '/api/v1/orders', customer).send({
      items: [{ book_id: book.id, quantity: 3 }],
    });

    expect(response.status).not.toBe(201);
    expect(await snapshot(['books', 'orders', 'order_items'])).toEqual(before);
  });

  it('leaves nothing behind when an order cannot be stored', async () => {
    const customer = await createTestUser();
    const book = await seedTestData.book({ stock: 12 });
    const before = await snapshot(['books', 'orders', 'order_items']);
    await refuse('orders', 'insert');

    const response = await authenticatedRequest('POST', '/api/v1/orders', customer).send({
      items: [{ book_id: book.id, quantity: 3 }],
    });

    expect(response.status).not.toBe(201);
    expect(await snapshot(['books', 'orders', 'order_items'])).toEqual(before);
  });

  it('leaves nothing behind when an order item cannot be stored', async () => {
    const customer = await createTestUser();
    const book = await seedTestData.book({ stock: 12 });
    const before = await snapshot(['books', 'orders', 'order_items']);
    await refuse('order_items', 'insert');

    const response = await authenticatedRequest('POST', '/api/v1/orders', customer).send({
      items: [{ book_id: book.id, quantity: 3 }],
    });

    expect(response.status).not.toBe(201);
    expect(await snapshot(['books', 'orders', 'order_items'])).toEqual(before);
  });

  it('lets only two of four orders at once have the last stock', async () => {
    const customer = await createTestUser();
    const book = await seedTestData.book({ stock: 6 });

    await Promise.all([
      authenticatedRequest('POST', '/api/v1/orders', customer).send({
        items: [{ book_id: book.id, quantity: 3 }],
      }),
      authenticatedRequest('POST', '/api/v1/orders', customer).send({
        items: [{ book_id: book.id, quantity: 3 }],
      }),
      authenticatedRequest('POST', '/api/v1/orders', customer).send({
        items: [{ book_id: book.id, quantity: 3 }],
      }),
      authenticatedRequest('POST', '/api/v1/orders', customer).send({
        items: [{ book_id: book.id, quantity: 3 }],
      }),
    ]);

    expect(await repository('Order').count()).toBe(2);
    const savedBook = await repository('Book').findOneOrFail({ where: { id: book.id } });
    expect(savedBook.stock).toBe(0);
  });

  it('shows an order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });

    const response = await authenticatedRequest('GET', `/api/v1/orders/${order.id}`, customer);

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      id: order.id,
      user_id: order.user_id,
      status: order.status,
      payment_id: null,
    });
  });

  it('says that an order is missing', async () => {
    const customer = await createTestUser();
    await seedTestData.order({ user_id: customer.id });

    const response = await authenticatedRequest('GET', '/api/v1/orders/999999', customer);

    expect(response.status).toBe(404);
  });

  it.each([
    ['GET /api/v1/orders/{id}', 'GET', '/api/v1/orders/not-a-number'],
    ['POST /api/v1/orders/{id}/pay', 'POST', '/api/v1/orders/not-a-number/pay'],
    ['POST /api/v1/orders/{id}/cancel', 'POST', '/api/v1/orders/not-a-number/cancel'],
  ])('refuses a malformed key in the path from a customer: %s', async (_, method, path) => {
    const customer = await createTestUser();

    const response = await authenticatedRequest(method, path, customer);

    expect(response.status).toBe(400);
  });

  it("hides another customer's order", async () => {
    const otherCustomer = await createTestUser();
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: otherCustomer.id });

    const response = await authenticatedRequest('GET', `/api/v1/orders/${order.id}`, customer);

    expect(response.status).toBe(404);
  });

  it('pays an order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status).toBe(200);
    expect(response.body.status).toBe('paid');
    const savedOrder = await repository('Order').findOneOrFail({ where: { id: order.id } });
    expect(savedOrder.status).toBe('paid');
  });

  it('refuses to pay an order that is not there', async () => {
    const customer = await createTestUser();
    await seedTestData.order({ user_id: customer.id });
    const before = await snapshot(['orders']);

    const response = await authenticatedRequest('POST', '/api/v1/orders/999999/pay', customer).send(
      { token: 'tok_mastercard' },
    );

    expect(response.status).toBe(404);
    expect(await snapshot(['orders'])).toEqual(before);
  });

  it('refuses to pay a paid order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id, status: 'paid' });
    const before = await snapshot(['orders']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status).toBe(409);
    expect(await snapshot(['orders'])).toEqual(before);
  });

  it('refuses to pay a cancelled order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id, status: 'cancelled' });
    const before = await snapshot(['orders']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status).toBe(409);
    expect(await snapshot(['orders'])).toEqual(before);
  });

  it.each([
    ['no token', 'token', undefined],
    ['a null token', 'token', null],
    ['a token that is no text', 'token', { text: 'amber' }],
    ['an empty token', 'token', ''],
    ['a token of 256 characters', 'token', 'x'.repeat(256)],
  ])('refuses an invalid payment: %s', async (_, field, value) => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    const before = await snapshot(['orders']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard', [field]: value });

    expect(response.status).toBe(400);
    expect(refusedFields(response)).toContain(field);
    expect(await snapshot(['orders'])).toEqual(before);
  });

  it('refuses an empty payment', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    const before = await snapshot(['orders']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({});

    expect(response.status).toBe(400);
    expect(await snapshot(['orders'])).toEqual(before);
  });

  it.each([
    ['a token of one character', 'token', 'x'],
    ['a token of 255 characters', 'token', 'x'.repeat(255)],
  ])('accepts a payment at the edge of its rules: %s', async (_, field, value) => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard', [field]: value });

    expect(response.status).toBe(200);
  });

  it('refuses a customer who pays an order of another', async () => {
    const otherCustomer = await createTestUser();
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: otherCustomer.id });
    const before = await snapshot(['orders']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/pay`,
      customer,
    ).send({ token: 'tok_mastercard' });

    expect(response.status).toBe(404);
    expect(await snapshot(['orders'])).toEqual(before);
  });

  it('cancels an order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    const book = await seedTestData.book();
    const orderItem = await seedTestData.orderItem({ order_id: order.id, book_id: book.id });

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/cancel`,
      customer,
    );

    expect(response.status).toBe(200);
    expect(response.body.status).toBe('cancelled');
    const savedBook = await repository('Book').findOneOrFail({ where: { id: book.id } });
    expect(savedBook.stock).toEqual(book.stock + orderItem.quantity);
    const savedOrder = await repository('Order').findOneOrFail({ where: { id: order.id } });
    expect(savedOrder.status).toBe('cancelled');
  });

  it('refuses to cancel an order that is not there', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    const book = await seedTestData.book();
    await seedTestData.orderItem({ order_id: order.id, book_id: book.id });
    const before = await snapshot(['books', 'orders']);

    const response = await authenticatedRequest('POST', '/api/v1/orders/999999/cancel', customer);

    expect(response.status).toBe(404);
    expect(await snapshot(['books', 'orders'])).toEqual(before);
  });

  it('refuses to cancel a paid order', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id, status: 'paid' });
    const book = await seedTestData.book();
    await seedTestData.orderItem({ order_id: order.id, book_id: book.id });
    const before = await snapshot(['books', 'orders']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/cancel`,
      customer,
    );

    expect(response.status).toBe(409);
    expect(await snapshot(['books', 'orders'])).toEqual(before);
  });

  it('refuses a customer who cancels an order of another', async () => {
    const otherCustomer = await createTestUser();
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: otherCustomer.id });
    const book = await seedTestData.book();
    await seedTestData.orderItem({ order_id: order.id, book_id: book.id });
    const before = await snapshot(['books', 'orders']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/cancel`,
      customer,
    );

    expect(response.status).toBe(404);
    expect(await snapshot(['books', 'orders'])).toEqual(before);
  });

  it('leaves nothing behind when a book cannot be changed through cancel', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    const book = await seedTestData.book();
    await seedTestData.orderItem({ order_id: order.id, book_id: book.id });
    const before = await snapshot(['books', 'orders']);
    await refuse('books', 'update');

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/cancel`,
      customer,
    );

    expect(response.status).not.toBe(200);
    expect(await snapshot(['books', 'orders'])).toEqual(before);
  });

  it('leaves nothing behind when an order cannot be changed', async () => {
    const customer = await createTestUser();
    const order = await seedTestData.order({ user_id: customer.id });
    const book = await seedTestData.book();
    await seedTestData.orderItem({ order_id: order.id, book_id: book.id });
    const before = await snapshot(['books', 'orders']);
    await refuse('orders', 'update');

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/orders/${order.id}/cancel`,
      customer,
    );

    expect(response.status).not.toBe(200);
    expect(await snapshot(['books', 'orders'])).toEqual(before);
  });
});
