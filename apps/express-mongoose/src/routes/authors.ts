import { Router } from 'express';

import * as authors from '../controllers/authors';
import { allow, authenticate } from '../middleware/auth';
import { validate } from '../middleware/validate';
import * as shapes from '../validations';

const admin = [authenticate, allow('admin')];

export const router = Router();

router.route('/').get(authors.list).post(admin, validate(shapes.createAuthor), authors.create);

router
  .route('/:id')
  .get(validate(shapes.byId), authors.show)
  .delete(admin, validate(shapes.byId), authors.remove);
