import type { Request, Response } from 'express';
import createError from 'http-errors';

import { valid } from '../middleware/validate';
import { Book, Review } from '../models';
import type * as shapes from '../validations';
import { reviewView } from '../views';

export async function listOfBook(req: Request, res: Response): Promise<void> {
  const { id } = valid<typeof shapes.byId>(res).params;
  await requireBook(id);
  const reviews = await Review.find({ book: id }).sort({ created_at: -1, _id: -1 });
  res.json(reviews.map(reviewView));
}

/** A second review of the same book runs into the unique index. */
export async function create(req: Request, res: Response): Promise<void> {
  const { params, body } = valid<typeof shapes.createReview>(res);
  await requireBook(params.id);
  const review = await Review.create({ ...body, book: params.id, user: req.user._id });
  res.status(201).json(reviewView(review));
}

export async function change(req: Request, res: Response): Promise<void> {
  const { params, body } = valid<typeof shapes.changeReview>(res);
  const review = await findReview(params.id);
  if (!review.user.equals(req.user._id)) {
    throw createError(403, 'This is not your review');
  }
  review.set(body);
  await review.save();
  res.json(reviewView(review));
}

export async function remove(req: Request, res: Response): Promise<void> {
  const { id } = valid<typeof shapes.byId>(res).params;
  const review = await findReview(id);
  if (!review.user.equals(req.user._id) && req.user.role !== 'admin') {
    throw createError(403, 'This is not your review');
  }
  await review.deleteOne();
  res.status(204).end();
}

async function findReview(id: string): Promise<Review> {
  const review = await Review.findById(id);
  if (!review) {
    throw createError(404, 'There is no such review');
  }
  return review;
}

async function requireBook(id: string): Promise<void> {
  if (!(await Book.exists({ _id: id }))) {
    throw createError(404, 'There is no such book');
  }
}
