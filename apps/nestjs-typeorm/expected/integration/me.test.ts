import './helpers/setup';

import request from 'supertest';

import { refusedFields } from './helpers/answers';
import { type App, buildApp } from './helpers/app';
import { authenticatedRequest } from './helpers/auth';
import { repository, snapshot } from './helpers/database';
import { createTestUser } from './helpers/factories';

describe('me', () => {
  let app: App;

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
    });
    expect(response.text).not.toContain(customer.password_hash);
  });

  it("updates the caller's own user", async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
    });

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ email: 'tomas@example.com', name: 'Tomas Berg' });
    expect(response.text).not.toContain(customer.password_hash);
    const user = await repository('User').findOneOrFail({ where: { id: customer.id } });
    expect(user).toMatchObject({ email: 'tomas@example.com', name: 'Tomas Berg' });
  });

  it("refuses to change one's own email into that of another user", async () => {
    const customer = await createTestUser();
    await createTestUser({ email: 'tomas@example.com' });
    const before = await snapshot(['users']);

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
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
    const user = await repository('User').findOneOrFail({ where: { id: customer.id } });
    expect(user).toMatchObject({ email: 'tomas@example.com', name: customer.name });
  });

  it('changes nothing else of the caller (when the name is sent)', async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      name: 'Tomas Berg',
    });

    expect(response.status).toBe(200);
    const user = await repository('User').findOneOrFail({ where: { id: customer.id } });
    expect(user).toMatchObject({ email: customer.email, name: 'Tomas Berg' });
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
    ['an email of 255 characters', 'email', 'x'.repeat(255)],
    ['a null name', 'name', null],
    ['a name that is no text', 'name', { text: 'amber' }],
    ['an empty name', 'name', ''],
    ['a name of 81 characters', 'name', 'x'.repeat(81)],
    ['a null password', 'password', null],
    ['a password that is no text', 'password', { text: 'amber' }],
    ['a password of 9 characters', 'password', 'x'.repeat(9)],
  ])("refuses an invalid change of the caller's own user: %s", async (_, field, value) => {
    const customer = await createTestUser();
    const before = await snapshot(['users']);

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      [field]: value,
    });

    expect(response.status).toBe(400);
    expect(refusedFields(response)).toContain(field);
    expect(await snapshot(['users'])).toEqual(before);
  });

  it.each([
    ['a name of one character', 'name', 'x'],
    ['a name of 80 characters', 'name', 'x'.repeat(80)],
  ])(
    "accepts a change of the caller's own user at the edge of its rules: %s",
    async (_, field, value) => {
      const customer = await createTestUser();

      const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
        email: 'tomas@example.com',
        name: 'Tomas Berg',
        [field]: value,
      });

      expect(response.status).toBe(200);
    },
  );

  it.each([
    ['an email in capitals', 'email', 'TOMAS@EXAMPLE.COM'],
    ['a name among spaces', 'name', '  Tomas Berg '],
  ])('stores a change of a user tidily however it is written: %s', async (_, field, written) => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      [field]: written,
    });

    expect(response.status).toBe(200);
    const user = await repository('User').findOneOrFail({ where: { id: customer.id } });
    expect(user).toMatchObject({ email: 'tomas@example.com', name: 'Tomas Berg' });
  });

  it("ignores a role that is sent along where it updates the caller's own user", async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      role: 'admin',
    });

    expect(response.status).toBe(200);
    const user = await repository('User').findOneOrFail({ where: { id: customer.id } });
    expect(user.role).toBe('customer');
  });
});
