import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { asc, eq } from 'drizzle-orm';

import { db } from '../../db/client.js';
import { isForeignKeyViolation, isUniqueViolation } from '../../db/errors.js';
import { authors } from '../../db/schema.js';
import { AuthorCreate, AuthorOut } from '../../schemas/author.js';
import { IdParams } from '../../schemas/fields.js';

const routes: FastifyPluginAsyncTypebox = async (app) => {
  const adminOnly = [app.requireUser, app.requireAdmin];

  app.get('/', { schema: { response: { 200: Type.Array(AuthorOut) } } }, async () =>
    db.select().from(authors).orderBy(asc(authors.name)),
  );

  app.post(
    '/',
    { onRequest: adminOnly, schema: { body: AuthorCreate, response: { 201: AuthorOut } } },
    async (request, reply) => {
      const { name, bio } = request.body;
      try {
        const [author] = await db.insert(authors).values({ name, bio }).returning();
        reply.code(201);
        return author!;
      } catch (error) {
        if (isUniqueViolation(error)) {
          throw app.httpErrors.conflict('There is already an author of this name');
        }
        throw error;
      }
    },
  );

  app.get(
    '/:id',
    { schema: { params: IdParams, response: { 200: AuthorOut } } },
    async (request) => {
      const author = await db.query.authors.findFirst({
        where: eq(authors.id, request.params.id),
      });
      if (!author) {
        throw app.httpErrors.notFound('There is no such author');
      }
      return author;
    },
  );

  app.delete(
    '/:id',
    { onRequest: adminOnly, schema: { params: IdParams, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { id } = request.params;
      const author = await db.query.authors.findFirst({ where: eq(authors.id, id) });
      if (!author) {
        throw app.httpErrors.notFound('There is no such author');
      }
      try {
        await db.delete(authors).where(eq(authors.id, id));
      } catch (error) {
        if (isForeignKeyViolation(error)) {
          throw app.httpErrors.conflict('This author still has books');
        }
        throw error;
      }
      reply.code(204);
      return null;
    },
  );
};

export default routes;
