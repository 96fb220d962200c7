import './helpers/setup';

import { refusedFields } from './helpers/answers';
import { authenticatedRequest } from './helpers/auth';
import { createTestUser, seedTestData } from './helpers/factories';

describe('admin', () => {
  it('lists orders', async () => {
    const admin = await createTestUser({ role: 'admin' });

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin);

    expect(response.status).toBe(200);
    expect(response.body.items).toEqual(expect.any(Array));
  });

  it('lists no more orders than are asked for', async () => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.order();
    await seedTestData.order();
    await seedTestData.order();

    const response = await authenticatedRequest('GET', '/api/v1/admin/orders', admin).query({
      per_page: 2,
    });

    expect(response.status).toBe(200);
    expect(response.body.items).toHaveLength(2);
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
