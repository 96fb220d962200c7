import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { desc, eq } from 'drizzle-orm';

import { config } from '../../../config.js';
import { db } from '../../../db/client.js';
import { isForeignKeyViolation, isUniqueViolation } from '../../../db/errors.js';
import { books, reviews } from '../../../db/schema.js';
import { IdParams } from '../../../schemas/fields.js';
import { ReviewCreate, ReviewOut } from '../../../schemas/review.js';

/** Below one book: its id is our parameter. */
export const prefixOverride = `${config.API_PREFIX}/books/:id/reviews`;

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/',
    { schema: { params: IdParams, response: { 200: Type.Array(ReviewOut) } } },
    async (request) => {
      const { id } = request.params;
      await checkBook(id);
      return db
        .select()
        .from(reviews)
        .where(eq(reviews.book_id, id))
        .orderBy(desc(reviews.created_at), desc(reviews.id));
    },
  );

  app.post(
    '/',
    {
      onRequest: app.requireUser,
      schema: { params: IdParams, body: ReviewCreate, response: { 201: ReviewOut } },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { rating, body } = request.body;
      await checkBook(id);
      try {
        const [review] = await db
          .insert(reviews)
          .values({ book_id: id, user_id: request.user.id, rating, body })
          .returning();
        reply.code(201);
        return review!;
      } catch (error) {
        if (isUniqueViolation(error)) {
          throw app.httpErrors.conflict('You have already reviewed this book');
        }
        if (isForeignKeyViolation(error)) {
          throw app.httpErrors.notFound('There is no such book');
        }
        throw error;
      }
    },
  );

  async function checkBook(id: number): Promise<void> {
    if (!(await db.query.books.findFirst({ where: eq(books.id, id) }))) {
      throw app.httpErrors.notFound('There is no such book');
    }
  }
};

export default routes;
