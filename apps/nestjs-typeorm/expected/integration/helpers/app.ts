import './environment';

import request from 'supertest';

import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';

export type App = Parameters<typeof request>[0];

let built: App | undefined;

/** The app as a server runs it, built once for each file of tests. */
export async function buildApp(): Promise<App> {
  built ??= await startedServer();
  return built;
}

let running: INestApplication;

/** What the app's container holds under a token. */
export async function provided<T>(token: Type<T> | string | symbol): Promise<T> {
  await buildApp();
  return running.get(token, { strict: false });
}

/** The app as its `main` sets it up, but on the testing module and without a port. */
function startedServer(): Promise<App> {
  return new Promise((resolve, reject) => {
    const told = (error: unknown): never => {
      reject(error);
      throw error;
    };
    NestFactory.create = async (root: any, ...options: any[]): Promise<any> => {
      const testing = await Test.createTestingModule({ imports: [root] })
        .compile()
        .catch(told);
      const app = testing.createNestApplication(...options);
      app.listen = async () => {
        running = await app.init().catch(told);
        resolve(app.getHttpServer());
      };
      app.getUrl = async () => 'http://localhost';
      return app;
    };
    try {
      require('../../../src/main');
    } catch (error) {
      reject(error);
    }
  });
}

/** A request without credentials, once the app is built. */
export function anonymousRequest(method: string, path: string) {
  const verb = method.toLowerCase() as 'get';
  return request(built!)[verb](path);
}
