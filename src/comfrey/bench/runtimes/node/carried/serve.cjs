'use strict';
// Runs the project's own Node: `node serve.cjs STATUS_FILE PORT APP` serves the app on a port of the
// loopback. APP is JSON: `entry` (the file that starts the server), and `module`, `variable`, `factory`
// for an app that only is exported. STATUS_FILE gets one line: `{"stage": "served", "routes": [...]}`, or
// the stage (`import`, `startup`) at which it failed and the error.

const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const tls = require('node:tls');
const { describe, text } = require('./errors.cjs');
const { load, pick } = require('./find.cjs');
const frameworks = require('./frameworks.cjs');

const [, , status, port, words] = process.argv;
const app = JSON.parse(words);
const PATIENCE = 4000; // milliseconds in which a file that starts a server must have come to it
const LONG_PATIENCE = 60000; // where nothing else could be served
const ERROR = Symbol('error of this request');
const open = new Set();
let served = null;
let stage = 'import';

function say(told) {
  if (say.last === 'served') return;
  say.last = told.stage;
  fs.writeFileSync(`${status}.part`, JSON.stringify(told));
  fs.renameSync(`${status}.part`, status);
}

// --- errors: the log has them before the answer leaves

function meet(request, error) {
  request[ERROR] ??= error;
}

const writeHead = http.ServerResponse.prototype.writeHead;
http.ServerResponse.prototype.writeHead = function (code, ...rest) {
  const error = this.req?.[ERROR];
  if (code >= 500 && error && !(Number(error.status ?? error.statusCode) < 500)) {
    fs.writeSync(2, `Unhandled error while answering ${this.req.method} ${this.req.originalUrl ?? this.req.url}\n${text(error)}\n`);
    this.req[ERROR] = undefined;
  }
  return writeHead.call(this, code, ...rest);
};

// A process that dies of an error is started again by whoever keeps it: its callers see a lost connection.
function dying(kind) {
  return (error) => {
    fs.writeSync(2, `${kind}\n${text(error)}\n`);
    if (served === null) {
      say({ stage: stage === 'import' ? 'import' : 'startup', error: describe(error) });
      process.exit(1);
    }
    for (const response of open) response.socket?.destroy();
  };
}
process.on('unhandledRejection', dying('Unhandled rejection: the process would have ended here'));
process.on('uncaughtException', dying('Uncaught exception: the process would have ended here'));

// --- listening: the first web server of the process gets our port, every other one a free port

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const done = args.find((each) => typeof each === 'function');
  const free = (server, then) => listen.call(server, { port: 0, host: '127.0.0.1' }, then);
  if (served !== null || !(this instanceof http.Server || this instanceof tls.Server)) return free(this, done);
  served = this;
  if (this instanceof tls.Server) {
    const plain = http.createServer();
    for (const listener of this.listeners('request')) plain.on('request', listener);
    begin(plain);
    return free(this, done);
  }
  return begin(this, done);
};

// Every request comes from an address of its own, for the app limits how often one may call.
let callers = 0;
function come(socket) {
  callers += 1;
  const value = `10.${(callers >> 16) & 255}.${(callers >> 8) & 255}.${callers & 255}`;
  Object.defineProperty(socket, 'remoteAddress', { value, configurable: true });
}

function begin(server, done) {
  server.prependListener('request', (request, response) => {
    if (app.limited) come(request.socket);
    open.add(response);
    response.once('close', () => open.delete(response));
  });
  server.once('listening', () => setImmediate(() => say({ stage: 'served', routes: frameworks.routes() })));
  return listen.call(server, { port: Number(port), host: '127.0.0.1' }, done);
}

// --- an app that only is exported

async function started(found) {
  if (typeof found === 'function' && app.factory) found = await found();
  found = await found;
  const inner = found?.app ?? found?.server;
  if (found && typeof found !== 'function' && !found.listen && inner) found = inner;
  if (found instanceof http.Server || found instanceof tls.Server) return found.listen(0);
  if (typeof found?.ready === 'function' && typeof found.listen === 'function') {
    await found.ready();
    return found.listen({ port: 0, host: '127.0.0.1' });
  }
  if (typeof found?.getHttpAdapter === 'function') return found.listen(0);
  if (typeof found?.callback === 'function') return http.createServer(found.callback()).listen(0);
  if (typeof found === 'function') return http.createServer(found).listen(0);
  throw new TypeError(`${app.module}: ${app.variable || 'its export'} is no app that can be served`);
}

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function listening(patience = PATIENCE) {
  for (let spent = 0; served === null && spent < patience; spent += 20) await wait(20);
  return served !== null;
}

/** Nothing that could be served by itself: the module of a container, which only the entry sets up. */
const isClass = (found) => typeof found === 'function' && /^class\b/.test(Function.prototype.toString.call(found));

/** The framework says why the app cannot start, before it ends the process. */
function failing(error) {
  if (served !== null) return;
  fs.writeSync(2, `${text(error)}\n`);
  say({ stage: 'startup', error: describe(error) });
}

async function main() {
  frameworks.watch(process.cwd(), meet, failing);
  if (app.entry) {
    await load(app.entry);
    stage = 'startup';
    if (await listening()) return;
  }
  if (!app.module) throw new Error(`${app.entry} was run, but no server began to listen`);
  const found = pick(await load(app.module), app.variable);
  stage = 'startup';
  if (served !== null || (app.entry && isClass(found) && (await listening(LONG_PATIENCE)))) return;
  await started(found);
}

main().catch((error) => {
  fs.writeSync(2, `${text(error)}\n`);
  say({ stage, error: describe(error) });
  process.exit(1);
});
