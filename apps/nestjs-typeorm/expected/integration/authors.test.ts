import './helpers/setup';

import request from 'supertest';

import { refusedFields } from './helpers/answers';
import { type App, buildApp } from './helpers/app';
import { authenticatedRequest } from './helpers/auth';
import { repository, snapshot } from './helpers/database';
import { createTestUser, seedTestData } from './helpers/factories';

describe('authors', () => {
  let app: App;

  beforeAll(async () => {
    app = await buildApp();
  });

  it('lists authors', async () => {
    await seedTestData.author({ name: 'Karel Novak' });
    await seedTestData.author({ name: 'Amina Diallo' });
    await seedTestData.author({ name: 'Tomas Berg' });

    const response = await request(app).get('/api/v1/authors');

    expect(response.status).toBe(200);
    expect(response.body.map((each: { name: unknown }) => each.name)).toEqual([
      'Amina Diallo',
      'Karel Novak',
      'Tomas Berg',
    ]);
  });

  it('creates an author', async () => {
    const admin = await createTestUser({ role: 'admin' });

    const response = await authenticatedRequest('POST', '/api/v1/authors', admin).send({
      name: 'Tomas Berg',
      bio: 'Kept short on purpose.',
    });

    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({ name: 'Tomas Berg', bio: 'Kept short on purpose.' });
    const author = await repository('Author').findOneOrFail({ where: { id: response.body.id } });
    expect(author).toMatchObject({ name: 'Tomas Berg', bio: 'Kept short on purpose.' });
  });

  it('refuses a second author with the same name', async () => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.author({ name: 'Tomas Berg' });
    const before = await snapshot(['authors']);

    const response = await authenticatedRequest('POST', '/api/v1/authors', admin).send({
      name: 'Tomas Berg',
      bio: 'Kept short on purpose.',
    });

    expect(response.status).toBe(409);
    expect(await snapshot(['authors'])).toEqual(before);
  });

  it('keeps an author from its creation to its deletion', async () => {
    const admin = await createTestUser({ role: 'admin' });

    const created = await authenticatedRequest('POST', '/api/v1/authors', admin).send({
      name: 'Tomas Berg',
      bio: 'Kept short on purpose.',
    });

    expect(created.status).toBe(201);

    const read = await request(app).get(`/api/v1/authors/${created.body.id}`);

    expect(read.status).toBe(200);
    expect(read.body).toMatchObject({ name: 'Tomas Berg', bio: 'Kept short on purpose.' });

    const deleted = await authenticatedRequest(
      'DELETE',
      `/api/v1/authors/${created.body.id}`,
      admin,
    );

    expect(deleted.status).toBe(204);

    const gone = await request(app).get(`/api/v1/authors/${created.body.id}`);

    expect(gone.status).toBe(404);
  });

  it.each([
    ['no name', 'name', undefined],
    ['a null name', 'name', null],
    ['a name that is no text', 'name', { text: 'amber' }],
    ['an empty name', 'name', ''],
    ['a name of 121 characters', 'name', 'x'.repeat(121)],
    ['a bio that is no text', 'bio', { text: 'amber' }],
  ])('refuses an invalid author: %s', async (_, field, value) => {
    const admin = await createTestUser({ role: 'admin' });
    const before = await snapshot(['authors']);

    const response = await authenticatedRequest('POST', '/api/v1/authors', admin).send({
      name: 'Tomas Berg',
      bio: 'Kept short on purpose.',
      [field]: value,
    });

    expect(response.status).toBe(400);
    expect(refusedFields(response)).toContain(field);
    expect(await snapshot(['authors'])).toEqual(before);
  });

  it('refuses an empty author', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const before = await snapshot(['authors']);

    const response = await authenticatedRequest('POST', '/api/v1/authors', admin).send({});

    expect(response.status).toBe(400);
    expect(await snapshot(['authors'])).toEqual(before);
  });

  it.each([
    ['a name of one character', 'name', 'x'],
    ['a name of 120 characters', 'name', 'x'.repeat(120)],
  ])('accepts an author at the edge of its rules: %s', async (_, field, value) => {
    const admin = await createTestUser({ role: 'admin' });

    const response = await authenticatedRequest('POST', '/api/v1/authors', admin).send({
      name: 'Tomas Berg',
      bio: 'Kept short on purpose.',
      [field]: value,
    });

    expect(response.status).toBe(201);
  });

  it('stores an author tidily however it is written', async () => {
    const admin = await createTestUser({ role: 'admin' });

    const response = await authenticatedRequest('POST', '/api/v1/authors', admin).send({
      name: '  Tomas Berg ',
      bio: 'Kept short on purpose.',
    });

    expect(response.status).toBe(201);
    const author = await repository('Author').findOneOrFail({ where: { id: response.body.id } });
    expect(author).toMatchObject({ name: 'Tomas Berg', bio: 'Kept short on purpose.' });
  });

  it('shows an author', async () => {
    const author = await seedTestData.author();

    const response = await request(app).get(`/api/v1/authors/${author.id}`);

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ id: author.id, name: author.name, bio: null });
  });

  it('says that an author is missing', async () => {
    await seedTestData.author();

    const response = await request(app).get('/api/v1/authors/999999');

    expect(response.status).toBe(404);
  });

  it('refuses a malformed key in the path', async () => {
    const response = await request(app).get('/api/v1/authors/not-a-number');

    expect(response.status).toBe(400);
  });

  it('deletes an author and no other', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const author = await seedTestData.author();
    const otherAuthor = await seedTestData.author();

    const response = await authenticatedRequest('DELETE', `/api/v1/authors/${author.id}`, admin);

    expect(response.status).toBe(204);
    expect(await repository('Author').findOne({ where: { id: author.id } })).toBeNull();
    expect(await repository('Author').count({ where: { id: otherAuthor.id } })).toBe(1);
  });

  it('refuses to delete an author that is not there', async () => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.author();
    const before = await snapshot(['authors']);

    const response = await authenticatedRequest('DELETE', '/api/v1/authors/999999', admin);

    expect(response.status).toBe(404);
    expect(await snapshot(['authors'])).toEqual(before);
  });

  it('has no author left to delete a second time', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const author = await seedTestData.author();

    const first = await authenticatedRequest('DELETE', `/api/v1/authors/${author.id}`, admin);

    const response = await authenticatedRequest('DELETE', `/api/v1/authors/${author.id}`, admin);

    expect(first.status).toBe(204);
    expect(response.status).toBe(404);
  });

  it('refuses to delete an author that a book depends on', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const author = await seedTestData.author();
    await seedTestData.book({ author_id: author.id });
    const before = await snapshot(['authors']);

    const response = await authenticatedRequest('DELETE', `/api/v1/authors/${author.id}`, admin);

    expect(response.status).toBe(409);
    expect(await snapshot(['authors'])).toEqual(before);
  });

  it('refuses a malformed key in the path from an admin', async () => {
    const admin = await createTestUser({ role: 'admin' });

    const response = await authenticatedRequest('DELETE', '/api/v1/authors/not-a-number', admin);

    expect(response.status).toBe(400);
  });
});
