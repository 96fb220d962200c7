import { join } from 'node:path';

import autoload from '@fastify/autoload';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { sql } from 'drizzle-orm';
import Fastify, { type FastifyServerOptions } from 'fastify';

import { config } from './config.js';
import { db } from './db/client.js';

/** The whole application, not yet listening. */
export async function buildApp(options: FastifyServerOptions = {}) {
  const app = Fastify({
    ...options,
    // What no schema names does not reach a handler.
    ajv: { customOptions: { removeAdditional: 'all' } },
  }).withTypeProvider<TypeBoxTypeProvider>();

  await app.register(autoload, { dir: join(import.meta.dirname, 'plugins') });
  await app.register(autoload, {
    dir: join(import.meta.dirname, 'routes'),
    autoHooks: true,
    options: { prefix: config.API_PREFIX },
  });

  app.get('/health', async () => {
    await db.execute(sql`SELECT 1`);
    return { status: 'ok' };
  });
  return app;
}
