import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';

import { config } from '../config.js';
import * as schema from './schema.js';

export const pool = new pg.Pool({ connectionString: config.DATABASE_URL });

export const db = drizzle(pool, { schema });

/** What the callback of `db.transaction` is given. */
export type Transaction = Parameters<Parameters<typeof db.transaction>[0]>[0];
