import type { Prisma } from '@prisma/client';
import { Router } from 'express';

import { prisma } from '../db.js';
import { requireAdmin, requireUser } from '../middleware/auth.js';
import { slice } from '../pagination.js';
import { orderQuery, type OrderSort } from '../schemas/order.js';
import { orderOut } from '../serializers.js';

const ORDERINGS: Record<OrderSort, Prisma.OrderOrderByWithRelationInput[]> = {
  newest: [{ created_at: 'desc' }, { id: 'desc' }],
  oldest: [{ created_at: 'asc' }, { id: 'asc' }],
  total: [{ total_cents: 'asc' }, { id: 'asc' }],
  '-total': [{ total_cents: 'desc' }, { id: 'asc' }],
};

export const admin = Router();

admin.use(requireUser, requireAdmin);

admin.get('/orders', async (req, res) => {
  const { page, per_page, status, user_id, from, to, sort } = orderQuery.parse(req.query);
  const where: Prisma.OrderWhereInput = {
    status,
    user_id,
    created_at: {
      gte: from && new Date(`${from}T00:00:00.000Z`),
      lte: to && new Date(`${to}T23:59:59.999Z`),
    },
  };
  const [found, total] = await prisma.$transaction([
    prisma.order.findMany({
      where,
      include: { items: { orderBy: { id: 'asc' } } },
      orderBy: ORDERINGS[sort],
      ...slice({ page, per_page }),
    }),
    prisma.order.count({ where }),
  ]);
  res.json({ items: found.map(orderOut), total, page, per_page });
});
