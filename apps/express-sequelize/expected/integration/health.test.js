require('./helpers/setup');

const request = require('supertest');

const { buildApp } = require('./helpers/app');

describe('health', () => {
  let app;

  beforeAll(async () => {
    app = await buildApp();
  });

  it('reports health', async () => {
    const response = await request(app).get('/health');

    expect(response.status).toBe(200);
    expect(response.body.status).toEqual(expect.any(String));
  });
});
