const { Joi, amount, cents, day, id, name, paged } = require('./fields');

const authorCreate = Joi.object({
  name: name(120).required(),
  bio: Joi.string().max(65535, 'utf8').allow('', null),
}).options({ stripUnknown: true });

const isbn = Joi.string().pattern(/^[0-9]{13}$/);

const bookCreate = Joi.object({
  isbn: isbn.required(),
  title: name(200).required(),
  author_id: id.required(),
  price_cents: cents.required(),
  stock: amount.required(),
  published_on: day.allow(null),
}).options({ stripUnknown: true });

const bookUpdate = Joi.object({
  isbn,
  title: name(200),
  author_id: id,
  price_cents: cents,
  stock: amount,
  published_on: day.allow(null),
}).options({ stripUnknown: true });

const bookQuery = Joi.object({
  ...paged,
  author_id: id,
  min_price: amount,
  max_price: amount,
  q: Joi.string().trim().max(200),
  sort: Joi.string().valid('title', '-title', 'price', '-price', 'newest').default('newest'),
}).options({ stripUnknown: true });

const rating = Joi.number().integer().min(1).max(5);
const reviewBody = Joi.string().max(2000).allow('', null);

const reviewCreate = Joi.object({
  rating: rating.required(),
  body: reviewBody,
}).options({ stripUnknown: true });

const reviewUpdate = Joi.object({ rating, body: reviewBody }).options({ stripUnknown: true });

module.exports = { authorCreate, bookCreate, bookUpdate, bookQuery, reviewCreate, reviewUpdate };
