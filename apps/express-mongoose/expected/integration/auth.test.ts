import './helpers/setup';

import request from 'supertest';

import { type App, buildApp } from './helpers/app';
import { snapshot, User } from './helpers/database';
import { createTestUser } from './helpers/factories';

describe('auth', () => {
  let app: App;

  beforeAll(async () => {
    app = await buildApp();
  });

  it('registers a user', async () => {
    const response = await request(app).post('/api/v1/auth/register').send({
      email: 'tomas@example.com',
      password: 'Amber-Meadow-57',
      name: 'Tomas Berg',
    });

    expect(response.status).toBe(201);
    expect(response.body.user).toMatchObject({ email: 'tomas@example.com', name: 'Tomas Berg' });
    expect(response.text).not.toContain('Amber-Meadow-57');
    expect(response.body.user).not.toHaveProperty('password_hash');
    const user = await User.findOne({ email: 'tomas@example.com' })
      .orFail()
      .select('+password_hash');
    expect(user).toMatchObject({ name: 'Tomas Berg', role: 'customer' });
    expect(user.password_hash).not.toBe('Amber-Meadow-57');
  });

  it('refuses to register the same email twice', async () => {
    await createTestUser({ email: 'tomas@example.com' });
    const before = await snapshot(['users']);

    const response = await request(app).post('/api/v1/auth/register').send({
      email: 'tomas@example.com',
      password: 'Amber-Meadow-57',
      name: 'Tomas Berg',
    });

    expect(response.status).toBe(409);
    expect(await snapshot(['users'])).toEqual(before);
  });

  it('lets a user in who has just registered', async () => {
    const response = await request(app).post('/api/v1/auth/register').send({
      email: 'tomas@example.com',
      password: 'Amber-Meadow-57',
      name: 'Tomas Berg',
    });

    const login = await request(app).post('/api/v1/auth/login').send({
      email: 'tomas@example.com',
      password: 'Amber-Meadow-57',
    });

    expect(response.status).toBe(201);
    expect(login.status).toBe(200);
  });

  it.each([
    ['no email', 'email', undefined],
    ['a null email', 'email', null],
    ['a badly formed email', 'email', 'rosa.example.com'],
    ['no password', 'password', undefined],
    ['a null password', 'password', null],
    ['a password that is no text', 'password', { text: 'amber' }],
    ['a password of 9 characters', 'password', 'x'.repeat(9)],
    ['no name', 'name', undefined],
    ['a null name', 'name', null],
    ['a name that is no text', 'name', { text: 'amber' }],
    ['an empty name', 'name', ''],
    ['a name of 81 characters', 'name', 'x'.repeat(81)],
  ])('refuses an invalid request: %s', async (_, field, value) => {
    const before = await snapshot(['users']);
    const valid = { email: 'tomas@example.com', password: 'Amber-Meadow-57', name: 'Tomas Berg' };

    const response = await request(app)
      .post('/api/v1/auth/register')
      .send({ ...valid, [field]: value });

    expect(response.status).toBe(400);
    expect(await snapshot(['users'])).toEqual(before);
  });

  it('refuses an empty request', async () => {
    const before = await snapshot(['users']);

    const response = await request(app).post('/api/v1/auth/register').send({});

    expect(response.status).toBe(400);
    expect(await snapshot(['users'])).toEqual(before);
  });

  it.each([
    ['an email in capitals', 'email', 'TOMAS@EXAMPLE.COM'],
    ['a name among spaces', 'name', '  Tomas Berg '],
  ])('stores a user tidily however it is written: %s', async (_, field, written) => {
    const valid = { email: 'tomas@example.com', password: 'Amber-Meadow-57', name: 'Tomas Berg' };

    const response = await request(app)
      .post('/api/v1/auth/register')
      .send({ ...valid, [field]: written });

    expect(response.status).toBe(201);
    const user = await User.findOne({ email: 'tomas@example.com' })
      .orFail()
      .select('+password_hash');
    expect(user).toMatchObject({ name: 'Tomas Berg', role: 'customer' });
    expect(user.password_hash).not.toBe('Amber-Meadow-57');
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
      password: 'Amber-Meadow-57',
      name: 'Tomas Berg',
      role: 'admin',
    });

    expect(response.status).toBe(201);
    const user = await User.findOne({ email: 'tomas@example.com' })
      .orFail()
      .select('+password_hash');
    expect(user.role).toBe('customer');
  });

  it('logs in with the right password', async () => {
    const customer = await createTestUser();

    const response = await request(app).post('/api/v1/auth/login').send({
      email: customer.email,
      password: 'Violet-Harbour-42',
    });

    expect(response.status).toBe(200);
    expect(response.text).not.toContain('Violet-Harbour-42');
  });

  it.each([
    ['no email', 'email', undefined],
    ['a null email', 'email', null],
    ['a badly formed email', 'email', 'rosa.example.com'],
    ['no password', 'password', undefined],
    ['a null password', 'password', null],
    ['a password that is no text', 'password', { text: 'amber' }],
  ])('refuses an invalid request through login: %s', async (_, field, value) => {
    const customer = await createTestUser();

    const response = await request(app)
      .post('/api/v1/auth/login')
      .send({ email: customer.email, password: 'Violet-Harbour-42', [field]: value });

    expect(response.status).toBe(400);
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

  it('lets a user in whose email is written in capitals', async () => {
    const customer = await createTestUser();

    const response = await request(app).post('/api/v1/auth/login').send({
      email: customer.email.toUpperCase(),
      password: 'Violet-Harbour-42',
    });

    expect(response.status).toBe(200);
  });
});
