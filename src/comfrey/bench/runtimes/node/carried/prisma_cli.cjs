#!/usr/bin/env node
'use strict';
// Stands in for Prisma's command line where its engines could not be downloaded: `migrate deploy` applies
// the SQL of the migrations and remembers them, `db push` uses the WebAssembly build of the schema engine,
// everything else is done by Prisma itself, which needs no engine for it.

const { spawnSync } = require('node:child_process');
const { randomUUID } = require('node:crypto');
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

const adapterFor = require('./prisma_adapter.cjs');

const near = createRequire(path.resolve('package.json'));
const words = process.argv.slice(2);
const asked = words.filter((word) => !word.startsWith('-')).slice(0, 2).join(' ');
const PLACES = ['prisma/schema.prisma', 'schema.prisma', 'prisma/schema', 'src/prisma/schema.prisma'];

const REMEMBERED = `CREATE TABLE IF NOT EXISTS _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL,
  finished_at timestamp NULL DEFAULT CURRENT_TIMESTAMP, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamp NULL,
  started_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, applied_steps_count integer NOT NULL DEFAULT 0)`;

function schema() {
  const at = words.indexOf('--schema');
  const said = at >= 0 ? words[at + 1] : JSON.parse(fs.readFileSync('package.json', 'utf8')).prisma?.schema;
  return path.resolve(said ?? PLACES.find((each) => fs.existsSync(each)) ?? PLACES[0]);
}

function url() {
  const text = fs.statSync(schema()).isFile() ? fs.readFileSync(schema(), 'utf8') : '';
  const named = /url\s*=\s*env\("(\w+)"\)/.exec(text);
  return process.env[named ? named[1] : 'DATABASE_URL'];
}

function migrations() {
  const file = schema();
  const folder = [path.join(file, 'migrations'), path.join(path.dirname(file), 'migrations')].find((each) => fs.existsSync(each));
  const names = folder ? fs.readdirSync(folder).sort() : [];
  return names.map((name) => [name, path.join(folder, name, 'migration.sql')]).filter(([, each]) => fs.existsSync(each));
}

async function deploy() {
  const connection = await adapterFor(url()).connect();
  try {
    await connection.executeScript(REMEMBERED);
    const { rows } = await connection.queryRaw({ sql: 'SELECT migration_name FROM _prisma_migrations', args: [], argTypes: [] });
    const done = new Set(rows.map(([name]) => name));
    for (const [name, file] of migrations().filter(([each]) => !done.has(each))) {
      await connection.executeScript(fs.readFileSync(file, 'utf8'));
      await connection.executeScript(`INSERT INTO _prisma_migrations (id, checksum, migration_name, applied_steps_count) VALUES ('${randomUUID()}', '', '${name}', 1)`);
      console.log(`Applied migration ${name}`);
    }
  } finally {
    await connection.dispose();
  }
}

function push() {
  const file = schema();
  const files = fs.statSync(file).isFile() ? [file] : fs.readdirSync(file).filter((each) => each.endsWith('.prisma')).map((each) => path.join(file, each));
  return passed([path.join(__dirname, 'prisma_push.cjs'), JSON.stringify({ files, url: url() })], {});
}

function passed(argv, environ) {
  return spawnSync(process.execPath, argv, { stdio: 'inherit', env: { ...process.env, ...environ } }).status ?? 1;
}

function itself() {
  const engines = { PRISMA_QUERY_ENGINE_LIBRARY: '/bin/true', PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true' };
  return passed([near.resolve('prisma/build/index.js'), ...words], engines);
}

async function main() {
  if (asked === 'migrate deploy' || asked === 'migrate dev') return deploy();
  process.exitCode = asked === 'db push' ? push() : itself();
}

main().catch((error) => {
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
});
