'use strict';
// `node prisma_push.cjs '{"files": [...], "url": "..."}'` makes the tables of a Prisma schema on an empty
// database, through the WebAssembly build of Prisma's schema engine (Prisma's own engines are downloads).

const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const near = createRequire(path.resolve('package.json'));
const { files, url } = JSON.parse(process.argv[2]);
const TEXT = { 19: 25, 1003: 1009, 18: 25 }; // pg's name, name[] and "char", which the adapter cannot read

function readable() {
  const Result = createRequire(near.resolve('@prisma/adapter-pg'))('pg/lib/result');
  const { addFields } = Result.prototype;
  Result.prototype.addFields = function (fields) {
    return addFields.call(this, fields.map((each) => Object.assign(each, { dataTypeID: TEXT[each.dataTypeID] ?? each.dataTypeID })));
  };
}

async function main() {
  readable();
  const { PrismaPg } = near('@prisma/adapter-pg');
  const utils = createRequire(near.resolve('@prisma/adapter-pg'))('@prisma/driver-adapter-utils');
  const file = near.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const engine = await import(pathToFileURL(file).href);
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(file.replace(/\.js$/, '.wasm')), {
    './schema_engine_bg.js': engine,
  });
  engine.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const adapter = utils.bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }));
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
