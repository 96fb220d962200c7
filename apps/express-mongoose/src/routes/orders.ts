import { Router } from 'express';

import * as orders from '../controllers/orders';
import { authenticate } from '../middleware/auth';
import { validate } from '../middleware/validate';
import * as shapes from '../validations';

export const router = Router();

router.use(authenticate);

router.route('/').get(orders.list).post(validate(shapes.placeOrder), orders.place);
router.get('/:id', validate(shapes.byId), orders.show);
router.post('/:id/pay', validate(shapes.payOrder), orders.pay);
router.post('/:id/cancel', validate(shapes.byId), orders.cancel);
