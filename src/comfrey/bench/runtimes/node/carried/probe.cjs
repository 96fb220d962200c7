'use strict';
// Runs the project's own Node: answers questions about the project, one JSON line each, until its
// standard input closes. What the project prints goes to standard error.

const fs = require('node:fs');
const readline = require('node:readline');
const { describe } = require('./errors.cjs');
const { load, pick } = require('./find.cjs');

process.stdout.write = process.stderr.write.bind(process.stderr);
process.on('unhandledRejection', (error) => console.error('Unhandled rejection', error));
process.on('uncaughtException', (error) => console.error('Uncaught exception', error));

const verbs = {
  async import({ module }) {
    await load(module);
    return null;
  },
  async call({ module, function: name, args = [] }) {
    const loaded = await load(module);
    const { owner, found } = resolved(loaded, name);
    return plain(typeof found === 'function' ? await found.apply(owner, args) : await found);
  },
  async value({ expression }) {
    const [module, name] = parted(expression);
    return plain(await pick(await load(module), name));
  },
  async url({ expression }) {
    const [module, name] = parted(expression);
    return addressOf(await pick(await load(module), name));
  },
  async sync({ expression, modules = [] }) {
    for (const each of modules) await load(each);
    const [module, name] = parted(expression);
    const engine = await pick(await load(module), name);
    await engine.sync();
    return null;
  },
};

/** The address of a connection that the project made: its text, or what Sequelize or TypeORM were told. */
function addressOf(made) {
  if (typeof made === 'string' || made === null || made === undefined) return made ?? '';
  const told = { ...made.options, ...made.config };
  const dialect = told.dialect ?? told.type ?? '';
  if (told.url) return String(told.url);
  if (dialect.startsWith('sqlite') || dialect === 'better-sqlite3') return `sqlite:///${told.storage ?? told.database ?? ''}`;
  const { host = 'localhost', port, username = '', password = '', database = '' } = told;
  const login = [username, password ?? ''].map(encodeURIComponent).join(':');
  return `${dialect}://${login}@${host}${port ? `:${port}` : ''}/${database}`;
}

/** A function of the module, or a method: of an exported object, or of a class, which is then made. */
function resolved(loaded, name) {
  const parts = name.split('.');
  const last = parts.pop();
  if (parts.length === 0) return { owner: undefined, found: pick(loaded, last) };
  let owner = pick(loaded, parts.join('.'));
  if (owner?.[last] === undefined && typeof owner === 'function' && owner.prototype?.[last]) owner = new owner();
  return { owner, found: owner?.[last] };
}

function parted(expression) {
  const at = expression.lastIndexOf(':');
  return [expression.slice(0, at), expression.slice(at + 1)];
}

function plain(value) {
  return JSON.parse(JSON.stringify(value ?? null, (_, each) => (typeof each === 'bigint' ? Number(each) : each)));
}

async function answer(line) {
  try {
    const { do: verb, ...words } = JSON.parse(line);
    return { ok: true, value: await verbs[verb](words) };
  } catch (error) {
    return { ok: false, error: describe(error) };
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    fs.writeSync(1, `${JSON.stringify(await answer(line))}\n`);
  }
  process.exit(0);
}

main();
