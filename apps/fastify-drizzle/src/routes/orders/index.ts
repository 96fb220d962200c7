import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { and, desc, eq } from 'drizzle-orm';

import { db, type Transaction } from '../../db/client.js';
import { type Order, orderItems, orders } from '../../db/schema.js';
import { IdParams } from '../../schemas/fields.js';
import { OrderCreate, OrderOut, Payment } from '../../schemas/order.js';
import { sendReceipt } from '../../services/mail.js';
import { charge } from '../../services/payments.js';
import { putBack, takeOut } from '../../services/stock.js';

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/', { schema: { response: { 200: Type.Array(OrderOut) } } }, async (request) =>
    db.query.orders.findMany({
      where: eq(orders.user_id, request.user.id),
      with: { items: true },
      orderBy: [desc(orders.created_at), desc(orders.id)],
    }),
  );

  app.post(
    '/',
    { schema: { body: OrderCreate, response: { 201: OrderOut } } },
    async (request, reply) => {
      const { items } = request.body;
      if (new Set(items.map((item) => item.book_id)).size < items.length) {
        throw app.httpErrors.badRequest('items must name each book only once');
      }
      const order = await db.transaction(async (tx) => {
        const prices = await takeOut(tx, items);
        const lines = items.map(({ book_id, quantity }) => ({
          book_id,
          quantity,
          unit_price_cents: prices.get(book_id) ?? 0,
        }));
        const total_cents = lines.reduce(
          (total, line) => total + line.unit_price_cents * line.quantity,
          0,
        );
        const [made] = await tx
          .insert(orders)
          .values({ user_id: request.user.id, total_cents })
          .returning();
        const kept = await tx
          .insert(orderItems)
          .values(lines.map((line) => ({ ...line, order_id: made!.id })))
          .returning();
        return { ...made!, items: kept };
      });
      reply.code(201);
      return order;
    },
  );

  app.get(
    '/:id',
    { schema: { params: IdParams, response: { 200: OrderOut } } },
    async (request) => {
      const order = await db.query.orders.findFirst({
        where: and(eq(orders.id, request.params.id), eq(orders.user_id, request.user.id)),
        with: { items: true },
      });
      if (!order) {
        throw app.httpErrors.notFound('There is no such order');
      }
      return order;
    },
  );

  app.post(
    '/:id/pay',
    { schema: { params: IdParams, body: Payment, response: { 200: OrderOut } } },
    async (request) => {
      const order = await db.transaction(async (tx) => {
        // The lock is held while the card is charged: nobody can pay or cancel it meanwhile.
        const pending = await lockOrder(tx, request.params.id, request.user.id);
        if (pending.status !== 'pending') {
          throw app.httpErrors.conflict(`This order is already ${pending.status}`);
        }
        const payment_id = await charge(pending.id, pending.total_cents, request.body.token);
        await tx
          .update(orders)
          .set({ status: 'paid', payment_id })
          .where(eq(orders.id, pending.id));
        return { ...pending, status: 'paid' as const, payment_id };
      });
      await sendReceipt(request.user, order).catch((error) => {
        request.log.error(error, 'Could not send the receipt');
      });
      return order;
    },
  );

  app.post(
    '/:id/cancel',
    { schema: { params: IdParams, response: { 200: OrderOut } } },
    async (request) =>
      db.transaction(async (tx) => {
        const order = await lockOrder(tx, request.params.id, request.user.id);
        if (order.status === 'paid') {
          throw app.httpErrors.conflict('A paid order cannot be cancelled');
        }
        if (order.status === 'pending') {
          await putBack(tx, order.items);
          await tx.update(orders).set({ status: 'cancelled' }).where(eq(orders.id, order.id));
        }
        return { ...order, status: 'cancelled' as const };
      }),
  );

  async function lockOrder(tx: Transaction, id: number, userId: number): Promise<Order> {
    const own = and(eq(orders.id, id), eq(orders.user_id, userId));
    const [order] = await tx.select().from(orders).where(own).for('update');
    if (!order) {
      throw app.httpErrors.notFound('There is no such order');
    }
    const items = await tx.select().from(orderItems).where(eq(orderItems.order_id, id));
    return { ...order, items };
  }
};

export default routes;
