'use strict';
// Compiles TypeScript as it is required, with the project's own compiler and options: decorators keep the
// types that dependency injection and entities ask for, and `paths` of tsconfig.json are followed.

const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const near = Module.createRequire(path.resolve('package.json'));
const ts = near('typescript');
const found = ts.findConfigFile(process.cwd(), ts.sys.fileExists, 'tsconfig.json');
const { options } = found
  ? ts.parseJsonConfigFileContent(ts.readConfigFile(found, ts.sys.readFile).config, ts.sys, path.dirname(found))
  : { options: {} };
const NEWEST = ts.ScriptTarget.ES2022 ?? ts.ScriptTarget.ES2020 ?? ts.ScriptTarget.ES2018; // older compilers know fewer
const nest = path.resolve('nest-cli.json');
const builder = fs.existsSync(nest) ? JSON.parse(fs.readFileSync(nest, 'utf8')).compilerOptions?.builder : null;
const otherwise = (builder?.type ?? builder) === 'swc'; // which reads defaults as ES modules do, whatever the options say
const compilerOptions = {
  ...options,
  module: ts.ModuleKind.CommonJS,
  moduleResolution: undefined,
  target: Math.min(options.target ?? NEWEST, NEWEST),
  esModuleInterop: options.esModuleInterop ?? (otherwise || options.module >= ts.ModuleKind.Node16),
  inlineSourceMap: true,
  sourceMap: false,
  outDir: undefined, // else maps name sources as seen from there
  outFile: undefined,
  mapRoot: undefined,
  sourceRoot: undefined,
  declaration: false,
  noEmit: false,
  verbatimModuleSyntax: undefined,
  isolatedModules: true,
};
const spelt = options.emitDecoratorMetadata ? require('./metadata.cjs')(ts, mapped) : (_, text) => text;
const ENDINGS = ['', '.ts', '.tsx', '.js', '/index.ts', '/index.js'];

for (const ending of ['.ts', '.tsx', '.mts', '.cts']) {
  Module._extensions[ending] = (module, file) => {
    const { outputText } = ts.transpileModule(spelt(file, fs.readFileSync(file, 'utf8')), { compilerOptions, fileName: file });
    module._compile(outputText, file);
  };
}

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  try {
    return resolve.call(this, request, parent, ...rest);
  } catch (error) {
    const other = mapped(request, parent);
    if (other) return other;
    throw error;
  }
};

/** By `paths` and `baseUrl`, and a `.js` that is a `.ts` in the source. */
function mapped(request, parent) {
  const folder = path.dirname(parent?.filename ?? process.cwd());
  const candidates = request.startsWith('.') ? [path.resolve(folder, request)] : aliased(request);
  for (const base of candidates.flatMap((each) => [each, each.replace(/\.js$/, '.ts')])) {
    const file = ENDINGS.map((ending) => base + ending).find((each) => fs.statSync(each, { throwIfNoEntry: false })?.isFile());
    if (file) return file;
  }
  return null;
}

function aliased(request) {
  const base = options.baseUrl ?? (found ? path.dirname(found) : process.cwd());
  const targets = Object.entries(options.paths ?? {}).flatMap(([pattern, places]) => {
    const [before, after] = pattern.split('*');
    if (after === undefined) return pattern === request ? places : [];
    if (!request.startsWith(before) || !request.endsWith(after)) return [];
    const middle = request.slice(before.length, request.length - after.length);
    return places.map((place) => place.replace('*', middle));
  });
  return [...targets, ...(options.baseUrl ? [request] : [])].map((each) => path.resolve(base, each));
}
