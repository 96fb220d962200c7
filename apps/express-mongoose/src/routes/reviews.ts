import { Router } from 'express';

import * as reviews from '../controllers/reviews';
import { authenticate } from '../middleware/auth';
import { validate } from '../middleware/validate';
import * as shapes from '../validations';

export const router = Router();

router.use(authenticate);

router
  .route('/:id')
  .patch(validate(shapes.changeReview), reviews.change)
  .delete(validate(shapes.byId), reviews.remove);
