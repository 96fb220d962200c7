import './helpers/setup';

import { refusedFields } from './helpers/answers';
import { authenticatedRequest } from './helpers/auth';
import { createTestUser, seedTestData } from './helpers/factories';

describe('admin', () => {
  it('lists orders', async () => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.order({ payment_id: 'cedar', created_at: new Date('2024-03-08T12:00:00Z') });
    await seedTestData.order({ payment_id: 'amber', created_at: new Date('2024-03-20T12:00:00Z') });
    await seedTestData.order({ payment_id: 'ember', created_at: new Date('2024-03-04T12:00:00Z') });

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin);

    expect(response.status).toBe(200);
    expect(response.body.items.map((each: { payment_id: unknown }) => each.payment_id)).toEqual([
      'amber',
      'cedar',
      'ember',
    ]);
    expect(response.body.total).toBe(3);
  });

  it.each([
    ['the first page', { page: 1, per_page: 2 }, ['amber', 'birch']],
    ['the middle page', { page: 2, per_page: 2 }, ['dune', 'cedar']],
    ['the last page', { page: 3, per_page: 2 }, ['ember']],
    ['beyond the last page', { page: 4, per_page: 2 }, []],
  ])('pages through orders: %s', async (_, query, found) => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.order({ payment_id: 'cedar', created_at: new Date('2024-03-08T12:00:00Z') });
    await seedTestData.order({ payment_id: 'amber', created_at: new Date('2024-03-20T12:00:00Z') });
    await seedTestData.order({ payment_id: 'ember', created_at: new Date('2024-03-04T12:00:00Z') });
    await seedTestData.order({ payment_id: 'birch', created_at: new Date('2024-03-16T12:00:00Z') });
    await seedTestData.order({ payment_id: 'dune', created_at: new Date('2024-03-12T12:00:00Z') });

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin).query(query);

    expect(response.status).toBe(200);
    expect(response.body.items.map((each: { payment_id: unknown }) => each.payment_id)).toEqual(
      found,
    );
    expect(response.body.total).toBe(5);
  });

  it.each([
    ['status', { status: 'cancelled' }, ['cedar']],
    ['from', { from: '2024-03-12' }, ['amber', 'birch', 'dune']],
    ['to', { to: '2024-03-12' }, ['cedar', 'ember', 'dune']],
    ['all together', { status: 'cancelled', to: '2024-03-12' }, ['cedar']],
  ])('filters orders: %s', async (_, query, found) => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.order({
      payment_id: 'cedar',
      created_at: new Date('2024-03-08T12:00:00Z'),
      status: 'cancelled',
    });
    await seedTestData.order({
      payment_id: 'amber',
      created_at: new Date('2024-03-20T12:00:00Z'),
      status: 'paid',
    });
    await seedTestData.order({
      payment_id: 'ember',
      created_at: new Date('2024-03-04T12:00:00Z'),
      status: 'pending',
    });
    await seedTestData.order({
      payment_id: 'birch',
      created_at: new Date('2024-03-16T12:00:00Z'),
      status: 'pending',
    });
    await seedTestData.order({
      payment_id: 'dune',
      created_at: new Date('2024-03-12T12:00:00Z'),
      status: 'paid',
    });

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin).query(query);

    expect(response.status).toBe(200);
    expect(
      response.body.items.map((each: { payment_id: unknown }) => each.payment_id).sort(),
    ).toEqual(found.sort());
  });

  it.each([
    ['created at descending', { sort: 'newest' }, ['amber', 'birch', 'dune', 'cedar', 'ember']],
    ['created at ascending', { sort: 'oldest' }, ['ember', 'cedar', 'dune', 'birch', 'amber']],
    ['total cents ascending', { sort: 'total' }, ['dune', 'amber', 'ember', 'cedar', 'birch']],
    ['total cents descending', { sort: '-total' }, ['birch', 'cedar', 'ember', 'amber', 'dune']],
  ])('sorts orders: %s', async (_, query, found) => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.order({
      payment_id: 'cedar',
      created_at: new Date('2024-03-08T12:00:00Z'),
      total_cents: 3120,
    });
    await seedTestData.order({
      payment_id: 'amber',
      created_at: new Date('2024-03-20T12:00:00Z'),
      total_cents: 1850,
    });
    await seedTestData.order({
      payment_id: 'ember',
      created_at: new Date('2024-03-04T12:00:00Z'),
      total_cents: 2400,
    });
    await seedTestData.order({
      payment_id: 'birch',
      created_at: new Date('2024-03-16T12:00:00Z'),
      total_cents: 4360,
    });
    await seedTestData.order({
      payment_id: 'dune',
      created_at: new Date('2024-03-12T12:00:00Z'),
      total_cents: 975,
    });

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin).query(query);

    expect(response.status).toBe(200);
    expect(response.body.items.map((each: { payment_id: unknown }) => each.payment_id)).toEqual(
      found,
    );
  });

  it('filters orders by user', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const customer = await createTestUser();
    await seedTestData.order({ user_id: customer.id, payment_id: 'cedar' });
    await seedTestData.order({ payment_id: 'amber' });
    await seedTestData.order({ user_id: customer.id, payment_id: 'ember' });

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin).query({
      user_id: customer.id,
    });

    expect(response.status).toBe(200);
    expect(
      response.body.items.map((each: { payment_id: unknown }) => each.payment_id).sort(),
    ).toEqual(['cedar', 'ember'].sort());
  });

  it.each([
    ['a page that is no number', 'page', 'plenty'],
    ['a page of 0', 'page', 0],
    ['a page of 2147483648', 'page', 2147483648],
    ['a per page that is no number', 'per_page', 'plenty'],
    ['a per page of 0', 'per_page', 0],
    ['a per page of 101', 'per_page', 101],
    ['an unknown status', 'status', 'sideways'],
    ['a user id that is no number', 'user_id', 'plenty'],
    ['a user id of 0', 'user_id', 0],
    ['a user id of 2147483648', 'user_id', 2147483648],
    ['a badly formed from', 'from', 'someday'],
    ['a badly formed to', 'to', 'someday'],
    ['an unknown sort', 'sort', 'sideways'],
  ])('refuses an invalid query for orders: %s', async (_, field, value) => {
    const admin = await createTestUser({ role: 'admin' });

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin).query({
      [field]: value,
    });

    expect(response.status).toBe(400);
    expect(refusedFields(response)).toContain(field);
  });
});
