import jwt from '@fastify/jwt';
import { eq } from 'drizzle-orm';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

import { config } from '../config.js';
import { db } from '../db/client.js';
import { type User, users } from '../db/schema.js';

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: { id: number };
    user: User;
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    requireUser(request: FastifyRequest, reply: FastifyReply): Promise<void>;
    requireAdmin(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  }
}

export default fp(async (app) => {
  await app.register(jwt, {
    secret: config.JWT_SECRET,
    sign: { algorithm: 'HS256', expiresIn: `${config.TOKEN_TTL_SECONDS}s` },
    verify: { algorithms: ['HS256'] },
  });

  app.decorate('requireUser', async (request: FastifyRequest) => {
    const { id } = await request.jwtVerify<{ id: number }>();
    const user = await db.query.users.findFirst({ where: eq(users.id, id) });
    if (!user) {
      throw app.httpErrors.unauthorized('Not authenticated');
    }
    request.user = user;
  });

  /** To be put behind requireUser. */
  app.decorate('requireAdmin', async (request: FastifyRequest) => {
    if (request.user.role !== 'admin') {
      throw app.httpErrors.forbidden('Only an admin may do this');
    }
  });
});
