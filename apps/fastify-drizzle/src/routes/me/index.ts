import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { eq } from 'drizzle-orm';

import { db } from '../../db/client.js';
import { isUniqueViolation } from '../../db/errors.js';
import { users } from '../../db/schema.js';
import { ProfileUpdate, UserOut } from '../../schemas/user.js';
import { hashPassword } from '../../services/passwords.js';

const me: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/', { schema: { response: { 200: UserOut } } }, async (request) => request.user);

  app.patch(
    '/',
    { schema: { body: ProfileUpdate, response: { 200: UserOut } } },
    async (request) => {
      const { email, name, password } = request.body;
      const changes = {
        email: email?.toLowerCase(),
        name,
        password_hash: password === undefined ? undefined : await hashPassword(password),
      };
      if (Object.values(changes).every((value) => value === undefined)) {
        return request.user;
      }
      try {
        const [user] = await db
          .update(users)
          .set(changes)
          .where(eq(users.id, request.user.id))
          .returning();
        return user!;
      } catch (error) {
        if (isUniqueViolation(error)) {
          throw app.httpErrors.conflict('This e-mail is already registered');
        }
        throw error;
      }
    },
  );
};

export default me;
