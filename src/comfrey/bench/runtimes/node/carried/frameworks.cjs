'use strict';
// Watches Express and Fastify from outside: which routes an app registers, and which errors it meets.

const diagnostics = require('node:diagnostics_channel');
const Module = require('node:module');
const path = require('node:path');

const apps = new Set();
const PATH = Symbol('mount path');
const seen = new WeakSet();
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];

/**
 * Looks at every module that is loaded from now on. `meet(request, error)` is told of errors, `fail(error)` of the one
 * that an app cannot start for.
 */
function watch(root, meet, fail) {
  const load = Module._load;
  Module._load = function (...args) {
    const loaded = load.apply(this, args);
    if (String(args[0]).endsWith('/exception-handler')) unstarted(loaded, fail);
    if (String(args[0]).endsWith('/exceptions-handler')) thrown(loaded, meet);
    return known(loaded, meet);
  };
  const near = Module.createRequire(path.join(root, 'package.json'));
  first(near, 'express', meet);
  fastify(meet);
}

/** Loads a framework before the app does: an ES module then meets it as we left it. */
function first(near, name, meet) {
  try {
    const file = near.resolve(name);
    near(name);
    const cached = require.cache[file];
    if (cached) cached.exports = known(cached.exports, meet);
  } catch {
    // The project does not use it.
  }
}

function known(loaded, meet) {
  if (typeof loaded !== 'function' || seen.has(loaded)) return loaded;
  if (loaded.application && loaded.Router && loaded.static) express(loaded, meet);
  return loaded;
}

// --- Nest

/** What Nest cannot start for it hands to the app's own logger, which may keep it to itself, and ends. */
function unstarted(loaded, fail) {
  const handler = loaded?.ExceptionHandler?.prototype;
  if (typeof handler?.handle !== 'function' || seen.has(handler)) return;
  seen.add(handler);
  const { handle } = handler;
  handler.handle = function (error, ...more) {
    fail(error);
    return handle.call(this, error, ...more);
  };
}

/** What handlers throw goes to filters, which may answer it without a word. */
function thrown(loaded, meet) {
  const handler = loaded?.ExceptionsHandler?.prototype;
  if (typeof handler?.next !== 'function' || seen.has(handler)) return;
  seen.add(handler);
  const { next } = handler;
  handler.next = function (error, host, ...more) {
    const request = host?.getArgByIndex?.(0);
    const raw = request?.raw ?? request;
    if (raw && error instanceof Error) meet(raw, error);
    return next.call(this, error, host, ...more);
  };
}

// --- Express

function express(loaded, meet) {
  seen.add(loaded);
  const { init, handle } = loaded.application;
  loaded.application.init = function () {
    apps.add(this);
    return init.apply(this, arguments);
  };
  loaded.application.handle = function (request, response, next) {
    return handle.call(this, request, response, next ?? last(this, request, response, meet));
  };
  const router = loaded.Router.use ? loaded.Router : loaded.Router.prototype;
  const use = router.use;
  router.use = function (...args) {
    const before = this.stack?.length ?? 0;
    const result = use.apply(this, args);
    const first = typeof args[0] === 'function' || isHandlers(args[0]) ? '' : args[0];
    for (const layer of (this.stack ?? []).slice(before)) layers(layer, meet)[PATH] = first;
    return result;
  };
  const route = router.route;
  router.route = function (...args) {
    const result = route.apply(this, args);
    layers(this.stack.at(-1), meet);
    return result;
  };
}

/** What Express does with an error that nobody took: it is written to the log in every environment. */
function last(app, request, response, meet) {
  const final = Module.createRequire(require.resolve('express', { paths: [process.cwd()] }))('finalhandler');
  const done = final(request, response, { env: app.get('env') });
  return (error) => {
    if (error) meet(request, error);
    done(error);
  };
}

function isHandlers(value) {
  return Array.isArray(value) && value.flat(Infinity).every((each) => typeof each === 'function');
}

function layers(layer, meet) {
  const kind = Object.getPrototypeOf(layer);
  if (seen.has(kind)) return layer;
  seen.add(kind);
  const name = kind.handleRequest ? 'handleRequest' : 'handle_request';
  const handle = kind[name];
  kind[name] = function (request, response, next) {
    return handle.call(this, request, response, (error) => {
      if (error && error !== 'route' && error !== 'router') meet(request, error);
      next(error);
    });
  };
  return layer;
}

function* registered(router, prefix) {
  for (const layer of router?.stack ?? []) {
    if (layer.route) {
      const methods = Object.keys(layer.route.methods).flatMap((name) => (name === '_all' ? METHODS : name.toUpperCase()));
      for (const each of [layer.route.path].flat(Infinity)) {
        for (const method of methods) yield [method, spelled(prefix + word(each))];
      }
    } else if (layer.handle?.stack) {
      for (const each of [layer[PATH] ?? ''].flat(Infinity)) yield* registered(layer.handle, prefix + word(each));
    }
  }
}

function word(at) {
  return at instanceof RegExp ? `/~${at.source}` : String(at ?? '');
}

/** `/books/:id(\d+)/` as `/books/{id}`. */
function spelled(at) {
  const plain = at.replace(/:(\w+)(\([^)]*\))?[?*+]?/g, '{$1}').replace(/\/{2,}/g, '/');
  return (plain.length > 1 ? plain.replace(/\/$/, '') : plain) || '/';
}

// --- Fastify

const instances = new WeakMap();

/** Fastify tells of every app that it makes, whichever module system has loaded it. */
function fastify(meet) {
  diagnostics.subscribe('fastify.initialization', ({ fastify: app }) => {
    if (instances.has(app)) return;
    const routes = [];
    apps.add(app);
    instances.set(app, routes);
    app.addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) routes.push([method, spelled(route.url)]);
    });
    app.addHook('onError', (request, reply, error, done) => {
      meet(request.raw, error);
      done();
    });
  });
}

// --- what an app serves

/** [method, path] of everything that the apps of this process have registered. */
function routes() {
  const found = [...apps].flatMap((app) => instances.get(app) ?? [...registered(routerOf(app), app.path?.() ?? '')]);
  return [...new Map(found.map((each) => [each.join(' '), each])).values()].sort();
}

function routerOf(app) {
  return app._router ?? (typeof app.router === 'function' ? app.router : undefined);
}

module.exports = { routes, watch };
