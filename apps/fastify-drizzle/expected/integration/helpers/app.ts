import './environment.js';

import request from 'supertest';

import { buildApp as makeApp } from '../../../src/app.js';

export type App = Parameters<typeof request>[0];

let built: App | undefined;

/** The app as a server runs it, built once for each file of tests. */
export async function buildApp(): Promise<App> {
  built ??= await readyServer();
  return built;
}

/** The app's server, once its plugins are loaded. */
async function readyServer() {
  const fastify = await makeApp();
  await fastify.ready();
  return fastify.server;
}

/** A request without credentials, once the app is built. */
export function anonymousRequest(method: string, path: string) {
  const verb = method.toLowerCase() as 'get';
  return request(built!)[verb](path);
}
