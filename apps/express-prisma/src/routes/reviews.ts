import { type Review, Role } from '@prisma/client';
import { Router } from 'express';

import { isForeignKeyViolation, isPrismaError, prisma, UNIQUE_VIOLATION } from '../db.js';
import { Conflict, Forbidden, NotFound } from '../errors.js';
import { requireUser } from '../middleware/auth.js';
import { validateBody } from '../middleware/validate.js';
import { idParams } from '../schemas/fields.js';
import {
  type ReviewCreate,
  reviewCreate,
  type ReviewUpdate,
  reviewUpdate,
} from '../schemas/review.js';
import { reviewOut } from '../serializers.js';

/** Mounted below a book: its id is our parameter. */
export const bookReviews = Router({ mergeParams: true });

bookReviews
  .route('/')
  .get(async (req, res) => {
    const { id } = idParams.parse(req.params);
    await checkBook(id);
    const found = await prisma.review.findMany({
      where: { book_id: id },
      orderBy: [{ created_at: 'desc' }, { id: 'desc' }],
    });
    res.json(found.map(reviewOut));
  })
  .post(requireUser, validateBody(reviewCreate), async (req, res) => {
    const { id } = idParams.parse(req.params);
    const { rating, body }: ReviewCreate = req.body;
    await checkBook(id);
    try {
      const review = await prisma.review.create({
        data: { book_id: id, user_id: req.user.id, rating, body },
      });
      res.status(201).json(reviewOut(review));
    } catch (error) {
      if (isPrismaError(error, UNIQUE_VIOLATION)) {
        throw new Conflict('You have already reviewed this book');
      }
      if (isForeignKeyViolation(error)) {
        throw new NotFound('There is no such book');
      }
      throw error;
    }
  });

export const reviews = Router();

reviews
  .route('/:id')
  .all(requireUser)
  .patch(validateBody(reviewUpdate), async (req, res) => {
    const { id } = idParams.parse(req.params);
    const { rating, body }: ReviewUpdate = req.body;
    const review = await findReview(id);
    if (review.user_id !== req.user.id) {
      throw new Forbidden('This is not your review');
    }
    const updated = await prisma.review.update({ where: { id }, data: { rating, body } });
    res.json(reviewOut(updated));
  })
  .delete(async (req, res) => {
    const { id } = idParams.parse(req.params);
    const review = await findReview(id);
    if (review.user_id !== req.user.id && req.user.role !== Role.admin) {
      throw new Forbidden('This is not your review');
    }
    await prisma.review.delete({ where: { id } });
    res.status(204).end();
  });

async function checkBook(id: number): Promise<void> {
  const book = await prisma.book.findUnique({ where: { id } });
  if (!book) {
    throw new NotFound('There is no such book');
  }
}

async function findReview(id: number): Promise<Review> {
  const review = await prisma.review.findUnique({ where: { id } });
  if (!review) {
    throw new NotFound('There is no such review');
  }
  return review;
}
