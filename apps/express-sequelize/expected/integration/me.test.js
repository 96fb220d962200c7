require('./helpers/setup');

const request = require('supertest');

const { buildApp } = require('./helpers/app');
const { authenticatedRequest } = require('./helpers/auth');
const { snapshot, stored, User } = require('./helpers/database');
const { createTestUser } = require('./helpers/factories');

describe('me', () => {
  let app;

  beforeAll(async () => {
    app = await buildApp();
  });

  it("shows the caller's own user", async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('GET', '/api/v1/me', customer);

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      id: customer.id,
      email: customer.email,
      name: customer.name,
      role: customer.role,
      created_at: expect.any(String),
    });
    expect(response.text).not.toContain(customer.password_hash);
  });

  it("updates the caller's own user", async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
    });

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      id: expect.any(Number),
      role: expect.any(String),
      created_at: expect.any(String),
    });
    expect(response.text).not.toContain('Amber-Meadow-57');
    expect(response.text).not.toContain(customer.password_hash);
    const user = await stored(User, { id: customer.id });
    expect(user).toMatchObject({ email: 'tomas@example.com', name: 'Tomas Berg' });
    expect(user.password_hash).not.toBe('Amber-Meadow-57');
  });

  it("refuses to change one's own email into that of another user", async () => {
    const customer = await createTestUser();
    await createTestUser({ email: 'tomas@example.com' });
    const before = await snapshot(['users']);

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
    });

    expect(response.status).toBe(409);
    expect(await snapshot(['users'])).toEqual(before);
  });

  it('changes nothing else of the caller (when the email is sent)', async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      email: 'tomas@example.com',
    });

    expect(response.status).toBe(200);
    const user = await stored(User, { id: customer.id });
    expect(user).toMatchObject({ email: 'tomas@example.com', name: customer.name });
  });

  it('changes nothing else of the caller (when the name is sent)', async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      name: 'Tomas Berg',
    });

    expect(response.status).toBe(200);
    const user = await stored(User, { id: customer.id });
    expect(user).toMatchObject({ email: customer.email, name: 'Tomas Berg' });
  });

  it('lets a user in by the new password and no more by the old one', async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      password: 'Amber-Meadow-57',
    });

    const withNew = await request(app).post('/api/v1/auth/login').send({
      email: customer.email,
      password: 'Amber-Meadow-57',
    });

    const withOld = await request(app).post('/api/v1/auth/login').send({
      email: customer.email,
      password: 'Violet-Harbour-42',
    });

    expect(response.status).toBe(200);
    expect(withNew.status).toBe(200);
    expect(withOld.status).toBe(401);
  });

  it('lets a user in by a changed email', async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      email: 'tomas@example.com',
    });

    const login = await request(app).post('/api/v1/auth/login').send({
      email: 'tomas@example.com',
      password: 'Violet-Harbour-42',
    });

    expect(response.status).toBe(200);
    expect(login.status).toBe(200);
  });

  it.each([
    ['a null email', 'email', null],
    ['a badly formed email', 'email', 'rosa.example.com'],
    ['an empty email', 'email', ''],
    ['an email of 255 characters', 'email', 'x'.repeat(255)],
    ['a null name', 'name', null],
    ['a name that is no text', 'name', { text: 'amber' }],
    ['an empty name', 'name', ''],
    ['a name of 81 characters', 'name', 'x'.repeat(81)],
    ['a null password', 'password', null],
    ['a password that is no text', 'password', { text: 'amber' }],
    ['a password of 9 characters', 'password', 'x'.repeat(9)],
    ['a password of 73 characters', 'password', 'x'.repeat(73)],
  ])("refuses an invalid change of the caller's own user: %s", async (_, field, value) => {
    const customer = await createTestUser();
    const before = await snapshot(['users']);
    const valid = { email: 'tomas@example.com', name: 'Tomas Berg', password: 'Amber-Meadow-57' };

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      ...valid,
      [field]: value,
    });

    expect(response.status).toBe(400);
    expect(await snapshot(['users'])).toEqual(before);
  });

  it.each([
    ['an email in capitals', 'email', 'TOMAS@EXAMPLE.COM'],
    ['a name among spaces', 'name', '  Tomas Berg '],
  ])('stores a change of a user tidily however it is written: %s', async (_, field, written) => {
    const customer = await createTestUser();
    const valid = { email: 'tomas@example.com', name: 'Tomas Berg', password: 'Amber-Meadow-57' };

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      ...valid,
      [field]: written,
    });

    expect(response.status).toBe(200);
    const user = await stored(User, { id: customer.id });
    expect(user).toMatchObject({ email: 'tomas@example.com', name: 'Tomas Berg' });
    expect(user.password_hash).not.toBe('Amber-Meadow-57');
  });

  it("ignores a role that is sent along where it updates the caller's own user", async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
      role: 'admin',
    });

    expect(response.status).toBe(200);
    const user = await stored(User, { id: customer.id });
    expect(user.role).toBe('customer');
  });
});
