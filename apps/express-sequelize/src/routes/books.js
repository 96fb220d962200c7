const { Router } = require('express');
const { ForeignKeyConstraintError, Op, UniqueConstraintError, fn, col } = require('sequelize');

const { Conflict, NotFound } = require('../errors');
const { requireAdmin, requireUser } = require('../middleware/auth');
const validate = require('../middleware/validate');
const wrap = require('../middleware/wrap');
const { Author, Book, Review } = require('../models');
const { slice } = require('../pagination');
const { authorOut, bookOut } = require('../serializers');
const { bookCreate, bookQuery, bookUpdate } = require('../validation/catalogue');
const { idParams } = require('../validation/fields');
const bookReviews = require('./bookReviews');

const ORDERINGS = {
  title: [['title', 'ASC'], ['id', 'ASC']],
  '-title': [['title', 'DESC'], ['id', 'ASC']],
  price: [['price_cents', 'ASC'], ['id', 'ASC']],
  '-price': [['price_cents', 'DESC'], ['id', 'ASC']],
  newest: [['created_at', 'DESC'], ['id', 'DESC']],
};

const router = Router();

router.use('/:id/reviews', bookReviews);

router.get(
  '/',
  validate({ query: bookQuery }),
  wrap(async (req, res) => {
    const { page, per_page, author_id, min_price, max_price, q, sort } = req.query;
    const where = {};
    if (author_id !== undefined) {
      where.author_id = author_id;
    }
    if (min_price !== undefined) {
      where.price_cents = { ...where.price_cents, [Op.gte]: min_price };
    }
    if (max_price !== undefined) {
      where.price_cents = { ...where.price_cents, [Op.lte]: max_price };
    }
    if (q !== undefined) {
      where.title = { [Op.like]: `%${q.replace(/[\\%_]/g, '\\$&')}%` };
    }
    const { rows, count } = await Book.findAndCountAll({
      where,
      order: ORDERINGS[sort],
      ...slice({ page, per_page }),
    });
    res.json({ items: rows.map(bookOut), total: count, page, per_page });
  }),
);

router.post(
  '/',
  requireUser,
  requireAdmin,
  validate({ body: bookCreate }),
  wrap(async (req, res) => {
    await checkAuthor(req.body.author_id);
    try {
      const book = await Book.create(req.body);
      res.status(201).json(bookOut(book));
    } catch (error) {
      throw asAnswer(error);
    }
  }),
);

router.get(
  '/:id',
  validate({ params: idParams }),
  wrap(async (req, res) => {
    const book = await Book.findByPk(req.params.id, { include: { model: Author, as: 'author' } });
    if (!book) {
      throw new NotFound('There is no such book');
    }
    const { average } = await Review.findOne({
      attributes: [[fn('AVG', col('rating')), 'average']],
      where: { book_id: book.id },
      raw: true,
    });
    const rating_average = average === null ? null : Math.round(average * 100) / 100;
    res.json({ ...bookOut(book), author: authorOut(book.author), rating_average });
  }),
);

router.patch(
  '/:id',
  requireUser,
  requireAdmin,
  validate({ params: idParams, body: bookUpdate }),
  wrap(async (req, res) => {
    const book = await findBook(req.params.id);
    if (req.body.author_id !== undefined) {
      await checkAuthor(req.body.author_id);
    }
    try {
      await book.update(req.body);
      res.json(bookOut(book));
    } catch (error) {
      throw asAnswer(error);
    }
  }),
);

router.delete(
  '/:id',
  requireUser,
  requireAdmin,
  validate({ params: idParams }),
  wrap(async (req, res) => {
    const book = await findBook(req.params.id);
    try {
      await book.destroy();
    } catch (error) {
      if (error instanceof ForeignKeyConstraintError) {
        throw new Conflict('This book has been ordered');
      }
      throw error;
    }
    res.status(204).end();
  }),
);

async function findBook(id) {
  const book = await Book.findByPk(id);
  if (!book) {
    throw new NotFound('There is no such book');
  }
  return book;
}

async function checkAuthor(id) {
  const author = await Author.findByPk(id);
  if (!author) {
    throw new NotFound('There is no such author');
  }
}

/** What the database refused although it was checked before: somebody was faster. */
function asAnswer(error) {
  if (error instanceof UniqueConstraintError) {
    return new Conflict('There is already a book with this ISBN');
  }
  if (error instanceof ForeignKeyConstraintError) {
    return new NotFound('There is no such author');
  }
  return error;
}

module.exports = router;
