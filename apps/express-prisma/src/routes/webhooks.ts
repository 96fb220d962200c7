import { OrderStatus } from '@prisma/client';
import { type RequestHandler, Router } from 'express';

import { prisma } from '../db.js';
import { HttpError } from '../errors.js';
import { validateBody } from '../middleware/validate.js';
import { type PaymentEvent, paymentEvent } from '../schemas/webhook.js';
import { isSigned } from '../security.js';
import { putBack } from '../services/stock.js';

const checkSignature: RequestHandler = (req, _res, next) => {
  const signature = req.get('X-Payment-Signature') ?? '';
  if (!isSigned(req.rawBody ?? Buffer.alloc(0), signature)) {
    throw new HttpError(400, 'Bad signature');
  }
  next();
};

export const webhooks = Router();

webhooks.post('/payments', checkSignature, validateBody(paymentEvent), async (req, res) => {
  const { type, data }: PaymentEvent = req.body;
  if (type === 'payment.refunded') {
    await cancelRefunded(data.order_id, data.payment_id);
  }
  res.json({ received: true });
});

async function cancelRefunded(id: number, payment_id: string): Promise<void> {
  await prisma.$transaction(async (tx) => {
    // Only the first of several events finds the order paid: a replay is harmless.
    const { count } = await tx.order.updateMany({
      where: { id, payment_id, status: OrderStatus.paid },
      data: { status: OrderStatus.cancelled },
    });
    if (count > 0) {
      await putBack(tx, await tx.orderItem.findMany({ where: { order_id: id } }));
    }
  });
}
