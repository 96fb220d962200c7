const { Router } = require('express');
const { Op } = require('sequelize');

const { requireAdmin, requireUser } = require('../middleware/auth');
const validate = require('../middleware/validate');
const wrap = require('../middleware/wrap');
const { Order, OrderItem } = require('../models');
const { slice } = require('../pagination');
const { orderOut } = require('../serializers');
const { orderQuery } = require('../validation/orders');

const ORDERINGS = {
  newest: [['created_at', 'DESC'], ['id', 'DESC']],
  oldest: [['created_at', 'ASC'], ['id', 'ASC']],
  total: [['total_cents', 'ASC'], ['id', 'ASC']],
  '-total': [['total_cents', 'DESC'], ['id', 'ASC']],
};

const router = Router();

router.use(requireUser, requireAdmin);

router.get(
  '/orders',
  validate({ query: orderQuery }),
  wrap(async (req, res) => {
    const { page, per_page, status, user_id, from, to, sort } = req.query;
    const where = {};
    if (status !== undefined) {
      where.status = status;
    }
    if (user_id !== undefined) {
      where.user_id = user_id;
    }
    if (from !== undefined) {
      where.created_at = { ...where.created_at, [Op.gte]: new Date(`${from}T00:00:00.000Z`) };
    }
    if (to !== undefined) {
      where.created_at = { ...where.created_at, [Op.lte]: new Date(`${to}T23:59:59.999Z`) };
    }
    const { rows, count } = await Order.findAndCountAll({
      where,
      include: { model: OrderItem, as: 'items' },
      distinct: true,
      order: ORDERINGS[sort],
      ...slice({ page, per_page }),
    });
    res.json({ items: rows.map(orderOut), total: count, page, per_page });
  }),
);

module.exports = router;
