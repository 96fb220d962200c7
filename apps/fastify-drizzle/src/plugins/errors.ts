import fp from 'fastify-plugin';

import { isNulInText } from '../db/errors.js';

/** Nobody outside learns what went wrong inside. */
export default fp(async (app) => {
  app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    const status = isNulInText(error) ? 400 : (error.statusCode ?? 500);
    if (status >= 500 && !('expose' in error)) {
      request.log.error(error);
      return reply.code(status).send({ message: 'Something went wrong' });
    }
    if (status === 401) {
      reply.header('WWW-Authenticate', 'Bearer');
    }
    return reply.code(status).send({ message: error.message });
  });
});
