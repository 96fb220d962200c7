import './helpers/setup';

import { repository, snapshot } from './helpers/database';
import { seedTestData } from './helpers/factories';

describe('book records', () => {
  it('stores a book with what is required', async () => {
    const author = await seedTestData.author();

    const book = await repository('Book').save({
      author_id: author.id,
      isbn: '9783161484100',
      title: 'A Map of Rain',
      price_cents: 2400,
      stock: 7,
    });

    const found = await repository('Book').findOneOrFail({ where: { id: book.id } });

    expect(found.author_id).toEqual(author.id);
    expect(found.isbn).toBe('9783161484100');
    expect(found.title).toBe('A Map of Rain');
    expect(found.price_cents).toBe(2400);
    expect(found.stock).toBe(7);
    expect(found.published_on).toBeNull();
  });

  it('finds a book by id and isbn', async () => {
    const book = await seedTestData.book();
    await seedTestData.book();

    const found = await repository('Book').findOneOrFail({ where: { id: book.id } });

    expect(found.id).toEqual(book.id);

    const foundByIsbn = await repository('Book').findOneOrFail({ where: { isbn: book.isbn } });

    expect(foundByIsbn.id).toEqual(book.id);
  });

  it('changes only the title of a book', async () => {
    const book = await seedTestData.book();
    await seedTestData.book();
    const before = await snapshot(['books'], { but: ['books.title', 'books.updated_at'] });

    await repository('Book').update({ id: book.id }, { title: 'A Map of Rain' });

    const savedBook = await repository('Book').findOneOrFail({ where: { id: book.id } });
    expect(savedBook.title).toBe('A Map of Rain');
    expect(await snapshot(['books'], { but: ['books.title', 'books.updated_at'] })).toEqual(before);
  });

  it('changes the title, price cents, stock and published on of a book together', async () => {
    const book = await seedTestData.book();
    await seedTestData.book();
    const before = await snapshot(['books'], {
      but: [
        'books.price_cents',
        'books.published_on',
        'books.stock',
        'books.title',
        'books.updated_at',
      ],
    });

    await repository('Book').update(
      { id: book.id },
      { title: 'A Map of Rain', price_cents: 2400, stock: 7, published_on: '2022-08-09' },
    );

    const savedBook = await repository('Book').findOneOrFail({ where: { id: book.id } });
    expect(savedBook).toMatchObject({
      title: 'A Map of Rain',
      price_cents: 2400,
      stock: 7,
      published_on: '2022-08-09',
    });
    expect(
      await snapshot(['books'], {
        but: [
          'books.price_cents',
          'books.published_on',
          'books.stock',
          'books.title',
          'books.updated_at',
        ],
      }),
    ).toEqual(before);
  });

  it('removes a book and no other', async () => {
    const book = await seedTestData.book();
    const otherBook = await seedTestData.book();

    await repository('Book').delete({ id: book.id });

    expect(await repository('Book').findOne({ where: { id: book.id } })).toBeNull();
    expect(await repository('Book').findOne({ where: { id: otherBook.id } })).not.toBeNull();
  });

  it('keeps a book that an order item points to', async () => {
    const book = await seedTestData.book();
    await seedTestData.orderItem({ book_id: book.id });

    await expect(repository('Book').delete({ id: book.id })).rejects.toMatchObject({
      name: 'QueryFailedError',
    });
  });

  it('removes a review with its book', async () => {
    const book = await seedTestData.book();
    const review = await seedTestData.review({ book_id: book.id });

    await repository('Book').delete({ id: book.id });

    expect(await repository('Review').findOne({ where: { id: review.id } })).toBeNull();
  });

  it('refuses two books with the same isbn', async () => {
    const author = await seedTestData.author();
    const book = await seedTestData.book();

    await expect(
      repository('Book').save({
        author_id: author.id,
        title: 'A Map of Rain',
        price_cents: 2400,
        stock: 7,
        isbn: book.isbn,
      }),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });

  it('refuses a book of an author that is not there', async () => {
    await expect(
      repository('Book').save({
        isbn: '9783161484100',
        title: 'A Map of Rain',
        price_cents: 2400,
        stock: 7,
        author_id: 999999,
      }),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });

  it.each([
    ['no isbn', null, 'A Map of Rain', 2400, 7],
    ['no title', '9783161484100', null, 2400, 7],
    ['no price cents', '9783161484100', 'A Map of Rain', null, 7],
    ['no stock', '9783161484100', 'A Map of Rain', 2400, null],
  ])('refuses a book without a required field: %s', async (_, isbn, title, priceCents, stock) => {
    const author = await seedTestData.author();

    await expect(
      repository('Book').save({
        author_id: author.id,
        isbn,
        title,
        price_cents: priceCents,
        stock,
      } as never),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });

  it.each([
    ['an isbn of another form', '?', 2400, 7],
    ['price cents of 0', '9783161484100', 0, 7],
    ['a stock of -1', '9783161484100', 2400, -1],
  ])('refuses a book outside its checks: %s', async (_, isbn, priceCents, stock) => {
    const author = await seedTestData.author();

    await expect(
      repository('Book').save({
        author_id: author.id,
        isbn,
        title: 'A Map of Rain',
        price_cents: priceCents,
        stock,
      }),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });

  it('leads from a book to its author', async () => {
    await seedTestData.author();
    const author = await seedTestData.author();
    const book = await seedTestData.book({ author_id: author.id });

    const found = await repository('Book').findOneOrFail({
      where: { id: book.id },
      relations: { author: true },
    });

    expect(found.author.id).toEqual(author.id);
  });

  it('counts and sums only the books of one author', async () => {
    const author = await seedTestData.author();
    await seedTestData.book({ author_id: author.id, price_cents: 1850 });
    await seedTestData.book({ author_id: author.id, price_cents: 2400 });
    await seedTestData.book({ price_cents: 1850 });

    const count = await repository('Book').count({ where: { author_id: author.id } });

    const total = await repository('Book')
      .sum('price_cents', { author_id: author.id })
      .then(Number);

    expect(count).toBe(2);
    expect(total).toBe(4250);
  });

  it('slices books in the order of price cents', async () => {
    await seedTestData.book({ price_cents: 1850 });
    await seedTestData.book({ price_cents: 2400 });
    await seedTestData.book({ price_cents: 975 });

    const found = await repository('Book').find({
      order: { price_cents: 'ASC' },
      skip: 1,
      take: 1,
    });

    expect(found.map((each: { price_cents: unknown }) => each.price_cents)).toEqual([1850]);
  });
});
