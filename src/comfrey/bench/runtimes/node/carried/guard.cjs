'use strict';
// The weak fence's language guard: this process reaches what the bench stood up on the loopback, and itself. A database
// of the developer's own listens there, too, at the address that an app's code may hold.

const dns = require('node:dns');
const net = require('node:net');

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|::ffff:127(\.\d+){3})$/;
const PORT = /(?<![\w.])\d{2,5}(?![\w.])/g;
const ports = new Set(Object.values(process.env).flatMap((each) => each.match(PORT) ?? []));

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  this.once('listening', () => ports.add(String(this.address()?.port)));
  return listen.apply(this, args);
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [options] = net._normalizeArgs(Array.isArray(args[0]) ? args[0] : args);
  const host = options.host ?? 'localhost';
  const foreign = (net.isIP(host) && !LOOPBACK.test(host)) || (LOOPBACK.test(host) && !ports.has(String(options.port)));
  const outside = options.path ? /^(\/var)?\/run\//.test(options.path) : foreign;
  if (!outside) return connect.apply(this, args);
  const where = options.path ?? `${host}:${options.port}`;
  const error = Object.assign(new Error(`the test bench has no way to ${where}`), { code: 'ECONNREFUSED' });
  process.nextTick(() => this.destroy(error));
  return this;
};

const lookup = dns.lookup;
dns.lookup = function (name, ...rest) {
  if (!name || LOOPBACK.test(name) || net.isIP(name)) return lookup.call(this, name, ...rest);
  const done = rest.at(-1);
  const error = Object.assign(new Error(`the test bench has no double for ${name}`), { code: 'ENOTFOUND' });
  return process.nextTick(() => done(error));
};
