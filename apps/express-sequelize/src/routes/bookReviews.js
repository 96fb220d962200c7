const { Router } = require('express');
const { ForeignKeyConstraintError, UniqueConstraintError } = require('sequelize');

const { Conflict, NotFound } = require('../errors');
const { requireUser } = require('../middleware/auth');
const validate = require('../middleware/validate');
const wrap = require('../middleware/wrap');
const { Book, Review } = require('../models');
const { reviewOut } = require('../serializers');
const { reviewCreate } = require('../validation/catalogue');
const { idParams } = require('../validation/fields');

/** Mounted below a book: its id is our parameter. */
const router = Router({ mergeParams: true });

async function checkBook(id) {
  const book = await Book.findByPk(id);
  if (!book) {
    throw new NotFound('There is no such book');
  }
}

router.get(
  '/',
  validate({ params: idParams }),
  wrap(async (req, res) => {
    await checkBook(req.params.id);
    const reviews = await Review.findAll({
      where: { book_id: req.params.id },
      order: [['created_at', 'DESC'], ['id', 'DESC']],
    });
    res.json(reviews.map(reviewOut));
  }),
);

router.post(
  '/',
  requireUser,
  validate({ params: idParams, body: reviewCreate }),
  wrap(async (req, res) => {
    const { rating, body } = req.body;
    await checkBook(req.params.id);
    try {
      const review = await Review.create({
        book_id: req.params.id,
        user_id: req.user.id,
        rating,
        body,
      });
      res.status(201).json(reviewOut(review));
    } catch (error) {
      if (error instanceof UniqueConstraintError) {
        throw new Conflict('You have already reviewed this book');
      }
      if (error instanceof ForeignKeyConstraintError) {
        throw new NotFound('There is no such book');
      }
      throw error;
    }
  }),
);

module.exports = router;
