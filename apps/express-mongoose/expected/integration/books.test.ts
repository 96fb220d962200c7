import './helpers/setup';

import request from 'supertest';

import { anonymousRequest, type App, buildApp } from './helpers/app';
import { authenticatedRequest } from './helpers/auth';
import { Book, Review, snapshot } from './helpers/database';
import { createTestUser, seedTestData } from './helpers/factories';

describe('books', () => {
  let app: App;

  beforeAll(async () => {
    app = await buildApp();
  });

  it('lists books', async () => {
    await seedTestData.book({ title: 'Night Ferry', created_at: new Date('2024-03-16T12:00:00Z') });
    await seedTestData.book({
      title: 'A Map of Rain',
      created_at: new Date('2024-03-08T12:00:00Z'),
    });
    await seedTestData.book({
      title: 'The Quiet Harbour',
      created_at: new Date('2024-03-12T12:00:00Z'),
    });

    const response = await request(app).get('/api/v1/books');

    expect(response.status).toBe(200);
    expect(response.body.items.map((each: { title: unknown }) => each.title)).toEqual([
      'Night Ferry',
      'The Quiet Harbour',
      'A Map of Rain',
    ]);
    expect(response.body.total).toBe(3);
  });

  it.each([
    ['the first page', { page: 1, per_page: 2 }, ['Letters from Ostia', 'Night Ferry']],
    ['the middle page', { page: 2, per_page: 2 }, ['The Quiet Harbour', 'A Map of Rain']],
    ['the last page', { page: 3, per_page: 2 }, ['The Glass Orchard']],
    ['beyond the last page', { page: 4, per_page: 2 }, []],
  ])('pages through books: %s', async (_, query, found) => {
    await seedTestData.book({ title: 'Night Ferry', created_at: new Date('2024-03-16T12:00:00Z') });
    await seedTestData.book({
      title: 'A Map of Rain',
      created_at: new Date('2024-03-08T12:00:00Z'),
    });
    await seedTestData.book({
      title: 'The Quiet Harbour',
      created_at: new Date('2024-03-12T12:00:00Z'),
    });
    await seedTestData.book({
      title: 'Letters from Ostia',
      created_at: new Date('2024-03-20T12:00:00Z'),
    });
    await seedTestData.book({
      title: 'The Glass Orchard',
      created_at: new Date('2024-03-04T12:00:00Z'),
    });

    const response = await request(app).get('/api/v1/books').query(query);

    expect(response.status).toBe(200);
    expect(response.body.items.map((each: { title: unknown }) => each.title)).toEqual(found);
    expect(response.body.total).toBe(5);
  });

  it.each([
    [
      'min price',
      { min_price: 2400 },
      ['A Map of Rain', 'Letters from Ostia', 'The Glass Orchard'],
    ],
    ['max price', { max_price: 2400 }, ['Night Ferry', 'The Quiet Harbour', 'The Glass Orchard']],
    ['all together', { min_price: 2400, max_price: 2400 }, ['The Glass Orchard']],
  ])('filters books: %s', async (_, query, found) => {
    await seedTestData.book({ title: 'Night Ferry', price_cents: 1850 });
    await seedTestData.book({ title: 'A Map of Rain', price_cents: 4360 });
    await seedTestData.book({ title: 'The Quiet Harbour', price_cents: 975 });
    await seedTestData.book({ title: 'Letters from Ostia', price_cents: 3120 });
    await seedTestData.book({ title: 'The Glass Orchard', price_cents: 2400 });

    const response = await request(app).get('/api/v1/books').query(query);

    expect(response.status).toBe(200);
    expect(response.body.items.map((each: { title: unknown }) => each.title).sort()).toEqual(
      found.sort(),
    );
  });

  it.each([
    [
      'title ascending',
      { sort: 'title' },
      [
        'A Map of Rain',
        'Letters from Ostia',
        'Night Ferry',
        'The Glass Orchard',
        'The Quiet Harbour',
      ],
    ],
    [
      'title descending',
      { sort: '-title' },
      [
        'The Quiet Harbour',
        'The Glass Orchard',
        'Night Ferry',
        'Letters from Ostia',
        'A Map of Rain',
      ],
    ],
    [
      'price cents ascending',
      { sort: 'price' },
      [
        'The Quiet Harbour',
        'Night Ferry',
        'The Glass Orchard',
        'Letters from Ostia',
        'A Map of Rain',
      ],
    ],
    [
      'price cents descending',
      { sort: '-price' },
      [
        'A Map of Rain',
        'Letters from Ostia',
        'The Glass Orchard',
        'Night Ferry',
        'The Quiet Harbour',
      ],
    ],
    [
      'created at descending',
      { sort: 'newest' },
      [
        'Letters from Ostia',
        'Night Ferry',
        'The Quiet Harbour',
        'A Map of Rain',
        'The Glass Orchard',
      ],
    ],
  ])('sorts books: %s', async (_, query, found) => {
    await seedTestData.book({
      title: 'Night Ferry',
      price_cents: 1850,
      created_at: new Date('2024-03-16T12:00:00Z'),
    });
    await seedTestData.book({
      title: 'A Map of Rain',
      price_cents: 4360,
      created_at: new Date('2024-03-08T12:00:00Z'),
    });
    await seedTestData.book({
      title: 'The Quiet Harbour',
      price_cents: 975,
      created_at: new Date('2024-03-12T12:00:00Z'),
    });
    await seedTestData.book({
      title: 'Letters from Ostia',
      price_cents: 3120,
      created_at: new Date('2024-03-20T12:00:00Z'),
    });
    await seedTestData.book({
      title: 'The Glass Orchard',
      price_cents: 2400,
      created_at: new Date('2024-03-04T12:00:00Z'),
    });

    const response = await request(app).get('/api/v1/books').query(query);

    expect(response.status).toBe(200);
    expect(response.body.items.map((each: { title: unknown }) => each.title)).toEqual(found);
  });

  it('filters books by author', async () => {
    const author = await seedTestData.author();
    await seedTestData.book({ author: author._id, title: 'Night Ferry' });
    await seedTestData.book({ title: 'A Map of Rain' });
    await seedTestData.book({ author: author._id, title: 'The Quiet Harbour' });

    const response = await request(app).get('/api/v1/books').query({ author_id: author.id });

    expect(response.status).toBe(200);
    expect(response.body.items.map((each: { title: unknown }) => each.title).sort()).toEqual(
      ['Night Ferry', 'The Quiet Harbour'].sort(),
    );
  });

  it.each([
    ['a page that is no number', 'page', 'plenty'],
    ['a page of 0', 'page', 0],
    ['a per page that is no number', 'per_page', 'plenty'],
    ['a per page of 0', 'per_page', 0],
    ['a per page of 101', 'per_page', 101],
    ['an author id of another form', 'author_id', '?'],
    ['a min price that is no number', 'min_price', 'plenty'],
    ['a min price of -1', 'min_price', -1],
    ['a max price that is no number', 'max_price', 'plenty'],
    ['a max price of -1', 'max_price', -1],
    ['an empty q', 'q', ''],
    ['a q of 201 characters', 'q', 'x'.repeat(201)],
    ['an unknown sort', 'sort', 'sideways'],
  ])('refuses an invalid query for books: %s', async (_, field, value) => {
    const response = await request(app)
      .get('/api/v1/books')
      .query({ [field]: value });

    expect(response.status).toBe(400);
  });

  it('creates a book', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const author = await seedTestData.author();

    const response = await authenticatedRequest('POST', '/api/v1/books', admin).send({
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author_id: author.id,
      price_cents: 2400,
      stock: 7,
    });

    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({
      isbn: '9783161484100',
      title: 'A Map of Rain',
      price_cents: 2400,
      stock: 7,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    const book = await Book.findOne({ isbn: '9783161484100' }).orFail();
    expect(book).toMatchObject({
      title: 'A Map of Rain',
      author: author._id,
      price_cents: 2400,
      stock: 7,
    });
  });

  it('refuses a book with an author that is not there', async () => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.author();
    const before = await snapshot(['books']);

    const response = await authenticatedRequest('POST', '/api/v1/books', admin).send({
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author_id: '0123456789abcdef01234404',
      price_cents: 2400,
      stock: 7,
    });

    expect(response.status).toBe(404);
    expect(await snapshot(['books'])).toEqual(before);
  });

  it('refuses a second book with the same isbn', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const author = await seedTestData.author();
    await seedTestData.book({ isbn: '9783161484100' });
    const before = await snapshot(['books']);

    const response = await authenticatedRequest('POST', '/api/v1/books', admin).send({
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author_id: author.id,
      price_cents: 2400,
      stock: 7,
    });

    expect(response.status).toBe(409);
    expect(await snapshot(['books'])).toEqual(before);
  });

  it.each([
    ['no isbn', 'isbn', undefined],
    ['a null isbn', 'isbn', null],
    ['an isbn that is no text', 'isbn', { text: 'amber' }],
    ['an isbn of another form', 'isbn', '?'],
    ['no title', 'title', undefined],
    ['a null title', 'title', null],
    ['a title that is no text', 'title', { text: 'amber' }],
    ['an empty title', 'title', ''],
    ['a title of 201 characters', 'title', 'x'.repeat(201)],
    ['no author id', 'author_id', undefined],
    ['a null author id', 'author_id', null],
    ['an author id that is no text', 'author_id', { text: 'amber' }],
    ['an author id of another form', 'author_id', '?'],
    ['no price cents', 'price_cents', undefined],
    ['null price cents', 'price_cents', null],
    ['price cents that is no number', 'price_cents', 'plenty'],
    ['price cents of 0', 'price_cents', 0],
    ['no stock', 'stock', undefined],
    ['a null stock', 'stock', null],
    ['a stock that is no number', 'stock', 'plenty'],
    ['a stock of -1', 'stock', -1],
    ['a badly formed published on', 'published_on', 'someday'],
  ])('refuses an invalid book: %s', async (_, field, value) => {
    const admin = await createTestUser({ role: 'admin' });
    const author = await seedTestData.author();
    const before = await snapshot(['books']);
    const valid = {
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author_id: author.id,
      price_cents: 2400,
      stock: 7,
    };

    const response = await authenticatedRequest('POST', '/api/v1/books', admin).send({
      ...valid,
      [field]: value,
    });

    expect(response.status).toBe(400);
    expect(await snapshot(['books'])).toEqual(before);
  });

  it('refuses an empty book', async () => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.author();
    const before = await snapshot(['books']);

    const response = await authenticatedRequest('POST', '/api/v1/books', admin).send({});

    expect(response.status).toBe(400);
    expect(await snapshot(['books'])).toEqual(before);
  });

  it.each([
    ['a title of one character', 'title', 'x'],
    ['a title of 200 characters', 'title', 'x'.repeat(200)],
    ['price cents of 1', 'price_cents', 1],
    ['a stock of 0', 'stock', 0],
  ])('accepts a book at the edge of its rules: %s', async (_, field, value) => {
    const admin = await createTestUser({ role: 'admin' });
    const author = await seedTestData.author();
    const valid = {
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author_id: author.id,
      price_cents: 2400,
      stock: 7,
    };

    const response = await authenticatedRequest('POST', '/api/v1/books', admin).send({
      ...valid,
      [field]: value,
    });

    expect(response.status).toBe(201);
  });

  it('stores a book tidily however it is written', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const author = await seedTestData.author();

    const response = await authenticatedRequest('POST', '/api/v1/books', admin).send({
      isbn: '9783161484100',
      title: '  A Map of Rain ',
      author_id: author.id,
      price_cents: 2400,
      stock: 7,
    });

    expect(response.status).toBe(201);
    const book = await Book.findOne({ isbn: '9783161484100' }).orFail();
    expect(book).toMatchObject({
      title: 'A Map of Rain',
      author: author._id,
      price_cents: 2400,
      stock: 7,
    });
  });

  it('shows a book', async () => {
    const book = await seedTestData.book();

    const response = await request(app).get(`/api/v1/books/${book.id}`);

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      isbn: book.isbn,
      title: book.title,
      price_cents: book.price_cents,
      stock: book.stock,
      created_at: expect.any(String),
      updated_at: expect.any(String),
      author: expect.any(Object),
    });
  });

  it('says that a book is missing', async () => {
    await seedTestData.book();

    const response = await request(app).get('/api/v1/books/0123456789abcdef01234404');

    expect(response.status).toBe(404);
  });

  it.each([
    ['GET /api/v1/books/{id}', 'GET', '/api/v1/books/not-an-id'],
    ['GET /api/v1/books/{id}/reviews', 'GET', '/api/v1/books/not-an-id/reviews'],
  ])('refuses a malformed key in the path: %s', async (_, method, path) => {
    const response = await anonymousRequest(method, path);

    expect(response.status).toBe(400);
  });

  it('updates a book', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book();
    const author = await seedTestData.author();

    const response = await authenticatedRequest('PATCH', `/api/v1/books/${book.id}`, admin).send({
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author_id: author.id,
      price_cents: 2400,
      stock: 7,
    });

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      isbn: '9783161484100',
      title: 'A Map of Rain',
      price_cents: 2400,
      stock: 7,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    const savedBook = await Book.findOne({ _id: book._id }).orFail();
    expect(savedBook).toMatchObject({
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author: author._id,
      price_cents: 2400,
      stock: 7,
    });
  });

  it('refuses to change a book that is not there', async () => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.book();
    const author = await seedTestData.author();
    const before = await snapshot(['books']);

    const response = await authenticatedRequest(
      'PATCH',
      '/api/v1/books/0123456789abcdef01234404',
      admin,
    ).send({
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author_id: author.id,
      price_cents: 2400,
      stock: 7,
    });

    expect(response.status).toBe(404);
    expect(await snapshot(['books'])).toEqual(before);
  });

  it('refuses a change of a book with an author that is not there', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book();
    await seedTestData.author();
    const before = await snapshot(['books']);

    const response = await authenticatedRequest('PATCH', `/api/v1/books/${book.id}`, admin).send({
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author_id: '0123456789abcdef01234404',
      price_cents: 2400,
      stock: 7,
    });

    expect(response.status).toBe(404);
    expect(await snapshot(['books'])).toEqual(before);
  });

  it('refuses a change to an isbn that another book has', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book();
    const author = await seedTestData.author();
    await seedTestData.book({ isbn: '9783161484100' });
    const before = await snapshot(['books']);

    const response = await authenticatedRequest('PATCH', `/api/v1/books/${book.id}`, admin).send({
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author_id: author.id,
      price_cents: 2400,
      stock: 7,
    });

    expect(response.status).toBe(409);
    expect(await snapshot(['books'])).toEqual(before);
  });

  it('changes nothing else of a book (when the isbn is sent)', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book({ published_on: new Date('2023-03-15T09:30:00Z') });
    await seedTestData.author();

    const response = await authenticatedRequest('PATCH', `/api/v1/books/${book.id}`, admin).send({
      isbn: '9783161484100',
    });

    expect(response.status).toBe(200);
    const savedBook = await Book.findOne({ _id: book._id }).orFail();
    expect(savedBook).toMatchObject({
      isbn: '9783161484100',
      title: book.title,
      author: book.author,
      price_cents: book.price_cents,
      stock: book.stock,
      published_on: book.published_on,
    });
  });

  it('changes nothing else of a book (when the title is sent)', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book({ published_on: new Date('2023-03-15T09:30:00Z') });
    await seedTestData.author();

    const response = await authenticatedRequest('PATCH', `/api/v1/books/${book.id}`, admin).send({
      title: 'A Map of Rain',
    });

    expect(response.status).toBe(200);
    const savedBook = await Book.findOne({ _id: book._id }).orFail();
    expect(savedBook).toMatchObject({
      isbn: book.isbn,
      title: 'A Map of Rain',
      author: book.author,
      price_cents: book.price_cents,
      stock: book.stock,
      published_on: book.published_on,
    });
  });

  it('changes nothing else of a book (when the author is sent)', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book({ published_on: new Date('2023-03-15T09:30:00Z') });
    const author = await seedTestData.author();

    const response = await authenticatedRequest('PATCH', `/api/v1/books/${book.id}`, admin).send({
      author_id: author.id,
    });

    expect(response.status).toBe(200);
    const savedBook = await Book.findOne({ _id: book._id }).orFail();
    expect(savedBook).toMatchObject({
      isbn: book.isbn,
      title: book.title,
      author: author._id,
      price_cents: book.price_cents,
      stock: book.stock,
      published_on: book.published_on,
    });
  });

  it('changes nothing else of a book (when the price cents is sent)', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book({ published_on: new Date('2023-03-15T09:30:00Z') });
    await seedTestData.author();

    const response = await authenticatedRequest('PATCH', `/api/v1/books/${book.id}`, admin).send({
      price_cents: 2400,
    });

    expect(response.status).toBe(200);
    const savedBook = await Book.findOne({ _id: book._id }).orFail();
    expect(savedBook).toMatchObject({
      isbn: book.isbn,
      title: book.title,
      author: book.author,
      price_cents: 2400,
      stock: book.stock,
      published_on: book.published_on,
    });
  });

  it('changes nothing else of a book (when the stock is sent)', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book({ published_on: new Date('2023-03-15T09:30:00Z') });
    await seedTestData.author();

    const response = await authenticatedRequest('PATCH', `/api/v1/books/${book.id}`, admin).send({
      stock: 7,
    });

    expect(response.status).toBe(200);
    const savedBook = await Book.findOne({ _id: book._id }).orFail();
    expect(savedBook).toMatchObject({
      isbn: book.isbn,
      title: book.title,
      author: book.author,
      price_cents: book.price_cents,
      stock: 7,
      published_on: book.published_on,
    });
  });

  it.each([
    ['a null isbn', 'isbn', null],
    ['an isbn that is no text', 'isbn', { text: 'amber' }],
    ['an isbn of another form', 'isbn', '?'],
    ['a null title', 'title', null],
    ['a title that is no text', 'title', { text: 'amber' }],
    ['an empty title', 'title', ''],
    ['a title of 201 characters', 'title', 'x'.repeat(201)],
    ['a null author id', 'author_id', null],
    ['an author id that is no text', 'author_id', { text: 'amber' }],
    ['an author id of another form', 'author_id', '?'],
    ['null price cents', 'price_cents', null],
    ['price cents that is no number', 'price_cents', 'plenty'],
    ['price cents of 0', 'price_cents', 0],
    ['a null stock', 'stock', null],
    ['a stock that is no number', 'stock', 'plenty'],
    ['a stock of -1', 'stock', -1],
    ['a badly formed published on', 'published_on', 'someday'],
  ])('refuses an invalid change of a book: %s', async (_, field, value) => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book();
    const author = await seedTestData.author();
    const before = await snapshot(['books']);
    const valid = {
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author_id: author.id,
      price_cents: 2400,
      stock: 7,
    };

    const response = await authenticatedRequest('PATCH', `/api/v1/books/${book.id}`, admin).send({
      ...valid,
      [field]: value,
    });

    expect(response.status).toBe(400);
    expect(await snapshot(['books'])).toEqual(before);
  });

  it.each([
    ['a title of one character', 'title', 'x'],
    ['a title of 200 characters', 'title', 'x'.repeat(200)],
    ['price cents of 1', 'price_cents', 1],
    ['a stock of 0', 'stock', 0],
  ])('accepts a change of a book at the edge of its rules: %s', async (_, field, value) => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book();
    const author = await seedTestData.author();
    const valid = {
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author_id: author.id,
      price_cents: 2400,
      stock: 7,
    };

    const response = await authenticatedRequest('PATCH', `/api/v1/books/${book.id}`, admin).send({
      ...valid,
      [field]: value,
    });

    expect(response.status).toBe(200);
  });

  it('stores a change of a book tidily however it is written', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book();
    const author = await seedTestData.author();

    const response = await authenticatedRequest('PATCH', `/api/v1/books/${book.id}`, admin).send({
      isbn: '9783161484100',
      title: '  A Map of Rain ',
      author_id: author.id,
      price_cents: 2400,
      stock: 7,
    });

    expect(response.status).toBe(200);
    const savedBook = await Book.findOne({ _id: book._id }).orFail();
    expect(savedBook).toMatchObject({
      isbn: '9783161484100',
      title: 'A Map of Rain',
      author: author._id,
      price_cents: 2400,
      stock: 7,
    });
  });

  it.each([
    ['PATCH /api/v1/books/{id}', 'PATCH', '/api/v1/books/not-an-id'],
    ['DELETE /api/v1/books/{id}', 'DELETE', '/api/v1/books/not-an-id'],
  ])('refuses a malformed key in the path from an admin: %s', async (_, method, path) => {
    const admin = await createTestUser({ role: 'admin' });

    const response = await authenticatedRequest(method, path, admin);

    expect(response.status).toBe(400);
  });

  it('deletes a book and no other', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book();
    const otherBook = await seedTestData.book();

    const response = await authenticatedRequest('DELETE', `/api/v1/books/${book.id}`, admin);

    expect(response.status).toBe(204);
    expect(await Book.findOne({ _id: book._id })).toBeNull();
    expect(await Book.countDocuments({ _id: otherBook._id })).toBe(1);
  });

  it('refuses to delete a book that is not there', async () => {
    const admin = await createTestUser({ role: 'admin' });
    await seedTestData.book();
    const before = await snapshot(['reviews', 'books']);

    const response = await authenticatedRequest(
      'DELETE',
      '/api/v1/books/0123456789abcdef01234404',
      admin,
    );

    expect(response.status).toBe(404);
    expect(await snapshot(['reviews', 'books'])).toEqual(before);
  });

  it('has no book left to delete a second time', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book();

    const first = await authenticatedRequest('DELETE', `/api/v1/books/${book.id}`, admin);

    const response = await authenticatedRequest('DELETE', `/api/v1/books/${book.id}`, admin);

    expect(first.status).toBe(204);
    expect(response.status).toBe(404);
  });

  it('deletes the review together with a book', async () => {
    const admin = await createTestUser({ role: 'admin' });
    const book = await seedTestData.book();
    const review = await seedTestData.review({ book: book._id });

    const response = await authenticatedRequest('DELETE', `/api/v1/books/${book.id}`, admin);

    expect(response.status).toBe(204);
    expect(await Review.findOne({ _id: review._id })).toBeNull();
  });

  it('lists reviews of a book and of no other', async () => {
    const book = await seedTestData.book();
    await seedTestData.review({
      book: book._id,
      rating: 3,
      created_at: new Date('2024-03-08T12:00:00Z'),
    });
    await seedTestData.review({
      book: book._id,
      rating: 1,
      created_at: new Date('2024-03-20T12:00:00Z'),
    });
    await seedTestData.review({
      book: book._id,
      rating: 5,
      created_at: new Date('2024-03-04T12:00:00Z'),
    });
    await seedTestData.review();

    const response = await request(app).get(`/api/v1/books/${book.id}/reviews`);

    expect(response.status).toBe(200);
    expect(response.body.map((each: { rating: unknown }) => each.rating)).toEqual([1, 3, 5]);
  });

  it('finds no reviews of a book that is not there', async () => {
    await seedTestData.book();

    const response = await request(app).get('/api/v1/books/0123456789abcdef01234404/reviews');

    expect(response.status).toBe(404);
  });

  it('creates a review of a book', async () => {
    const customer = await createTestUser();
    const book = await seedTestData.book();

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/books/${book.id}/reviews`,
      customer,
    ).send({ rating: 2, body: 'A little slow at first.' });

    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({
      rating: 2,
      body: 'A little slow at first.',
      created_at: expect.any(String),
    });
    const review = await Review.findOne({ book: book._id, user: customer._id }).orFail();
    expect(review).toMatchObject({ rating: 2, body: 'A little slow at first.' });
  });

  it('refuses a review of a book that is not there', async () => {
    const customer = await createTestUser();
    await seedTestData.book();
    const before = await snapshot(['reviews']);

    const response = await authenticatedRequest(
      'POST',
      '/api/v1/books/0123456789abcdef01234404/reviews',
      customer,
    ).send({ rating: 2, body: 'A little slow at first.' });

    expect(response.status).toBe(404);
    expect(await snapshot(['reviews'])).toEqual(before);
  });

  it('refuses a second review of the same book', async () => {
    const customer = await createTestUser();
    const book = await seedTestData.book();
    await seedTestData.review({ book: book._id, user: customer._id });
    const before = await snapshot(['reviews']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/books/${book.id}/reviews`,
      customer,
    ).send({ rating: 2, body: 'A little slow at first.' });

    expect(response.status).toBe(409);
    expect(await snapshot(['reviews'])).toEqual(before);
  });

  it.each([
    ['no rating', 'rating', undefined],
    ['a null rating', 'rating', null],
    ['a rating that is no number', 'rating', 'plenty'],
    ['a rating of 0', 'rating', 0],
    ['a rating of 6', 'rating', 6],
    ['a body that is no text', 'body', { text: 'amber' }],
    ['a body of 2001 characters', 'body', 'x'.repeat(2001)],
  ])('refuses an invalid review: %s', async (_, field, value) => {
    const customer = await createTestUser();
    const book = await seedTestData.book();
    const before = await snapshot(['reviews']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/books/${book.id}/reviews`,
      customer,
    ).send({ rating: 2, body: 'A little slow at first.', [field]: value });

    expect(response.status).toBe(400);
    expect(await snapshot(['reviews'])).toEqual(before);
  });

  it('refuses an empty review', async () => {
    const customer = await createTestUser();
    const book = await seedTestData.book();
    const before = await snapshot(['reviews']);

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/books/${book.id}/reviews`,
      customer,
    ).send({});

    expect(response.status).toBe(400);
    expect(await snapshot(['reviews'])).toEqual(before);
  });

  it.each([
    ['a rating of 1', 'rating', 1],
    ['a rating of 5', 'rating', 5],
    ['a body of 2000 characters', 'body', 'x'.repeat(2000)],
  ])('accepts a review at the edge of its rules: %s', async (_, field, value) => {
    const customer = await createTestUser();
    const book = await seedTestData.book();

    const response = await authenticatedRequest(
      'POST',
      `/api/v1/books/${book.id}/reviews`,
      customer,
    ).send({ rating: 2, body: 'A little slow at first.', [field]: value });

    expect(response.status).toBe(201);
  });

  it('refuses a malformed key in the path from a customer', async () => {
    const customer = await createTestUser();

    const response = await authenticatedRequest(
      'POST',
      '/api/v1/books/not-an-id/reviews',
      customer,
    );

    expect(response.status).toBe(400);
  });
});
