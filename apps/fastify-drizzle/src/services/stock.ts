import { httpErrors } from '@fastify/sensible';
import { and, eq, gte, sql } from 'drizzle-orm';

import type { Transaction } from '../db/client.js';
import { books } from '../db/schema.js';
import type { OrderLine } from '../schemas/order.js';

/**
 * Takes the books out of stock and gives their prices; the caller's transaction undoes it.
 *
 * Books are locked in the order of their ids, so that two orders never wait for each other.
 */
export async function takeOut(tx: Transaction, lines: OrderLine[]): Promise<Map<number, number>> {
  const prices = new Map<number, number>();
  for (const { book_id, quantity } of byBook(lines)) {
    const [book] = await tx.select().from(books).where(eq(books.id, book_id));
    if (!book) {
      throw httpErrors.notFound(`There is no book ${book_id}`);
    }
    const taken = await tx
      .update(books)
      .set({ stock: sql`${books.stock} - ${quantity}` })
      .where(and(eq(books.id, book_id), gte(books.stock, quantity)))
      .returning();
    if (taken.length === 0) {
      throw httpErrors.conflict(`There are not enough copies of book ${book_id}`);
    }
    prices.set(book_id, book.price_cents);
  }
  return prices;
}

/** Puts the books of a cancelled order back; the caller's transaction commits. */
export async function putBack(tx: Transaction, lines: OrderLine[]): Promise<void> {
  for (const { book_id, quantity } of byBook(lines)) {
    await tx
      .update(books)
      .set({ stock: sql`${books.stock} + ${quantity}` })
      .where(eq(books.id, book_id));
  }
}

function byBook<Line extends OrderLine>(lines: Line[]): Line[] {
  return lines.toSorted((a, b) => a.book_id - b.book_id);
}
