import { Router } from 'express';

import * as books from '../controllers/books';
import * as reviews from '../controllers/reviews';
import { allow, authenticate } from '../middleware/auth';
import { validate } from '../middleware/validate';
import * as shapes from '../validations';

const admin = [authenticate, allow('admin')];

/** Mounted below a book, whose id is our parameter. */
const bookReviews = Router({ mergeParams: true });
bookReviews
  .route('/')
  .get(validate(shapes.byId), reviews.listOfBook)
  .post(authenticate, validate(shapes.createReview), reviews.create);

export const router = Router();

router
  .route('/')
  .get(validate(shapes.listBooks), books.list)
  .post(admin, validate(shapes.createBook), books.create);

router
  .route('/:id')
  .get(validate(shapes.byId), books.show)
  .patch(admin, validate(shapes.changeBook), books.change)
  .delete(admin, validate(shapes.byId), books.remove);

router.use('/:id/reviews', bookReviews);
