import './helpers/setup.js';

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';

import { users } from '../../src/db/schema.js';
import { refusedFields } from './helpers/answers.js';
import { type App, buildApp } from './helpers/app.js';
import { authenticatedRequest } from './helpers/auth.js';
import { db, matching, snapshot } from './helpers/database.js';
import { createTestUser } from './helpers/factories.js';

describe('me', () => {
  let app: App;

  beforeAll(async () => {
    app = await buildApp();
  });

  it("shows the caller's own user", async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('GET', '/api/v1/me', customer);

    expect(response.status, response.text).toBe(200);
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

    expect(response.status, response.text).toBe(200);
    expect(response.body).toMatchObject({
      name: 'Tomas Berg',
      id: expect.any(Number),
      email: expect.any(String),
      role: expect.any(String),
      created_at: expect.any(String),
    });
    expect(response.text).not.toContain('Amber-Meadow-57');
    expect(response.text).not.toContain(customer.password_hash);
  });

  it('changes nothing else of the caller', async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      name: 'Tomas Berg',
    });

    expect(response.status, response.text).toBe(200);
    const user = await db
      .select()
      .from(users)
      .where(matching(users, { id: customer.id }))
      .then(([row]) => row!);
    expect(user.name).toBe('Tomas Berg');
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

    expect(response.status, response.text).toBe(200);
    expect(withNew.status, withNew.text).toBe(200);
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

    expect(response.status, response.text).toBe(200);
    expect(login.status, login.text).toBe(200);
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
    expect(refusedFields(response)).toContain(field);
    expect(await snapshot(['users'])).toEqual(before);
  });

  it.each([
    ['a name of one character', 'name', 'x'],
    ['a name of 80 characters', 'name', 'x'.repeat(80)],
    ['a password of 10 characters', 'password', 'x'.repeat(10)],
    ['a password of 72 characters', 'password', 'x'.repeat(72)],
  ])(
    "accepts a change of the caller's own user at the edge of its rules: %s",
    async (_, field, value) => {
      const customer = await createTestUser();
      const valid = { email: 'tomas@example.com', name: 'Tomas Berg', password: 'Amber-Meadow-57' };

      const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
        ...valid,
        [field]: value,
      });

      expect(response.status, response.text).toBe(200);
    },
  );

  it("ignores a role that is sent along where it updates the caller's own user", async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', customer).send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
      role: 'admin',
    });

    expect(response.status, response.text).toBe(200);
    const user = await db
      .select()
      .from(users)
      .where(matching(users, { id: customer.id }))
      .then(([row]) => row!);
    expect(user.role).toBe('customer');
  });
});
