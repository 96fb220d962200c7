import type { Prisma } from '@prisma/client';

import { Conflict, NotFound } from '../errors.js';
import type { OrderLine } from '../schemas/order.js';

/**
 * Takes the books out of stock and gives their prices; the caller's transaction undoes it.
 *
 * Books are locked in the order of their ids, so that two orders never wait for each other.
 */
export async function takeOut(
  tx: Prisma.TransactionClient,
  lines: OrderLine[],
): Promise<Map<number, number>> {
  const prices = new Map<number, number>();
  for (const { book_id, quantity } of byBook(lines)) {
    const book = await tx.book.findUnique({ where: { id: book_id } });
    if (!book) {
      throw new NotFound(`There is no book ${book_id}`);
    }
    const { count } = await tx.book.updateMany({
      where: { id: book_id, stock: { gte: quantity } },
      data: { stock: { decrement: quantity } },
    });
    if (count === 0) {
      throw new Conflict(`There are not enough copies of book ${book_id}`);
    }
    prices.set(book_id, book.price_cents);
  }
  return prices;
}

/** Puts the books of a cancelled order back; the caller's transaction commits. */
export async function putBack(tx: Prisma.TransactionClient, lines: OrderLine[]): Promise<void> {
  for (const { book_id, quantity } of byBook(lines)) {
    await tx.book.update({
      where: { id: book_id },
      data: { stock: { increment: quantity } },
    });
  }
}

function byBook<Line extends OrderLine>(lines: Line[]): Line[] {
  return lines.toSorted((a, b) => a.book_id - b.book_id);
}
