import './environment';

import { DataSource } from 'typeorm';

import { provided } from './app';

let dataSource: DataSource;

export const repository = (entity: string) => dataSource.getRepository<any>(entity);
export const disconnect = () => dataSource.destroy();

const execute = (sql: string) => dataSource.query(sql);
const query = execute as (sql: string) => Promise<Record<string, unknown>[]>;

/** Every table that a test may write to, children first. */
const TABLES = ['order_items', 'reviews', 'books', 'orders', 'authors', 'users'];

/** Bring the schema up to date. */
export async function migrateDatabase() {
  dataSource = await provided(DataSource);
  await dataSource.runMigrations();
  if (dataSource.migrations.length === 0) await dataSource.synchronize();
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
