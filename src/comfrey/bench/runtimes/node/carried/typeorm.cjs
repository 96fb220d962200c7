'use strict';
// Lays the database of the bench, BENCH_TABLES, over the address that stands in the code of an app on TypeORM.

const Module = require('node:module');

const url = process.env.BENCH_TABLES;
const file = /^(?:file|sqlite):(?:\/\/(?=\/))?(.*)$/.exec(url ?? '')?.[1];
const seen = new WeakSet();
const load = Module._load;

Module._load = function (request, parent, ...rest) {
  const loaded = load.call(this, request, parent, ...rest);
  const source = request === 'typeorm' && url ? (loaded.DataSource ?? loaded.Connection) : null;
  if (source && !seen.has(source)) {
    seen.add(source);
    lay(source.prototype, () => new (Module.createRequire(parent.filename)('typeorm/driver/DriverFactory').DriverFactory)());
  }
  return loaded;
};

/** A data source is told where to connect before it does; before 0.3 it is called a connection, and made again by hand. */
function lay(prototype, factory) {
  const name = prototype.initialize ? 'initialize' : 'connect';
  const connect = prototype[name];
  prototype[name] = function () {
    const place = file ? { database: file } : { url };
    if (this.setOptions) this.setOptions(place);
    else Object.assign(this.options, place), (this.driver = factory().create(this));
    return connect.call(this);
  };
}
