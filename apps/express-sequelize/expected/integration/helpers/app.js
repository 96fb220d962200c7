require('./environment');

const request = require('supertest');

const app = require('../../../src/app');

let built;

/** The app as a server runs it, built once for each file of tests. */
async function buildApp() {
  built ??= app;
  return built;
}

/** A request without credentials, once the app is built. */
function anonymousRequest(method, path) {
  const verb = method.toLowerCase();
  return request(built)[verb](path);
}

module.exports = { buildApp, anonymousRequest };
