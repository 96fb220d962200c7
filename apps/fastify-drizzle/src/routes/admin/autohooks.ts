import type { FastifyPluginAsync } from 'fastify';

const hooks: FastifyPluginAsync = async (app) => {
  app.addHook('onRequest', app.requireUser);
  app.addHook('onRequest', app.requireAdmin);
};

export default hooks;
