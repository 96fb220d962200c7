'use strict';
// Lays the database of the bench, BENCH_TABLES, over the one that the app's code names, with the words that a written
// suite has for it, BENCH_LAID.

const { createRequire } = require('node:module');

const { BENCH_LAID, BENCH_TABLES } = process.env;
new Function('require', 'DATABASE_URL', BENCH_LAID)(createRequire(`${process.cwd()}/`), BENCH_TABLES);
