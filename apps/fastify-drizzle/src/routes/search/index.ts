import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { asc, inArray } from 'drizzle-orm';

import { db } from '../../db/client.js';
import { slice, titleContains } from '../../db/pages.js';
import { books } from '../../db/schema.js';
import { BookOut, SearchQuery } from '../../schemas/book.js';
import { PageOf } from '../../schemas/fields.js';
import { findBooks } from '../../services/search.js';

const Found = Type.Composite([PageOf(BookOut), Type.Object({ degraded: Type.Boolean() })]);

/** Asks the search service; when it fails, the database answers instead. */
const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/',
    { schema: { querystring: SearchQuery, response: { 200: Found } } },
    async (request) => {
      const { q, page, per_page } = request.query;
      const { limit, offset } = slice({ page, per_page });
      const found = await findBooks(q, offset, limit).catch((error) => {
        request.log.error(error, 'The search service failed, asking the database');
        return null;
      });
      if (found) {
        const items = await db.select().from(books).where(inArray(books.id, found.ids));
        items.sort((a, b) => found.ids.indexOf(a.id) - found.ids.indexOf(b.id));
        return { items, total: found.total, page, per_page, degraded: false };
      }
      const where = titleContains(q);
      const items = await db
        .select()
        .from(books)
        .where(where)
        .orderBy(asc(books.title), asc(books.id))
        .limit(limit)
        .offset(offset);
      return { items, total: await db.$count(books, where), page, per_page, degraded: true };
    },
  );
};

export default routes;
