'use strict';
// A driver adapter by the address of the database: what a Prisma client without engines talks through.

const { createRequire } = require('node:module');
const path = require('node:path');

const near = createRequire(path.resolve('package.json'));
const TEXT = { 19: 25, 1003: 1009, 18: 25 }; // pg's name, name[] and "char", which the adapter cannot read

function readable() {
  const { prototype } = createRequire(near.resolve('@prisma/adapter-pg'))('pg/lib/result');
  const { addFields } = prototype;
  if (addFields.readable) return;
  prototype.addFields = function (fields) {
    return addFields.call(this, fields.map((each) => Object.assign(each, { dataTypeID: TEXT[each.dataTypeID] ?? each.dataTypeID })));
  };
  prototype.addFields.readable = true;
}

module.exports = (url) => {
  if (/^mysql:/.test(url)) {
    const { PrismaMariaDb } = near('@prisma/adapter-mariadb');
    const { hostname, port, username, password, pathname } = new URL(url);
    const [user, secret, database] = [username, password, pathname.slice(1)].map(decodeURIComponent);
    return new PrismaMariaDb({ host: hostname, port: Number(port || 3306), user, password: secret, database });
  }
  if (/^(file|sqlite):/.test(url)) {
    return new (near('@prisma/adapter-libsql').PrismaLibSQL)({ url: url.replace(/^sqlite:/, 'file:') });
  }
  readable();
  const schema = new URL(url).searchParams.get('schema');
  return new (near('@prisma/adapter-pg').PrismaPg)({ connectionString: url }, schema ? { schema } : undefined);
};
