import './helpers/setup.js';

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';

import { refusedFields } from './helpers/answers.js';
import { type App, buildApp } from './helpers/app.js';
import { search } from './helpers/doubles.js';

describe('search', () => {
  let app: App;

  beforeAll(async () => {
    app = await buildApp();
  });

  it('reports search', async () => {
    const response = await request(app).get('/api/v1/search').query({ q: 'birch' });

    expect(response.status, response.text).toBe(200);
    expect(response.body).toMatchObject({
      items: expect.any(Array),
      total: expect.any(Number),
      page: expect.any(Number),
      per_page: expect.any(Number),
      degraded: expect.any(Boolean),
    });
  });

  it.each([
    ['a page that is no number', 'page', 'plenty'],
    ['a page of 0', 'page', 0],
    ['a page of 2147483648', 'page', 2147483648],
    ['a per page that is no number', 'per_page', 'plenty'],
    ['a per page of 0', 'per_page', 0],
    ['a per page of 101', 'per_page', 101],
    ['an empty q', 'q', ''],
    ['a q of 201 characters', 'q', 'x'.repeat(201)],
    ['no q', 'q', undefined],
  ])('refuses an invalid query for search: %s', async (_, field, value) => {
    const response = await request(app)
      .get('/api/v1/search')
      .query({ q: 'birch', [field]: value });

    expect(response.status).toBe(400);
    expect(refusedFields(response)).toContain(field);
  });

  it('asks the search service once while reporting search', async () => {
    const response = await request(app).get('/api/v1/search').query({ q: 'birch' });

    expect(response.status, response.text).toBe(200);
    expect(search.calls).toHaveLength(1);
    const sent = search.calls.at(-1)!;
    expect(sent).toMatchObject({ method: 'POST', path: '/books/_search' });
    expect(sent.headers['content-type']).toBeTruthy();
    expect(sent.headers.authorization).toBeTruthy();
  });

  it.each([
    ['an internal error', 'status500'],
    ['an answer of another shape', 'shape'],
    ['a broken connection', 'network'],
  ])('survives a failing search service while reporting search: %s', async (_, failure) => {
    search.fail(failure);

    const response = await request(app).get('/api/v1/search').query({ q: 'birch' });

    expect(response.status, response.text).not.toBe(500);
  });

  it('does not wait for ever for the search service while reporting search', async () => {
    search.fail('timeout');

    const response = await request(app).get('/api/v1/search').query({ q: 'birch' });

    expect(response.status, response.text).not.toBe(500);
  });

  it('survives a busy search service while reporting search', async () => {
    search.fail('rate_limit');

    const response = await request(app).get('/api/v1/search').query({ q: 'birch' });

    expect(response.status, response.text).not.toBe(500);
  });
});
