import './helpers/setup.js';

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';

import { users } from '../../src/db/schema.js';
import { refusedFields } from './helpers/answers.js';
import { type App, buildApp } from './helpers/app.js';
import { db, matching, snapshot } from './helpers/database.js';
import { createTestUser } from './helpers/factories.js';

describe('auth', () => {
  let app: App;

  beforeAll(async () => {
    app = await buildApp();
  });

  it('registers a user', async () => {
    const response = await request(app).post('/api/v1/auth/register').send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
    });

    expect(response.status, response.text).toBe(201);
    expect(response.body.user.name).toBe('Tomas Berg');
    expect(response.body.token).toEqual(expect.any(String));
    expect(response.text).not.toContain('Amber-Meadow-57');
    expect(response.body.user).not.toHaveProperty('password_hash');
    const user = await db
      .select()
      .from(users)
      .where(matching(users, { id: response.body.user.id }))
      .then(([row]) => row!);
    expect(user).toMatchObject({ name: 'Tomas Berg', role: 'customer' });
    expect(user.password_hash).not.toBe('Amber-Meadow-57');
  });

  it('lets a user in who has just registered', async () => {
    const response = await request(app).post('/api/v1/auth/register').send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
    });

    const login = await request(app).post('/api/v1/auth/login').send({
      email: 'tomas@example.com',
      password: 'Amber-Meadow-57',
    });

    expect(response.status, response.text).toBe(201);
    expect(login.status, login.text).toBe(200);
  });

  it.each([
    ['no email', 'email', undefined],
    ['a null email', 'email', null],
    ['a badly formed email', 'email', 'rosa.example.com'],
    ['an email of 255 characters', 'email', 'x'.repeat(255)],
    ['no name', 'name', undefined],
    ['a null name', 'name', null],
    ['a name that is no text', 'name', { text: 'amber' }],
    ['an empty name', 'name', ''],
    ['a name of 81 characters', 'name', 'x'.repeat(81)],
    ['no password', 'password', undefined],
    ['a null password', 'password', null],
    ['a password that is no text', 'password', { text: 'amber' }],
    ['a password of 9 characters', 'password', 'x'.repeat(9)],
    ['a password of 73 characters', 'password', 'x'.repeat(73)],
  ])('refuses an invalid request: %s', async (_, field, value) => {
    const before = await snapshot(['users']);
    const valid = { email: 'tomas@example.com', name: 'Tomas Berg', password: 'Amber-Meadow-57' };

    const response = await request(app)
      .post('/api/v1/auth/register')
      .send({ ...valid, [field]: value });

    expect(response.status).toBe(400);
    expect(refusedFields(response)).toContain(field);
    expect(await snapshot(['users'])).toEqual(before);
  });

  it('refuses an empty request', async () => {
    const before = await snapshot(['users']);

    const response = await request(app).post('/api/v1/auth/register').send({});

    expect(response.status).toBe(400);
    expect(await snapshot(['users'])).toEqual(before);
  });

  it.each([
    ['a name of one character', 'name', 'x'],
    ['a name of 80 characters', 'name', 'x'.repeat(80)],
    ['a password of 10 characters', 'password', 'x'.repeat(10)],
    ['a password of 72 characters', 'password', 'x'.repeat(72)],
  ])('accepts a request at the edge of its rules: %s', async (_, field, value) => {
    const valid = { email: 'tomas@example.com', name: 'Tomas Berg', password: 'Amber-Meadow-57' };

    const response = await request(app)
      .post('/api/v1/auth/register')
      .send({ ...valid, [field]: value });

    expect(response.status, response.text).toBe(201);
  });

  it('refuses a body that is not JSON', async () => {
    const before = await snapshot(['users']);

    const response = await request(app)
      .post('/api/v1/auth/register')
      .set('Content-Type', 'application/json')
      .send('{"email": ');

    expect(response.status).toBe(400);
    expect(await snapshot(['users'])).toEqual(before);
  });

  it('ignores a role that is sent along where it registers a user', async () => {
    const response = await request(app).post('/api/v1/auth/register').send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
      role: 'admin',
    });

    expect(response.status, response.text).toBe(201);
    const user = await db
      .select()
      .from(users)
      .where(matching(users, { id: response.body.user.id }))
      .then(([row]) => row!);
    expect(user.role).toBe('customer');
  });

  it('logs in with the right password', async () => {
    const customer = await createTestUser();

    const response = await request(app).post('/api/v1/auth/login').send({
      email: customer.email,
      password: 'Violet-Harbour-42',
    });

    expect(response.status, response.text).toBe(200);
    expect(response.body.token).toEqual(expect.any(String));
    expect(response.text).not.toContain('Violet-Harbour-42');
  });

  it.each([
    ['no email', 'email', undefined],
    ['a null email', 'email', null],
    ['a badly formed email', 'email', 'rosa.example.com'],
    ['an email of 255 characters', 'email', 'x'.repeat(255)],
    ['no password', 'password', undefined],
    ['a password that is no text', 'password', { text: 'amber' }],
  ])('refuses an invalid request through login: %s', async (_, field, value) => {
    const customer = await createTestUser();

    const response = await request(app)
      .post('/api/v1/auth/login')
      .send({ email: customer.email, password: 'Violet-Harbour-42', [field]: value });

    expect(response.status).toBe(400);
    expect(refusedFields(response)).toContain(field);
  });

  it('refuses an empty request through login', async () => {
    await createTestUser();

    const response = await request(app).post('/api/v1/auth/login').send({});

    expect(response.status).toBe(400);
  });

  it.each([
    ['a wrong password', 'password', 'Wrong-Harbour-17'],
    ['an unknown email', 'email', 'tomas@example.com'],
  ])('refuses a wrong password and an unknown name alike: %s', async (_, field, value) => {
    const customer = await createTestUser();

    const response = await request(app)
      .post('/api/v1/auth/login')
      .send({ email: customer.email, password: 'Violet-Harbour-42', [field]: value });

    expect(response.status).toBe(401);
  });
});
