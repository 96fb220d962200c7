require('./helpers/setup');

const { authenticatedRequest } = require('./helpers/auth');
const { createTestUser, seedTestData } = require('./helpers/factories');

describe('admin', () => {
  it('lists orders', async () => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.order({ total_cents: 2400, created_at: new Date('2024-03-08T12:00:00Z') });
    await seedTestData.order({ total_cents: 975, created_at: new Date('2024-03-20T12:00:00Z') });
    await seedTestData.order({ total_cents: 4360, created_at: new Date('2024-03-04T12:00:00Z') });

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin);

    expect(response.status).toBe(200);
    expect(response.body.items.map((each) => each.total_cents)).toEqual([975, 2400, 4360]);
    expect(response.body.total).toBe(3);
  });

  it.each([
    ['the first page', { page: 1, per_page: 2 }, [975, 1850]],
    ['the middle page', { page: 2, per_page: 2 }, [3120, 2400]],
    ['the last page', { page: 3, per_page: 2 }, [4360]],
    ['beyond the last page', { page: 4, per_page: 2 }, []],
  ])('pages through orders: %s', async (_, query, found) => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.order({ total_cents: 2400, created_at: new Date('2024-03-08T12:00:00Z') });
    await seedTestData.order({ total_cents: 975, created_at: new Date('2024-03-20T12:00:00Z') });
    await seedTestData.order({ total_cents: 4360, created_at: new Date('2024-03-04T12:00:00Z') });
    await seedTestData.order({ total_cents: 1850, created_at: new Date('2024-03-16T12:00:00Z') });
    await seedTestData.order({ total_cents: 3120, created_at: new Date('2024-03-12T12:00:00Z') });

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin).query(query);

    expect(response.status).toBe(200);
    expect(response.body.items.map((each) => each.total_cents)).toEqual(found);
    expect(response.body.total).toBe(5);
  });

  it.each([
    ['status', { status: 'paid' }, [2400, 4360]],
    ['from', { from: '2024-03-12' }, [975, 1850, 3120]],
    ['to', { to: '2024-03-12' }, [2400, 4360, 3120]],
    ['all together', { status: 'paid', to: '2024-03-12' }, [2400, 4360]],
  ])('filters orders: %s', async (_, query, found) => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.order({
      total_cents: 2400,
      created_at: new Date('2024-03-08T12:00:00Z'),
      status: 'paid',
    });
    await seedTestData.order({
      total_cents: 975,
      created_at: new Date('2024-03-20T12:00:00Z'),
      status: 'pending',
    });
    await seedTestData.order({
      total_cents: 4360,
      created_at: new Date('2024-03-04T12:00:00Z'),
      status: 'paid',
    });
    await seedTestData.order({
      total_cents: 1850,
      created_at: new Date('2024-03-16T12:00:00Z'),
      status: 'cancelled',
    });
    await seedTestData.order({
      total_cents: 3120,
      created_at: new Date('2024-03-12T12:00:00Z'),
      status: 'pending',
    });

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin).query(query);

    expect(response.status).toBe(200);
    expect(response.body.items.map((each) => each.total_cents).sort()).toEqual(found.sort());
  });

  it.each([
    ['created at descending', { sort: 'newest' }, [975, 1850, 3120, 2400, 4360]],
    ['created at ascending', { sort: 'oldest' }, [4360, 2400, 3120, 1850, 975]],
    ['total cents ascending', { sort: 'total' }, [975, 1850, 2400, 3120, 4360]],
    ['total cents descending', { sort: '-total' }, [4360, 3120, 2400, 1850, 975]],
  ])('sorts orders: %s', async (_, query, found) => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.order({ total_cents: 2400, created_at: new Date('2024-03-08T12:00:00Z') });
    await seedTestData.order({ total_cents: 975, created_at: new Date('2024-03-20T12:00:00Z') });
    await seedTestData.order({ total_cents: 4360, created_at: new Date('2024-03-04T12:00:00Z') });
    await seedTestData.order({ total_cents: 1850, created_at: new Date('2024-03-16T12:00:00Z') });
    await seedTestData.order({ total_cents: 3120, created_at: new Date('2024-03-12T12:00:00Z') });

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin).query(query);

    expect(response.status).toBe(200);
    expect(response.body.items.map((each) => each.total_cents)).toEqual(found);
  });

  it('filters orders by user', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const customer = await createTestUser();
    await seedTestData.order({ user_id: customer.id, total_cents: 2400 });
    await seedTestData.order({ total_cents: 975 });
    await seedTestData.order({ user_id: customer.id, total_cents: 4360 });

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin).query({
      user_id: customer.id,
    });

    expect(response.status).toBe(200);
    expect(response.body.items.map((each) => each.total_cents).sort()).toEqual([2400, 4360].sort());
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
  });
});
