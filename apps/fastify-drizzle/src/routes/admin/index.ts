import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { and, asc, desc, eq, gte, lte, type SQL } from 'drizzle-orm';

import { db } from '../../db/client.js';
import { slice } from '../../db/pages.js';
import { orders } from '../../db/schema.js';
import { PageOf } from '../../schemas/fields.js';
import { OrderOut, OrderQuery, type OrderSort } from '../../schemas/order.js';

const ORDERINGS: Record<OrderSort, SQL[]> = {
  newest: [desc(orders.created_at), desc(orders.id)],
  oldest: [asc(orders.created_at), asc(orders.id)],
  total: [asc(orders.total_cents), asc(orders.id)],
  '-total': [desc(orders.total_cents), asc(orders.id)],
};

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.route({
    method: 'GET',
    url: '/orders',
    schema: { querystring: OrderQuery, response: { 200: PageOf(OrderOut) } },
    handler: async (request) => {
      const { page, per_page, status, user_id, from, to, sort } = request.query;
      const where = and(
        status && eq(orders.status, status),
        user_id ? eq(orders.user_id, user_id) : undefined,
        from ? gte(orders.created_at, new Date(`${from}T00:00:00.000Z`)) : undefined,
        to ? lte(orders.created_at, new Date(`${to}T23:59:59.999Z`)) : undefined,
      );
      const items = await db.query.orders.findMany({
        where,
        with: { items: true },
        orderBy: ORDERINGS[sort],
        ...slice({ page, per_page }),
      });
      return { items, total: await db.$count(orders, where), page, per_page };
    },
  });
};

export default routes;
