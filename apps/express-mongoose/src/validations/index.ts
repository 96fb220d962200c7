import { z } from 'zod';

import { STATUSES } from '../models/order';
import {
  authorName,
  cents,
  day,
  email,
  idParams,
  isbn,
  objectId,
  pageQuery,
  password,
  priceFilter,
  quantity,
  rating,
  reviewBody,
  searchText,
  stock,
  title,
  userName,
} from './fields';

/** What each endpoint takes, by the part of the request that carries it. */

export const byId = { params: idParams };

// --- users

const credentials = z.object({ email, password: z.string() });
const registration = credentials.extend({ name: userName, password });

export const login = { body: credentials };
export const register = { body: registration };
export const changeProfile = { body: registration.partial() };

// --- catalogue

const book = z.object({
  isbn,
  title,
  author_id: objectId,
  price_cents: cents,
  stock,
  published_on: day.nullish(),
});

export const createAuthor = { body: z.object({ name: authorName, bio: z.string().nullish() }) };
export const createBook = { body: book };
export const changeBook = { params: idParams, body: book.partial() };
export const listBooks = {
  query: pageQuery.extend({
    author_id: objectId.optional(),
    min_price: priceFilter.optional(),
    max_price: priceFilter.optional(),
    q: searchText.optional(),
    sort: z.enum(['title', '-title', 'price', '-price', 'newest']).default('newest'),
  }),
};
export const searchBooks = { query: pageQuery.extend({ q: searchText }) };

// --- reviews

const review = z.object({ rating, body: reviewBody.nullish() });

export const createReview = { params: idParams, body: review };
export const changeReview = { params: idParams, body: review.partial() };

// --- orders

const lines = z
  .array(z.object({ book_id: objectId, quantity }))
  .min(1)
  .max(100)
  .refine(
    (items) => new Set(items.map((item) => item.book_id)).size === items.length,
    'Must name each book only once',
  );

export const placeOrder = { body: z.object({ items: lines }) };
export const payOrder = {
  params: idParams,
  body: z.object({ token: z.string().trim().min(1).max(255) }),
};
export const listOrders = {
  query: pageQuery.extend({
    status: z.enum(STATUSES).optional(),
    user_id: objectId.optional(),
    from: day.optional(),
    to: day.optional(),
    sort: z.enum(['newest', 'oldest', 'total', '-total']).default('newest'),
  }),
};

export const paymentEvent = {
  body: z.object({
    type: z.string(),
    data: z.object({ order_id: objectId, payment_id: z.string() }),
  }),
};
