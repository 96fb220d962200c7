import { Role, type User } from '@prisma/client';
import type { RequestHandler } from 'express';

import { prisma } from '../db.js';
import { Forbidden, Unauthorized } from '../errors.js';
import { readToken } from '../security.js';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    interface Request {
      /** Set by requireUser. */
      user: User;
    }
  }
}

export const requireUser: RequestHandler = async (req, _res, next) => {
  const [scheme, token] = (req.get('authorization') ?? '').split(' ');
  const userId = scheme?.toLowerCase() === 'bearer' && token ? readToken(token) : null;
  const user = userId && (await prisma.user.findUnique({ where: { id: userId } }));
  if (!user) {
    throw new Unauthorized();
  }
  req.user = user;
  next();
};

/** To be put behind requireUser. */
export const requireAdmin: RequestHandler = (req, _res, next) => {
  if (req.user.role !== Role.admin) {
    throw new Forbidden('Only an admin may do this');
  }
  next();
};
