const { Conflict, NotFound } = require('../errors');
const { Book } = require('../models');

const byBook = (lines) => [...lines].sort((a, b) => a.book_id - b.book_id);

/**
 * Takes the books out of stock and gives their prices; the caller's transaction undoes it.
 *
 * Books are locked in the order of their ids, so that two orders never wait for each other.
 */
async function takeOut(lines, transaction) {
  const prices = new Map();
  for (const { book_id, quantity } of byBook(lines)) {
    const book = await Book.findByPk(book_id, { transaction, lock: transaction.LOCK.UPDATE });
    if (!book) {
      throw new NotFound(`There is no book ${book_id}`);
    }
    if (book.stock < quantity) {
      throw new Conflict(`There are only ${book.stock} of book ${book_id}`);
    }
    await book.update({ stock: book.stock - quantity }, { transaction });
    prices.set(book_id, book.price_cents);
  }
  return prices;
}

async function putBack(lines, transaction) {
  for (const { book_id, quantity } of byBook(lines)) {
    await Book.increment({ stock: quantity }, { where: { id: book_id }, transaction });
  }
}

module.exports = { takeOut, putBack };
