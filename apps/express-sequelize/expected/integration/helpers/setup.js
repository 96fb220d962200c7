const { buildApp } = require('./app');
const { cleanDatabase, disconnect, migrateDatabase, spreadIds } = require('./database');
const { closeNetwork, doubles } = require('./doubles');

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
