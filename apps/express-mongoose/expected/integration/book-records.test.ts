import './helpers/setup';

import { Book, snapshot } from './helpers/database';
import { seedTestData } from './helpers/factories';

describe('book records', () => {
  it('stores a book with what is required', async () => {
    const author = await seedTestData.author();

    const book = await Book.create({
      author: author._id,
      isbn: '9783161484100',
      title: 'A Map of Rain',
      price_cents: 2400,
      stock: 7,
    });

    const found = await Book.findOne({ _id: book._id }).orFail();

    expect(found.author).toEqual(author._id);
    expect(found.isbn).toBe('9783161484100');
    expect(found.title).toBe('A Map of Rain');
    expect(found.price_cents).toBe(2400);
    expect(found.stock).toBe(7);
    expect(found.published_on ?? null).toBeNull();
  });

  it('finds a book by id and isbn', async () => {
    const book = await seedTestData.book();
    await seedTestData.book();

    const found = await Book.findOne({ _id: book._id }).orFail();

    expect(found.id).toBe(book.id);

    const foundByIsbn = await Book.findOne({ isbn: book.isbn }).orFail();

    expect(foundByIsbn.id).toBe(book.id);
  });

  it('changes only the title of a book', async () => {
    const book = await seedTestData.book();
    await seedTestData.book();
    const before = await snapshot(['books'], { but: ['books.title', 'books.updated_at'] });

    await book.set({ title: 'A Map of Rain' }).save();

    const savedBook = await Book.findOne({ _id: book._id }).orFail();
    expect(savedBook.title).toBe('A Map of Rain');
    expect(await snapshot(['books'], { but: ['books.title', 'books.updated_at'] })).toEqual(before);
  });

  it('changes the title, price cents, stock and isbn of a book together', async () => {
    const book = await seedTestData.book();
    await seedTestData.book();
    const before = await snapshot(['books'], {
      but: ['books.isbn', 'books.price_cents', 'books.stock', 'books.title', 'books.updated_at'],
    });

    await book
      .set({
        title: 'A Map of Rain',
        price_cents: 2400,
        stock: 7,
        isbn: '9783161484100',
      })
      .save();

    const savedBook = await Book.findOne({ _id: book._id }).orFail();
    expect(savedBook).toMatchObject({
      title: 'A Map of Rain',
      price_cents: 2400,
      stock: 7,
      isbn: '9783161484100',
    });
    expect(
      await snapshot(['books'], {
        but: ['books.isbn', 'books.price_cents', 'books.stock', 'books.title', 'books.updated_at'],
      }),
    ).toEqual(before);
  });

  it('removes a book and no other', async () => {
    const book = await seedTestData.book();
    const otherBook = await seedTestData.book();

    await book.deleteOne();

    expect(await Book.findOne({ _id: book._id })).toBeNull();
    expect(await Book.findOne({ _id: otherBook._id })).not.toBeNull();
  });

  it('refuses two books with the same isbn', async () => {
    const author = await seedTestData.author();
    const book = await seedTestData.book();

    await expect(
      Book.create({
        author: author._id,
        title: 'A Map of Rain',
        price_cents: 2400,
        stock: 7,
        isbn: book.isbn,
      }),
    ).rejects.toMatchObject({ code: 11000 });
  });

  it.each([
    ['no isbn', null, 'A Map of Rain', 2400, 7],
    ['no title', '9783161484100', null, 2400, 7],
    ['no price cents', '9783161484100', 'A Map of Rain', null, 7],
    ['no stock', '9783161484100', 'A Map of Rain', 2400, null],
  ])('refuses a book without a required field: %s', async (_, isbn, title, priceCents, stock) => {
    const author = await seedTestData.author();

    await expect(
      Book.create({ author: author._id, isbn, title, price_cents: priceCents, stock } as never),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it.each([
    ['an isbn of another form', '?', 'A Map of Rain', 2400, 7],
    ['an empty title', '9783161484100', '', 2400, 7],
    ['price cents of 0', '9783161484100', 'A Map of Rain', 0, 7],
    ['a stock of -1', '9783161484100', 'A Map of Rain', 2400, -1],
  ])('refuses a book outside its rules: %s', async (_, isbn, title, priceCents, stock) => {
    const author = await seedTestData.author();

    await expect(
      Book.create({ author: author._id, isbn, title, price_cents: priceCents, stock }),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('leads from a book to its author', async () => {
    await seedTestData.author();
    const author = await seedTestData.author();
    const book = await seedTestData.book({ author: author._id });

    const found = await Book.findOne({ _id: book._id }).populate('author').orFail();

    expect(found.author.id).toBe(author.id);
  });

  it('counts and sums only the books of one author', async () => {
    const author = await seedTestData.author();
    await seedTestData.book({ author: author._id, price_cents: 1850 });
    await seedTestData.book({ author: author._id, price_cents: 2400 });
    await seedTestData.book({ price_cents: 1850 });

    const count = await Book.countDocuments({ author: author._id });

    const total = await Book.aggregate([
      { $match: { author: author._id } },
      { $group: { _id: null, total: { $sum: '$price_cents' } } },
    ]).then(([found]) => found.total);

    expect(count).toBe(2);
    expect(total).toBe(4250);
  });

  it('slices books in the order of price cents', async () => {
    await seedTestData.book({ price_cents: 1850 });
    await seedTestData.book({ price_cents: 2400 });
    await seedTestData.book({ price_cents: 975 });

    const found = await Book.find().sort({ price_cents: 1 }).skip(1).limit(1);

    expect(found.map((each: { price_cents: unknown }) => each.price_cents)).toEqual([1850]);
  });
});
