import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { EntityManager, MoreThanOrEqual } from 'typeorm';

import { Book } from '../books/book.entity';

interface Line {
  book_id: number;
  quantity: number;
}

/** Both take part in the caller's transaction, and lock books in the order of their ids. */
@Injectable()
export class StockService {
  /** Takes the books out of stock and gives their prices. */
  async takeOut(manager: EntityManager, lines: Line[]): Promise<Map<number, number>> {
    const prices = new Map<number, number>();
    for (const { book_id, quantity } of byBook(lines)) {
      const book = await manager.findOneBy(Book, { id: book_id });
      if (!book) {
        throw new NotFoundException(`There is no book ${book_id}`);
      }
      const enough = { id: book_id, stock: MoreThanOrEqual(quantity) };
      const { affected } = await manager.decrement(Book, enough, 'stock', quantity);
      if (affected === 0) {
        throw new ConflictException(`There are not enough copies of book ${book_id}`);
      }
      prices.set(book_id, book.price_cents);
    }
    return prices;
  }

  async putBack(manager: EntityManager, lines: Line[]): Promise<void> {
    for (const { book_id, quantity } of byBook(lines)) {
      await manager.increment(Book, { id: book_id }, 'stock', quantity);
    }
  }
}

function byBook<T extends Line>(lines: T[]): T[] {
  return lines.toSorted((a, b) => a.book_id - b.book_id);
}
