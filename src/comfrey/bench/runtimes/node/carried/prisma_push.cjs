'use strict';
// `node prisma_push.cjs '{"files": [...], "url": "..."}'` makes the tables of a Prisma schema on an empty
// database, through the WebAssembly build of Prisma's schema engine (Prisma's own engines are downloads).

const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const adapterFor = require('./prisma_adapter.cjs');

const near = createRequire(path.resolve('package.json'));
const { files, url } = JSON.parse(process.argv[2]);

async function main() {
  const factory = adapterFor(url);
  const utils = createRequire(near.resolve(factory.adapterName))('@prisma/driver-adapter-utils');
  const file = near.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const engine = await import(pathToFileURL(file).href);
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(file.replace(/\.js$/, '.wasm')), {
    './schema_engine_bg.js': engine,
  });
  engine.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const adapter = utils.bindMigrationAwareSqlAdapterFactory(factory);
  const datamodels = files.map((file) => [file, fs.readFileSync(file, 'utf8')]);
  const made = await engine.SchemaEngine.new({ datamodels }, () => {}, adapter);
  await made.schemaPush({
    force: true,
    schema: { files: datamodels.map(([name, content]) => ({ path: name, content })) },
    filters: { externalTables: [], externalEnums: [] },
  });
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(`Error: ${error.message ?? error}`);
    process.exit(1);
  },
);
