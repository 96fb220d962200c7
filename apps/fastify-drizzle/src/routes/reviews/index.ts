import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { eq } from 'drizzle-orm';

import { db } from '../../db/client.js';
import { reviews } from '../../db/schema.js';
import { IdParams } from '../../schemas/fields.js';
import { ReviewOut, ReviewUpdate } from '../../schemas/review.js';

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.addHook('onRequest', app.requireUser);

  app.patch(
    '/:id',
    { schema: { params: IdParams, body: ReviewUpdate, response: { 200: ReviewOut } } },
    async (request) => {
      const review = await findReview(request.params.id);
      if (review.user_id !== request.user.id) {
        throw app.httpErrors.forbidden('This is not your review');
      }
      const { rating, body } = request.body;
      if (rating === undefined && body === undefined) {
        return review;
      }
      const [updated] = await db
        .update(reviews)
        .set({ rating, body })
        .where(eq(reviews.id, review.id))
        .returning();
      return updated!;
    },
  );

  app.delete(
    '/:id',
    { schema: { params: IdParams, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const review = await findReview(request.params.id);
      if (review.user_id !== request.user.id && request.user.role !== 'admin') {
        throw app.httpErrors.forbidden('This is not your review');
      }
      await db.delete(reviews).where(eq(reviews.id, review.id));
      reply.code(204);
      return null;
    },
  );

  async function findReview(id: number) {
    const review = await db.query.reviews.findFirst({ where: eq(reviews.id, id) });
    if (!review) {
      throw app.httpErrors.notFound('There is no such review');
    }
    return review;
  }
};

export default routes;
