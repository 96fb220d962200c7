import './helpers/setup';

import request from 'supertest';

import { type App, buildApp } from './helpers/app';

describe('health', () => {
  let app: App;

  beforeAll(async () => {
    app = await buildApp();
  });

  it('reports health', async () => {
    const response = await request(app).get('/health');

    expect(response.status).toBe(200);
    expect(response.body.status).toEqual(expect.any(String));
  });
});
