import './environment';

import request from 'supertest';

import { app } from '../../../src/app';

export type App = Parameters<typeof request>[0];

let built: App | undefined;

/** The app as a server runs it, built once for each file of tests. */
export async function buildApp(): Promise<App> {
  built ??= app;
  return built;
}

/** A request without credentials, once the app is built. */
export function anonymousRequest(method: string, path: string) {
  const verb = method.toLowerCase() as 'get';
  return request(built!)[verb](path);
}
