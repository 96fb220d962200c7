import { Router } from 'express';

import { prisma } from '../db.js';

export const health = Router();

health.get('/', async (_req, res) => {
  await prisma.$queryRaw`SELECT 1`;
  res.json({ status: 'ok' });
});
