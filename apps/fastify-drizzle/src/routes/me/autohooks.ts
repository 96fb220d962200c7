import type { FastifyPluginAsync } from 'fastify';

const hooks: FastifyPluginAsync = async (app) => {
  app.addHook('onRequest', app.requireUser);
};

export default hooks;
