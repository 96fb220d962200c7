import { OrderStatus, type Prisma } from '@prisma/client';
import { Router } from 'express';

import { config } from '../config.js';
import { prisma } from '../db.js';
import { Conflict, HttpError, NotFound } from '../errors.js';
import { requireUser } from '../middleware/auth.js';
import { validateBody } from '../middleware/validate.js';
import { idParams } from '../schemas/fields.js';
import { type OrderCreate, orderCreate, type Payment, payment } from '../schemas/order.js';
import { orderOut } from '../serializers.js';
import { attempt } from '../services/aftermath.js';
import { sendReceipt } from '../services/mail.js';
import {
  charge,
  MAX_TRIES,
  PaymentBusy,
  PaymentDeclined,
  PaymentFailed,
  PaymentTimeout,
} from '../services/payments.js';
import { putBack, takeOut } from '../services/stock.js';

const withItems = { items: { orderBy: { id: 'asc' } } } satisfies Prisma.OrderInclude;

export const orders = Router();

orders.use(requireUser);

orders
  .route('/')
  .get(async (req, res) => {
    const own = await prisma.order.findMany({
      where: { user_id: req.user.id },
      include: withItems,
      orderBy: [{ created_at: 'desc' }, { id: 'desc' }],
    });
    res.json(own.map(orderOut));
  })
  .post(validateBody(orderCreate), async (req, res) => {
    const { items }: OrderCreate = req.body;
    const order = await prisma.$transaction(async (tx) => {
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
      return tx.order.create({
        data: { user_id: req.user.id, total_cents, items: { create: lines } },
        include: withItems,
      });
    });
    res.status(201).json(orderOut(order));
  });

orders.get('/:id', async (req, res) => {
  const { id } = idParams.parse(req.params);
  const order = await prisma.order.findFirst({
    where: { id, user_id: req.user.id },
    include: withItems,
  });
  if (!order) {
    throw new NotFound('There is no such order');
  }
  res.json(orderOut(order));
});

orders.post('/:id/pay', validateBody(payment), async (req, res) => {
  const { id } = idParams.parse(req.params);
  const { token }: Payment = req.body;
  const order = await prisma.$transaction(
    async (tx) => {
      // The lock is held while the card is charged: nobody can pay or cancel the order meanwhile.
      const pending = await lockOrder(tx, id, req.user.id);
      if (pending.status !== OrderStatus.pending) {
        throw new Conflict(`This order is already ${pending.status}`);
      }
      const payment_id = await chargeCard(pending.id, Number(pending.total_cents), token);
      return tx.order.update({
        where: { id },
        data: { status: OrderStatus.paid, payment_id },
        include: withItems,
      });
    },
    { timeout: MAX_TRIES * (config.PAYMENT_TIMEOUT_MS + 5000) },
  );
  await attempt('send the receipt', sendReceipt(req.user, order));
  res.json(orderOut(order));
});

orders.post('/:id/cancel', async (req, res) => {
  const { id } = idParams.parse(req.params);
  const order = await prisma.$transaction(async (tx) => {
    const found = await lockOrder(tx, id, req.user.id);
    if (found.status === OrderStatus.paid) {
      throw new Conflict('A paid order cannot be cancelled');
    }
    if (found.status === OrderStatus.cancelled) {
      return found;
    }
    await putBack(tx, found.items);
    return tx.order.update({
      where: { id },
      data: { status: OrderStatus.cancelled },
      include: withItems,
    });
  });
  res.json(orderOut(order));
});

async function lockOrder(tx: Prisma.TransactionClient, id: number, userId: number) {
  await tx.$queryRaw`SELECT id FROM orders WHERE id = ${id} FOR UPDATE`;
  const order = await tx.order.findFirst({
    where: { id, user_id: userId },
    include: withItems,
  });
  if (!order) {
    throw new NotFound('There is no such order');
  }
  return order;
}

async function chargeCard(orderId: number, amount: number, token: string): Promise<string> {
  try {
    return await charge({ orderId, amount, token });
  } catch (error) {
    if (error instanceof PaymentDeclined) {
      throw new HttpError(402, 'The card was declined');
    }
    if (error instanceof PaymentBusy) {
      throw new HttpError(503, 'The payment service is busy, try again later');
    }
    if (error instanceof PaymentTimeout) {
      throw new HttpError(504, 'The payment service did not answer in time');
    }
    if (error instanceof PaymentFailed) {
      throw new HttpError(502, 'The payment service failed');
    }
    throw error;
  }
}
