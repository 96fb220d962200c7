import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { and, asc, avg, desc, eq, gte, lte, type SQL } from 'drizzle-orm';

import { db } from '../../db/client.js';
import { isForeignKeyViolation, isUniqueViolation } from '../../db/errors.js';
import { slice, titleContains } from '../../db/pages.js';
import { authors, books, reviews } from '../../db/schema.js';
import {
  BookCreate,
  BookDetails,
  BookOut,
  BookQuery,
  type BookSort,
  BookUpdate,
} from '../../schemas/book.js';
import { IdParams, PageOf } from '../../schemas/fields.js';

const ORDERINGS: Record<BookSort, SQL[]> = {
  title: [asc(books.title), asc(books.id)],
  '-title': [desc(books.title), asc(books.id)],
  price: [asc(books.price_cents), asc(books.id)],
  '-price': [desc(books.price_cents), asc(books.id)],
  newest: [desc(books.created_at), desc(books.id)],
};

const routes: FastifyPluginAsyncTypebox = async (app) => {
  const adminOnly = [app.requireUser, app.requireAdmin];

  app.get(
    '/',
    { schema: { querystring: BookQuery, response: { 200: PageOf(BookOut) } } },
    async (request) => {
      const { page, per_page, author_id, min_price, max_price, q, sort } = request.query;
      const where = and(
        author_id === undefined ? undefined : eq(books.author_id, author_id),
        min_price === undefined ? undefined : gte(books.price_cents, min_price),
        max_price === undefined ? undefined : lte(books.price_cents, max_price),
        q === undefined ? undefined : titleContains(q),
      );
      const { limit, offset } = slice({ page, per_page });
      const items = await db
        .select()
        .from(books)
        .where(where)
        .orderBy(...ORDERINGS[sort])
        .limit(limit)
        .offset(offset);
      return { items, total: await db.$count(books, where), page, per_page };
    },
  );

  app.post(
    '/',
    { onRequest: adminOnly, schema: { body: BookCreate, response: { 201: BookOut } } },
    async (request, reply) => {
      await checkAuthor(request.body.author_id);
      try {
        const [book] = await db.insert(books).values(request.body).returning();
        reply.code(201);
        return book!;
      } catch (error) {
        throw asAnswer(error);
      }
    },
  );

  app.get(
    '/:id',
    { schema: { params: IdParams, response: { 200: BookDetails } } },
    async (request) => {
      const { id } = request.params;
      const book = await db.query.books.findFirst({
        where: eq(books.id, id),
        with: { author: true },
      });
      if (!book) {
        throw app.httpErrors.notFound('There is no such book');
      }
      const [rated] = await db
        .select({ average: avg(reviews.rating) })
        .from(reviews)
        .where(eq(reviews.book_id, id));
      const average = rated?.average ? Number(Number(rated.average).toFixed(2)) : null;
      return { ...book, rating_average: average };
    },
  );

  app.patch(
    '/:id',
    {
      onRequest: adminOnly,
      schema: { params: IdParams, body: BookUpdate, response: { 200: BookOut } },
    },
    async (request) => {
      const { id } = request.params;
      await checkBook(id);
      if (request.body.author_id !== undefined) {
        await checkAuthor(request.body.author_id);
      }
      try {
        const [book] = await db.update(books).set(request.body).where(eq(books.id, id)).returning();
        return book!;
      } catch (error) {
        throw asAnswer(error);
      }
    },
  );

  app.delete(
    '/:id',
    { onRequest: adminOnly, schema: { params: IdParams, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { id } = request.params;
      await checkBook(id);
      try {
        await db.delete(books).where(eq(books.id, id));
      } catch (error) {
        if (isForeignKeyViolation(error)) {
          throw app.httpErrors.conflict('This book has been ordered');
        }
        throw error;
      }
      reply.code(204);
      return null;
    },
  );

  async function checkBook(id: number): Promise<void> {
    if (!(await db.query.books.findFirst({ where: eq(books.id, id) }))) {
      throw app.httpErrors.notFound('There is no such book');
    }
  }

  async function checkAuthor(id: number): Promise<void> {
    if (!(await db.query.authors.findFirst({ where: eq(authors.id, id) }))) {
      throw app.httpErrors.notFound('There is no such author');
    }
  }

  /** What the database refused although it was checked before: somebody was faster. */
  function asAnswer(error: unknown): unknown {
    if (isUniqueViolation(error)) {
      return app.httpErrors.conflict('There is already a book with this ISBN');
    }
    if (isForeignKeyViolation(error)) {
      return app.httpErrors.notFound('There is no such author');
    }
    return error;
  }
};

export default routes;
