const { Router } = require('express');

const sequelize = require('../db');
const { Conflict, HttpError, NotFound } = require('../errors');
const { requireUser } = require('../middleware/auth');
const validate = require('../middleware/validate');
const wrap = require('../middleware/wrap');
const { Order, OrderItem } = require('../models');
const { orderOut } = require('../serializers');
const { attempt } = require('../services/aftermath');
const { sendReceipt } = require('../services/mail');
const {
  charge,
  PaymentBusy,
  PaymentDeclined,
  PaymentFailed,
  PaymentTimeout,
} = require('../services/payments');
const { putBack, takeOut } = require('../services/stock');
const { idParams } = require('../validation/fields');
const { orderCreate, payment } = require('../validation/orders');

const withItems = { model: OrderItem, as: 'items' };

const router = Router();

router.use(requireUser);

router.get(
  '/',
  wrap(async (req, res) => {
    const orders = await Order.findAll({
      where: { user_id: req.user.id },
      include: withItems,
      order: [['created_at', 'DESC'], ['id', 'DESC']],
    });
    res.json(orders.map(orderOut));
  }),
);

router.post(
  '/',
  validate({ body: orderCreate }),
  wrap(async (req, res) => {
    const { items } = req.body;
    const order = await sequelize.transaction(async (transaction) => {
      const prices = await takeOut(items, transaction);
      const total_cents = items.reduce(
        (total, item) => total + prices.get(item.book_id) * item.quantity,
        0,
      );
      const made = await Order.create({ user_id: req.user.id, total_cents }, { transaction });
      made.items = await OrderItem.bulkCreate(
        items.map(({ book_id, quantity }) => ({
          order_id: made.id,
          book_id,
          quantity,
          unit_price_cents: prices.get(book_id),
        })),
        { transaction },
      );
      return made;
    });
    res.status(201).json(orderOut(order));
  }),
);

router.get(
  '/:id',
  validate({ params: idParams }),
  wrap(async (req, res) => {
    const order = await Order.findOne({
      where: { id: req.params.id, user_id: req.user.id },
      include: withItems,
    });
    if (!order) {
      throw new NotFound('There is no such order');
    }
    res.json(orderOut(order));
  }),
);

router.post(
  '/:id/pay',
  validate({ params: idParams, body: payment }),
  wrap(async (req, res) => {
    const { token } = req.body;
    const order = await sequelize.transaction(async (transaction) => {
      // The lock is held while the card is charged: nobody can pay or cancel the order meanwhile.
      const pending = await lockOrder(req.params.id, req.user.id, transaction);
      if (pending.status !== 'pending') {
        throw new Conflict(`This order is already ${pending.status}`);
      }
      const payment_id = await chargeCard(pending.id, pending.total_cents, token);
      return pending.update({ status: 'paid', payment_id }, { transaction });
    });
    await attempt('send the receipt', sendReceipt(req.user, order));
    res.json(orderOut(order));
  }),
);

router.post(
  '/:id/cancel',
  validate({ params: idParams }),
  wrap(async (req, res) => {
    const order = await sequelize.transaction(async (transaction) => {
      const found = await lockOrder(req.params.id, req.user.id, transaction);
      if (found.status === 'paid') {
        throw new Conflict('A paid order cannot be cancelled');
      }
      if (found.status === 'cancelled') {
        return found;
      }
      await putBack(found.items, transaction);
      return found.update({ status: 'cancelled' }, { transaction });
    });
    res.json(orderOut(order));
  }),
);

async function lockOrder(id, userId, transaction) {
  const order = await Order.findOne({
    where: { id, user_id: userId },
    include: withItems,
    transaction,
    lock: transaction.LOCK.UPDATE,
  });
  if (!order) {
    throw new NotFound('There is no such order');
  }
  return order;
}

async function chargeCard(orderId, amount, token) {
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

module.exports = router;
