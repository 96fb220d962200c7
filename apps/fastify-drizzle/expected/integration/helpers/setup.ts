import { afterAll, afterEach, beforeAll } from 'vitest';

import { buildApp } from './app.js';
import { cleanDatabase, disconnect, migrateDatabase, spreadIds } from './database.js';
import { closeNetwork, doubles } from './doubles.js';

beforeAll(async () => {
  closeNetwork();
  await Promise.all(doubles.map((double) => double.start()));
  await migrateDatabase();
  await cleanDatabase();
  await spreadIds();
  await buildApp();
}, 60_000);

afterEach(async () => {
  await cleanDatabase();
  doubles.forEach((double) => double.forget());
});

afterAll(async () => {
  await Promise.all(doubles.map((double) => double.stop()));
  await disconnect();
});
