import './environment.js';

import { execFileSync } from 'node:child_process';

import { and, asc, desc, eq, getTableColumns, isNull, sql as rawSql } from 'drizzle-orm';

import { db } from '../../../src/db/client.js';
export { asc, db, desc };

/** The condition that columns hold these values. */
export function matching(table: any, values: Record<string, unknown>) {
  const columns = getTableColumns(table) as Record<string, any>;
  const equal = ([name, value]: [string, unknown]) => {
    return value === null ? isNull(columns[name]) : eq(columns[name], value);
  };
  return and(...Object.entries(values).map(equal));
}

export async function disconnect() {
  await (db as any).$client?.end?.();
}

const execute = (statement: string) => db.execute(rawSql.raw(statement));

async function query(statement: string): Promise<Record<string, unknown>[]> {
  const found: any = await execute(statement);
  return found.rows ?? found;
}

/** Every table that a test may write to, children first. */
const TABLES = ['order_items', 'reviews', 'books', 'orders', 'authors', 'users'];

/** Bring the schema up to date with the project's migrations. */
export async function migrateDatabase() {
  const [found] = await query(`
    SELECT count(*) AS tables FROM information_schema.tables
    WHERE table_name = '${TABLES[0]}'
  `);
  if (Number(found!.tables) > 0) return;
  execFileSync('npx', ['drizzle-kit', 'migrate'], { stdio: 'pipe' });
}

/** Delete every row that a test may have left, children first. */
export async function cleanDatabase() {
  await execute('DROP FUNCTION IF EXISTS refuse() CASCADE');
  await execute('DROP SEQUENCE IF EXISTS refusals');
  for (const table of TABLES) {
    await execute(`DELETE FROM "${table}"`);
  }
}

/** Let every table count from a different thousand, so that a swapped id shows. */
export async function spreadIds() {
  await query(`SELECT setval(pg_get_serial_sequence('"users"', 'id'), 1000)`);
  await query(`SELECT setval(pg_get_serial_sequence('"authors"', 'id'), 2000)`);
  await query(`SELECT setval(pg_get_serial_sequence('"orders"', 'id'), 3000)`);
  await query(`SELECT setval(pg_get_serial_sequence('"books"', 'id'), 4000)`);
  await query(`SELECT setval(pg_get_serial_sequence('"reviews"', 'id'), 5000)`);
  await query(`SELECT setval(pg_get_serial_sequence('"order_items"', 'id'), 6000)`);
}

/** All rows of the tables as they stand; `but` leaves columns out (`books.updated_at`). */
export async function snapshot(tables: string[], { but = [] }: { but?: string[] } = {}) {
  const rows: Record<string, unknown[]> = {};
  for (const table of tables) {
    const found = await query(`SELECT * FROM "${table}"`);
    rows[table] = found.map((row) => shown(row, table, but)).sort();
  }
  return rows;
}

function shown(row: Record<string, unknown>, table: string, but: string[]) {
  return JSON.stringify(row, (name, value) => {
    if (but.includes(`${table}.${name}`)) return undefined;
    return typeof value === 'bigint' ? String(value) : value;
  });
}

/** Let the database refuse the nth insert, update or delete, until the test ends. */
export async function refuse(table: string, operation: string, nth = 1) {
  await execute('CREATE SEQUENCE refusals');
  await execute(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF nextval('refusals') = ${nth} THEN
        RAISE EXCEPTION 'refused by the test';
      END IF;
      RETURN COALESCE(NEW, OLD);
    END $$`);
  await execute(
    `CREATE TRIGGER refuse BEFORE ${operation} ON "${table}" FOR EACH ROW EXECUTE FUNCTION refuse()`,
  );
}
