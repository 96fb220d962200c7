import type { RequestHandler } from 'express';
import createError from 'http-errors';

import { User } from '../models';
import { readToken } from '../services/tokens';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    interface Request {
      /** Set by `authenticate`. */
      user: User;
    }
  }
}

export const authenticate: RequestHandler = async (req, _res, next) => {
  const [scheme, token] = (req.get('Authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token) {
    throw createError(401, 'Not authenticated');
  }
  const id = readToken(token);
  const user = id && (await User.findById(id));
  if (!user) {
    throw createError(401, 'Not authenticated');
  }
  req.user = user;
  next();
};

/** To be put behind `authenticate`. */
export function allow(role: User['role']): RequestHandler {
  return (req, _res, next) => {
    if (req.user.role !== role) {
      throw createError(403, `Only for the role ${role}`);
    }
    next();
  };
}
