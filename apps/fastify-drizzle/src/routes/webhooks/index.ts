import { createHmac, timingSafeEqual } from 'node:crypto';

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { and, eq } from 'drizzle-orm';

import { config } from '../../config.js';
import { db } from '../../db/client.js';
import { orderItems, orders } from '../../db/schema.js';
import { Id } from '../../schemas/fields.js';
import { putBack } from '../../services/stock.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came: the signature is made of it. */
    rawBody: Buffer;
  }
}

const PaymentEvent = Type.Object({
  type: Type.String(),
  data: Type.Object({ order_id: Id, payment_id: Type.String() }),
});

const routes: FastifyPluginAsyncTypebox = async (app) => {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    request.rawBody = body as Buffer;
    parse(request, body.toString(), done);
  });

  app.post(
    '/payments',
    {
      preValidation: async (request) => {
        const signature = request.headers['x-payment-signature'];
        if (!isSigned(request.rawBody ?? Buffer.alloc(0), String(signature ?? ''))) {
          throw app.httpErrors.badRequest('Bad signature');
        }
      },
      schema: {
        body: PaymentEvent,
        response: { 200: Type.Object({ received: Type.Boolean() }) },
      },
    },
    async (request) => {
      const { type, data } = request.body;
      if (type === 'payment.refunded') {
        await cancelRefunded(data.order_id, data.payment_id);
      }
      return { received: true };
    },
  );
};

/** True when the signature is the hexadecimal HMAC-SHA256 of the body, keyed by our secret. */
function isSigned(body: Buffer, signature: string): boolean {
  const expected = createHmac('sha256', config.PAYMENT_WEBHOOK_SECRET).update(body).digest('hex');
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}

/** Only the first of several events finds the order paid: a replay is harmless. */
async function cancelRefunded(id: number, paymentId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const cancelled = await tx
      .update(orders)
      .set({ status: 'cancelled' })
      .where(and(eq(orders.id, id), eq(orders.payment_id, paymentId), eq(orders.status, 'paid')))
      .returning();
    if (cancelled.length > 0) {
      await putBack(tx, await tx.select().from(orderItems).where(eq(orderItems.order_id, id)));
    }
  });
}

export default routes;
