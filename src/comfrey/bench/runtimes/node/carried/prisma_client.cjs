'use strict';
// Stands in for a Prisma client whose engines could not be downloaded: the same client on Prisma's engine in
// WebAssembly, which takes a driver adapter instead of an address, with what older clients could do besides.

const adapterFor = require('./prisma_adapter.cjs');

/** What the native engines say about a violated constraint, by what the driver says. */
function told(error) {
  const constraint = error?.meta?.driverAdapterError?.cause?.constraint;
  const said = constraint?.fields?.map((each) => each.replace(/^"|"$/g, '')) ?? constraint?.index;
  if (error?.code === 'P2002' && said && !error.meta.target) error.meta.target = said;
  if (error?.code === 'P2003' && said && !error.meta.field_name) error.meta.field_name = [said].flat().join(',');
  return error;
}

module.exports = (Made, address) => {
  const urlOf = (options) =>
    options.datasourceUrl ?? Object.values(options.datasources ?? {})[0]?.url ?? (address.variable ? process.env[address.variable] : address.url);

  return class PrismaClient extends Made {
    constructor(options = {}) {
      const { datasources, datasourceUrl, rejectOnNotFound, ...rest } = options ?? {};
      super({ ...rest, adapter: rest.adapter ?? adapterFor(urlOf({ datasources, datasourceUrl })) });
    }

    $use(middleware) {
      (this.middlewares ??= []).push(middleware);
    }

    $on(event, listener) {
      if (event === 'beforeExit') process.on('beforeExit', listener);
      else super.$on(event, listener);
      return this;
    }

    _request(asked) {
      const { model, action, args, dataPath } = asked;
      const chain = [...(this.middlewares ?? [])];
      const next = (said) => {
        const middleware = chain.shift();
        return middleware
          ? middleware(said, next)
          : super._request({ ...asked, model: said.model, action: said.action, args: said.args }).catch((error) => Promise.reject(told(error)));
      };
      return next({ model, action, args, dataPath, runInTransaction: Boolean(asked.transaction) });
    }
  };
};
