import { Router } from 'express';

import * as books from '../controllers/books';
import * as orders from '../controllers/orders';
import { allow, authenticate } from '../middleware/auth';
import { validate } from '../middleware/validate';
import * as shapes from '../validations';
import { router as authorRoutes } from './authors';
import { router as bookRoutes } from './books';
import { router as orderRoutes } from './orders';
import { router as reviewRoutes } from './reviews';
import { router as userRoutes } from './users';
import { router as webhookRoutes } from './webhooks';

const mounted = [
  { path: '/', router: userRoutes },
  { path: '/authors', router: authorRoutes },
  { path: '/books', router: bookRoutes },
  { path: '/reviews', router: reviewRoutes },
  { path: '/orders', router: orderRoutes },
  { path: '/webhooks', router: webhookRoutes },
];

export const api = Router();

for (const { path, router } of mounted) {
  api.use(path, router);
}

api.get('/search', validate(shapes.searchBooks), books.search);
api.get('/admin/orders', authenticate, allow('admin'), validate(shapes.listOrders), orders.listAll);
