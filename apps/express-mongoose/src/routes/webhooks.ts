import { type RequestHandler, Router } from 'express';
import createError from 'http-errors';

import * as orders from '../controllers/orders';
import { validate } from '../middleware/validate';
import { isSigned } from '../services/tokens';
import * as shapes from '../validations';

const checkSignature: RequestHandler = (req, _res, next) => {
  const signature = req.get('X-Payment-Signature') ?? '';
  if (!isSigned(req.rawBody ?? Buffer.alloc(0), signature)) {
    throw createError(400, 'Bad signature');
  }
  next();
};

export const router = Router();

router.post('/payments', checkSignature, validate(shapes.paymentEvent), orders.refunded);
