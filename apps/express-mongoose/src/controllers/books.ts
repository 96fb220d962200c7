import type { Request, Response } from 'express';
import createError from 'http-errors';
import mongoose, { type FilterQuery, type SortOrder } from 'mongoose';

import { valid } from '../middleware/validate';
import { Author, Book, Order, Review } from '../models';
import { findBooks, SearchFailed } from '../services/search';
import type * as shapes from '../validations';
import type { PageQuery } from '../validations/fields';
import { authorView, bookView } from '../views';

const ORDERS: Record<string, Record<string, SortOrder>> = {
  title: { title: 1, _id: 1 },
  '-title': { title: -1, _id: 1 },
  price: { price_cents: 1, _id: 1 },
  '-price': { price_cents: -1, _id: 1 },
  newest: { created_at: -1, _id: -1 },
};

export async function list(req: Request, res: Response): Promise<void> {
  const { query } = valid<typeof shapes.listBooks>(res);
  const { page, per_page, author_id, min_price, max_price, q, sort } = query;
  const filter: FilterQuery<Book> = {};
  if (author_id !== undefined) filter.author = author_id;
  if (min_price !== undefined) filter.price_cents = { $gte: min_price };
  if (max_price !== undefined) filter.price_cents = { ...filter.price_cents, $lte: max_price };
  if (q !== undefined) filter.title = contains(q);
  res.json(await pageOf(filter, ORDERS[sort]!, { page, per_page }));
}

export async function create(req: Request, res: Response): Promise<void> {
  const { author_id, published_on, ...rest } = valid<typeof shapes.createBook>(res).body;
  await requireAuthor(author_id);
  const book = await Book.create({ ...rest, author: author_id, published_on });
  res.status(201).json(bookView(book));
}

export async function show(req: Request, res: Response): Promise<void> {
  const { id } = valid<typeof shapes.byId>(res).params;
  const book = await Book.findById(id);
  if (!book) {
    throw createError(404, 'There is no such book');
  }
  const author = await Author.findById(book.author).orFail();
  const [rating] = await Review.aggregate<{ average: number }>([
    { $match: { book: book._id } },
    { $group: { _id: null, average: { $avg: '$rating' } } },
  ]);
  const rating_average = rating ? Math.round(rating.average * 100) / 100 : null;
  res.json({ ...bookView(book), author: authorView(author), rating_average });
}

export async function change(req: Request, res: Response): Promise<void> {
  const { params, body } = valid<typeof shapes.changeBook>(res);
  const { author_id, ...rest } = body;
  const book = await Book.findById(params.id);
  if (!book) {
    throw createError(404, 'There is no such book');
  }
  if (author_id !== undefined) {
    await requireAuthor(author_id);
    book.set({ author: author_id });
  }
  book.set(rest);
  await book.save();
  res.json(bookView(book));
}

export async function remove(req: Request, res: Response): Promise<void> {
  const { id } = valid<typeof shapes.byId>(res).params;
  const book = await Book.findById(id);
  if (!book) {
    throw createError(404, 'There is no such book');
  }
  if (await Order.exists({ 'items.book': id })) {
    throw createError(409, 'This book has been ordered');
  }
  await mongoose.connection.transaction(async (session) => {
    await Review.deleteMany({ book: id }, { session });
    await book.deleteOne({ session });
  });
  res.status(204).end();
}

/** Asks the search service; when it fails, our own titles have to do. */
export async function search(req: Request, res: Response): Promise<void> {
  const { query } = valid<typeof shapes.searchBooks>(res);
  const { page, per_page } = query;
  try {
    const { ids, total } = await findBooks(query);
    const books = await Book.find({ _id: { $in: ids } });
    books.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
    res.json({ items: books.map(bookView), total, page, per_page, degraded: false });
  } catch (error) {
    if (!(error instanceof SearchFailed)) {
      throw error;
    }
    console.error('The search service failed, asking the database', error);
    const found = await pageOf({ title: contains(query.q) }, ORDERS.title!, query);
    res.json({ ...found, degraded: true });
  }
}

async function pageOf(
  filter: FilterQuery<Book>,
  order: Record<string, SortOrder>,
  { page, per_page }: PageQuery,
) {
  const [books, total] = await Promise.all([
    Book.find(filter)
      .sort(order)
      .skip((page - 1) * per_page)
      .limit(per_page),
    Book.countDocuments(filter),
  ]);
  return { items: books.map(bookView), total, page, per_page };
}

/** The text as it is, in any case. */
function contains(text: string) {
  return { $regex: text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), $options: 'i' };
}

async function requireAuthor(id: string): Promise<void> {
  if (!(await Author.exists({ _id: id }))) {
    throw createError(404, 'There is no such author');
  }
}
