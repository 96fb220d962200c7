import type { Request, Response } from 'express';
import createError from 'http-errors';
import mongoose, { type FilterQuery, type SortOrder } from 'mongoose';

import { valid } from '../middleware/validate';
import { Order } from '../models';
import { sendReceipt } from '../services/mail';
import { chargeCard } from '../services/payments';
import { putBack, takeOut } from '../services/stock';
import type * as shapes from '../validations';
import { orderView } from '../views';

const ORDERS: Record<string, Record<string, SortOrder>> = {
  newest: { created_at: -1, _id: -1 },
  oldest: { created_at: 1, _id: 1 },
  total: { total_cents: 1, _id: 1 },
  '-total': { total_cents: -1, _id: 1 },
};

export async function place(req: Request, res: Response): Promise<void> {
  const { items } = valid<typeof shapes.placeOrder>(res).body;
  const order = await mongoose.connection.transaction(async (session) => {
    const lines = [];
    let total_cents = 0;
    for (const line of items) {
      const unit_price_cents = await takeOut(line, session);
      lines.push({ book: line.book_id, quantity: line.quantity, unit_price_cents });
      total_cents += unit_price_cents * line.quantity;
    }
    const [placed] = await Order.create([{ user: req.user._id, total_cents, items: lines }], {
      session,
    });
    return placed!;
  });
  res.status(201).json(orderView(order));
}

export async function list(req: Request, res: Response): Promise<void> {
  const orders = await Order.find({ user: req.user._id }).sort({ created_at: -1, _id: -1 });
  res.json(orders.map(orderView));
}

export async function show(req: Request, res: Response): Promise<void> {
  res.json(orderView(await findOwn(req, res)));
}

export async function pay(req: Request, res: Response): Promise<void> {
  const { token } = valid<typeof shapes.payOrder>(res).body;
  const order = await findOwn(req, res);
  if (order.status !== 'pending') {
    throw createError(409, `This order is already ${order.status}`);
  }
  order.payment_id = await chargeCard(order, token);
  order.status = 'paid';
  await order.save();
  await sendReceipt(req.user, order);
  res.json(orderView(order));
}

export async function cancel(req: Request, res: Response): Promise<void> {
  const order = await findOwn(req, res);
  if (order.status === 'paid') {
    throw createError(409, 'A paid order cannot be cancelled');
  }
  if (order.status === 'pending') {
    await cancelOrder(order);
  }
  res.json(orderView(order));
}

/** Every order there is, for admins. */
export async function listAll(req: Request, res: Response): Promise<void> {
  const { query } = valid<typeof shapes.listOrders>(res);
  const { page, per_page, status, user_id, from, to, sort } = query;
  const filter: FilterQuery<Order> = {};
  if (status !== undefined) filter.status = status;
  if (user_id !== undefined) filter.user = user_id;
  if (from !== undefined) filter.created_at = { $gte: new Date(`${from}T00:00:00.000Z`) };
  if (to !== undefined) {
    filter.created_at = { ...filter.created_at, $lte: new Date(`${to}T23:59:59.999Z`) };
  }
  const [orders, total] = await Promise.all([
    Order.find(filter)
      .sort(ORDERS[sort]!)
      .skip((page - 1) * per_page)
      .limit(per_page),
    Order.countDocuments(filter),
  ]);
  res.json({ items: orders.map(orderView), total, page, per_page });
}

/** The payment service tells of a refund; only the first time does it find the order paid. */
export async function refunded(req: Request, res: Response): Promise<void> {
  const { type, data } = valid<typeof shapes.paymentEvent>(res).body;
  if (type === 'payment.refunded') {
    const order = await Order.findOne({
      _id: data.order_id,
      payment_id: data.payment_id,
      status: 'paid',
    });
    if (order) {
      await cancelOrder(order);
    }
  }
  res.json({ received: true });
}

async function findOwn(req: Request, res: Response): Promise<Order> {
  const { id } = valid<typeof shapes.byId>(res).params;
  const order = await Order.findOne({ _id: id, user: req.user._id });
  if (!order) {
    throw createError(404, 'There is no such order');
  }
  return order;
}

async function cancelOrder(order: Order): Promise<void> {
  await mongoose.connection.transaction(async (session) => {
    for (const item of order.items) {
      await putBack({ book_id: item.book.toString(), quantity: item.quantity }, session);
    }
    order.status = 'cancelled';
    await order.save({ session });
  });
}
