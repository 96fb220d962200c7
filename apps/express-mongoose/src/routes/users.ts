import { Router } from 'express';

import * as users from '../controllers/users';
import { authenticate } from '../middleware/auth';
import { validate } from '../middleware/validate';
import * as shapes from '../validations';

export const router = Router();

router.post('/auth/register', validate(shapes.register), users.register);
router.post('/auth/login', validate(shapes.login), users.login);

router
  .route('/me')
  .all(authenticate)
  .get(users.showMe)
  .patch(validate(shapes.changeProfile), users.changeMe);
