'use strict';
// The weak fence's language guard: this process reaches the loopback and nothing else.

const dns = require('node:dns');
const net = require('node:net');

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|::ffff:127(\.\d+){3})$/;
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [options] = net._normalizeArgs(Array.isArray(args[0]) ? args[0] : args);
  const host = options.host ?? 'localhost';
  const outside = options.path ? /^(\/var)?\/run\//.test(options.path) : net.isIP(host) && !LOOPBACK.test(host);
  if (!outside) return connect.apply(this, args);
  const error = Object.assign(new Error(`the test bench has no way to ${options.path ?? host}`), { code: 'ECONNREFUSED' });
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
