import type { ClientSession } from 'mongoose';
import createError from 'http-errors';

import { Book } from '../models';

interface Line {
  book_id: string;
  quantity: number;
}

/** Takes a book out of stock and gives its price; the caller's transaction undoes it. */
export async function takeOut(line: Line, session: ClientSession): Promise<number> {
  const book = await Book.findById(line.book_id).session(session);
  if (!book) {
    throw createError(404, `There is no book ${line.book_id}`);
  }
  if (book.stock < line.quantity) {
    throw createError(409, `There are not enough copies of book ${line.book_id}`);
  }
  book.stock -= line.quantity;
  await book.save({ session });
  return book.price_cents;
}

/** Puts a book of a cancelled order back. */
export async function putBack(line: Line, session: ClientSession): Promise<void> {
  await Book.updateOne({ _id: line.book_id }, { $inc: { stock: line.quantity } }, { session });
}
