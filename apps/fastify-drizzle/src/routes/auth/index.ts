import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { eq } from 'drizzle-orm';

import { db } from '../../db/client.js';
import { isUniqueViolation } from '../../db/errors.js';
import { users } from '../../db/schema.js';
import { Credentials, Registration, UserOut } from '../../schemas/user.js';
import { sendWelcome } from '../../services/mail.js';
import { hashPassword, verifyPassword } from '../../services/passwords.js';

const Token = Type.Object({ token: Type.String() });

const auth: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/register',
    {
      schema: {
        body: Registration,
        response: { 201: Type.Object({ token: Type.String(), user: UserOut }) },
      },
    },
    async (request, reply) => {
      const { name, password } = request.body;
      const email = request.body.email.toLowerCase();
      const password_hash = await hashPassword(password);
      const user = await db
        .insert(users)
        .values({ email, name, password_hash })
        .returning()
        .then(([row]) => row!)
        .catch((error) => {
          throw isUniqueViolation(error)
            ? app.httpErrors.conflict('This e-mail is already registered')
            : error;
        });
      await sendWelcome(user).catch((error) => {
        request.log.error(error, 'Could not send the welcome e-mail');
      });
      reply.code(201);
      return { token: app.jwt.sign({ id: user.id }), user };
    },
  );

  app.post(
    '/login',
    { schema: { body: Credentials, response: { 200: Token } } },
    async (request) => {
      const { email, password } = request.body;
      const user = await db.query.users.findFirst({ where: eq(users.email, email.toLowerCase()) });
      const matches = await verifyPassword(password, user?.password_hash);
      if (!user || !matches) {
        throw app.httpErrors.unauthorized('Wrong e-mail or password');
      }
      return { token: app.jwt.sign({ id: user.id }) };
    },
  );
};

export default auth;
