import './helpers/setup.js';

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';

import { type App, buildApp } from './helpers/app.js';

describe('health', () => {
  let app: App;

  beforeAll(async () => {
    app = await buildApp();
  });

  it('reports health', async () => {
    const response = await request(app).get('/health');

    expect(response.status, response.text).toBe(200);
    expect(response.body.status).toEqual(expect.any(String));
  });
});
