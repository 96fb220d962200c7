'use strict';
// Finds modules and exports of the project, whichever module system it uses.

const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const ENDINGS = ['', '.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '/index.ts', '/index.js', '/index.mjs', '/index.cjs'];

/** The file that `module` names: a path relative to the working folder, with or without its ending. */
function fileOf(module) {
  const base = path.resolve(module);
  const bases = [base, base.replace(/\.[cm]?js$/, '.ts')];
  for (const each of bases) {
    const found = ENDINGS.map((ending) => each + ending).find((file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile());
    if (found) return found;
  }
  return null;
}

/** A package as the project finds it, not as this file would. */
function packaged(module) {
  try {
    return pathToFileURL(createRequire(path.resolve('package.json')).resolve(module)).href;
  } catch {
    return module;
  }
}

async function load(module) {
  const file = fileOf(module);
  if (file === null) return import(packaged(module));
  if (process.env.BENCH_REQUIRES === '1') return require(file);
  return import(pathToFileURL(file).href);
}

/** The export called `name` (dotted: a member of it); "" and "default" are what the module is for. */
function pick(loaded, name) {
  const [first, ...rest] = (name || 'default').split('.');
  const found = member(loaded, first);
  return rest.reduce((value, key) => value?.[key], found);
}

function member(loaded, name) {
  const inner = loaded?.default;
  if (name !== 'default' && name !== 'exports') return loaded?.[name] ?? inner?.[name] ?? inner?.default?.[name];
  if (inner === undefined) return loaded;
  return inner?.__esModule && inner.default !== undefined ? inner.default : inner;
}

module.exports = { fileOf, load, pick };
