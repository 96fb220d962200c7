import './helpers/setup';

import request from 'supertest';

import { type App, buildApp } from './helpers/app';
import { search } from './helpers/doubles';

describe('search', () => {
  let app: App;

  beforeAll(async () => {
    app = await buildApp();
  });

  it('reports search', async () => {
    search.answer(200, {
      hits: { total: { value: 14 }, hits: [{ _id: 'd18fc9fb6494384932af3bda' }] },
    });

    const response = await request(app).get('/api/v1/search').query({ q: 'birch' });

    expect(response.status).toBe(200);
  });

  it.each([
    ['a page that is no number', 'page', 'plenty'],
    ['a page of 0', 'page', 0],
    ['a per page that is no number', 'per_page', 'plenty'],
    ['a per page of 0', 'per_page', 0],
    ['a per page of 101', 'per_page', 101],
    ['an empty q', 'q', ''],
    ['a q of 201 characters', 'q', 'x'.repeat(201)],
    ['no q', 'q', undefined],
  ])('refuses an invalid query for search: %s', async (_, field, value) => {
    search.answer(200, {
      hits: { total: { value: 14 }, hits: [{ _id: 'd18fc9fb6494384932af3bda' }] },
    });

    const response = await request(app)
      .get('/api/v1/search')
      .query({ q: 'birch', [field]: value });

    expect(response.status).toBe(400);
  });

  it('asks the search service once while reporting search', async () => {
    search.answer(200, {
      hits: { total: { value: 14 }, hits: [{ _id: 'd18fc9fb6494384932af3bda' }] },
    });

    const response = await request(app).get('/api/v1/search').query({ q: 'birch' });

    expect(response.status).toBe(200);
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
    search.answer(200, {
      hits: { total: { value: 14 }, hits: [{ _id: 'd18fc9fb6494384932af3bda' }] },
    });
    search.fail(failure);

    const response = await request(app).get('/api/v1/search').query({ q: 'birch' });

    expect(response.status).not.toBe(500);
  });

  it('does not wait for ever for the search service while reporting search', async () => {
    search.answer(200, {
      hits: { total: { value: 14 }, hits: [{ _id: 'd18fc9fb6494384932af3bda' }] },
    });
    search.fail('timeout');

    const response = await request(app).get('/api/v1/search').query({ q: 'birch' });

    expect(response.status).not.toBe(500);
  });

  it('survives a busy search service while reporting search', async () => {
    search.answer(200, {
      hits: { total: { value: 14 }, hits: [{ _id: 'd18fc9fb6494384932af3bda' }] },
    });
    search.fail('rate_limit');

    const response = await request(app).get('/api/v1/search').query({ q: 'birch' });

    expect(response.status).not.toBe(500);
  });
});
