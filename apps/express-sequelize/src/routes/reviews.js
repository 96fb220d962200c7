const { Router } = require('express');

const { Forbidden, NotFound } = require('../errors');
const { requireUser } = require('../middleware/auth');
const validate = require('../middleware/validate');
const wrap = require('../middleware/wrap');
const { Review } = require('../models');
const { reviewOut } = require('../serializers');
const { reviewUpdate } = require('../validation/catalogue');
const { idParams } = require('../validation/fields');

const router = Router();

router.use(requireUser);

async function findReview(id) {
  const review = await Review.findByPk(id);
  if (!review) {
    throw new NotFound('There is no such review');
  }
  return review;
}

router.patch(
  '/:id',
  validate({ params: idParams, body: reviewUpdate }),
  wrap(async (req, res) => {
    const review = await findReview(req.params.id);
    if (review.user_id !== req.user.id) {
      throw new Forbidden('This is not your review');
    }
    await review.update(req.body);
    res.json(reviewOut(review));
  }),
);

router.delete(
  '/:id',
  validate({ params: idParams }),
  wrap(async (req, res) => {
    const review = await findReview(req.params.id);
    if (review.user_id !== req.user.id && req.user.role !== 'admin') {
      throw new Forbidden('This is not your review');
    }
    await review.destroy();
    res.status(204).end();
  }),
);

module.exports = router;
