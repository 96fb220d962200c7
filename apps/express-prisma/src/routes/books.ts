import type { Prisma } from '@prisma/client';
import { Router } from 'express';

import {
  isForeignKeyViolation,
  isPrismaError,
  NOT_FOUND,
  prisma,
  UNIQUE_VIOLATION,
} from '../db.js';
import { Conflict, NotFound } from '../errors.js';
import { titleContains } from '../filters.js';
import { requireAdmin, requireUser } from '../middleware/auth.js';
import { validateBody } from '../middleware/validate.js';
import { slice } from '../pagination.js';
import {
  type BookCreate,
  bookCreate,
  bookQuery,
  type BookSort,
  type BookUpdate,
  bookUpdate,
} from '../schemas/book.js';
import { idParams } from '../schemas/fields.js';
import { authorOut, bookOut } from '../serializers.js';
import { bookReviews } from './reviews.js';

const ORDERINGS: Record<BookSort, Prisma.BookOrderByWithRelationInput[]> = {
  title: [{ title: 'asc' }, { id: 'asc' }],
  '-title': [{ title: 'desc' }, { id: 'asc' }],
  price: [{ price_cents: 'asc' }, { id: 'asc' }],
  '-price': [{ price_cents: 'desc' }, { id: 'asc' }],
  newest: [{ created_at: 'desc' }, { id: 'desc' }],
};

export const books = Router();

books.use('/:id/reviews', bookReviews);

books
  .route('/')
  .get(async (req, res) => {
    const { page, per_page, author_id, min_price, max_price, q, sort } = bookQuery.parse(req.query);
    const where: Prisma.BookWhereInput = {
      author_id,
      price_cents: { gte: min_price, lte: max_price },
      ...(q !== undefined && titleContains(q)),
    };
    const [found, total] = await prisma.$transaction([
      prisma.book.findMany({ where, orderBy: ORDERINGS[sort], ...slice({ page, per_page }) }),
      prisma.book.count({ where }),
    ]);
    res.json({ items: found.map(bookOut), total, page, per_page });
  })
  .post(requireUser, requireAdmin, validateBody(bookCreate), async (req, res) => {
    const input: BookCreate = req.body;
    await checkAuthor(input.author_id);
    try {
      const book = await prisma.book.create({
        data: { ...input, published_on: toDate(input.published_on) },
      });
      res.status(201).json(bookOut(book));
    } catch (error) {
      throw asAnswer(error);
    }
  });

books
  .route('/:id')
  .get(async (req, res) => {
    const { id } = idParams.parse(req.params);
    const book = await prisma.book.findUnique({ where: { id }, include: { author: true } });
    if (!book) {
      throw new NotFound('There is no such book');
    }
    const { _avg } = await prisma.review.aggregate({
      where: { book_id: id },
      _avg: { rating: true },
    });
    const rating_average = _avg.rating === null ? null : Math.round(_avg.rating * 100) / 100;
    res.json({ ...bookOut(book), author: authorOut(book.author), rating_average });
  })
  .patch(requireUser, requireAdmin, validateBody(bookUpdate), async (req, res) => {
    const { id } = idParams.parse(req.params);
    const input: BookUpdate = req.body;
    await checkBook(id);
    if (input.author_id !== undefined) {
      await checkAuthor(input.author_id);
    }
    try {
      const book = await prisma.book.update({
        where: { id },
        data: { ...input, published_on: toDate(input.published_on) },
      });
      res.json(bookOut(book));
    } catch (error) {
      throw asAnswer(error);
    }
  })
  .delete(requireUser, requireAdmin, async (req, res) => {
    const { id } = idParams.parse(req.params);
    await checkBook(id);
    try {
      await prisma.book.delete({ where: { id } });
    } catch (error) {
      if (isForeignKeyViolation(error)) {
        throw new Conflict('This book has been ordered');
      }
      throw error;
    }
    res.status(204).end();
  });

/** Undefined leaves the column as it is, null empties it. */
function toDate(day: string | null | undefined): Date | null | undefined {
  return day ? new Date(day) : (day as null | undefined);
}

async function checkBook(id: number): Promise<void> {
  const book = await prisma.book.findUnique({ where: { id } });
  if (!book) {
    throw new NotFound('There is no such book');
  }
}

async function checkAuthor(id: number): Promise<void> {
  const author = await prisma.author.findUnique({ where: { id } });
  if (!author) {
    throw new NotFound('There is no such author');
  }
}

/** What the database refused although it was checked before: somebody was faster. */
function asAnswer(error: unknown): unknown {
  if (isPrismaError(error, UNIQUE_VIOLATION)) {
    return new Conflict('There is already a book with this ISBN');
  }
  if (isForeignKeyViolation(error)) {
    return new NotFound('There is no such author');
  }
  if (isPrismaError(error, NOT_FOUND)) {
    return new NotFound('There is no such book');
  }
  return error;
}
