const { Router } = require('express');

const sequelize = require('../db');
const { HttpError } = require('../errors');
const validate = require('../middleware/validate');
const wrap = require('../middleware/wrap');
const { Order, OrderItem } = require('../models');
const { isSigned } = require('../security');
const { putBack } = require('../services/stock');
const { paymentEvent } = require('../validation/orders');

const router = Router();

function checkSignature(req, res, next) {
  const signature = req.get('X-Payment-Signature') || '';
  if (!isSigned(req.rawBody || Buffer.alloc(0), signature)) {
    return next(new HttpError(400, 'Bad signature'));
  }
  return next();
}

router.post(
  '/payments',
  checkSignature,
  validate({ body: paymentEvent }),
  wrap(async (req, res) => {
    const { type, data } = req.body;
    if (type === 'payment.refunded') {
      await cancelRefunded(data.order_id, data.payment_id);
    }
    res.json({ received: true });
  }),
);

function cancelRefunded(id, payment_id) {
  return sequelize.transaction(async (transaction) => {
    // Only the first of several events finds the order paid: a replay is harmless.
    const [changed] = await Order.update(
      { status: 'cancelled' },
      { where: { id, payment_id, status: 'paid' }, transaction },
    );
    if (changed > 0) {
      await putBack(await OrderItem.findAll({ where: { order_id: id }, transaction }), transaction);
    }
  });
}

module.exports = router;
