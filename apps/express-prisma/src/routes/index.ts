import { Router } from 'express';

import { admin } from './admin.js';
import { auth } from './auth.js';
import { authors } from './authors.js';
import { books } from './books.js';
import { me } from './me.js';
import { orders } from './orders.js';
import { reviews } from './reviews.js';
import { search } from './search.js';
import { webhooks } from './webhooks.js';

export const api = Router()
  .use('/auth', auth)
  .use('/me', me)
  .use('/authors', authors)
  .use('/books', books)
  .use('/reviews', reviews)
  .use('/orders', orders)
  .use('/admin', admin)
  .use('/search', search)
  .use('/webhooks', webhooks);
