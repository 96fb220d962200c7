const { hashPassword } = require('../../../src/security');
const { Author, Book, Order, OrderItem, Review, User, created } = require('./database');

const PASSWORD = 'Violet-Harbour-42';
const hashes = new Map();

/** The password as the app stores it; each is hashed once, for it takes long on purpose. */
async function hashed(password) {
  if (!hashes.has(password)) hashes.set(password, await hashPassword(password));
  return hashes.get(password);
}

/** Gives the values in turn, so that unique fields never repeat within a test. */
function inTurn(values) {
  let turn = -1;
  return () => values[(turn += 1) % values.length];
}

const nextAuthorName = inTurn([
  'Rosa Lind',
  'Karel Novak',
  'Amina Diallo',
  'Hana Sato',
  'Piet Visser',
  'Lucia Ferri',
]);
const nextBookIsbn = inTurn([
  '9780306406157',
  '9780140449136',
  '9780679783268',
  '9780262033848',
  '9780132350884',
  '9780201633610',
]);
const nextUserEmail = inTurn([
  'rosa@example.com',
  'karel@example.com',
  'amina@example.com',
  'hana@example.com',
  'piet@example.com',
  'lucia@example.com',
]);

async function createAuthor(values = {}) {
  return created(Author, { name: nextAuthorName(), ...values });
}

async function createBook(values = {}) {
  const authorId = values.author_id ?? (await createAuthor()).id;
  return created(Book, {
    title: 'The Quiet Harbour',
    price_cents: 1850,
    stock: 12,
    isbn: nextBookIsbn(),
    author_id: authorId,
    ...values,
  });
}

async function createOrder(values = {}) {
  const userId = values.user_id ?? (await createTestUser()).id;
  return created(Order, { total_cents: 1850, user_id: userId, ...values });
}

async function createOrderItem(values = {}) {
  const orderId = values.order_id ?? (await createOrder()).id;
  const bookId = values.book_id ?? (await createBook()).id;
  return created(OrderItem, {
    quantity: 2,
    unit_price_cents: 1850,
    order_id: orderId,
    book_id: bookId,
    ...values,
  });
}

async function createReview(values = {}) {
  const bookId = values.book_id ?? (await createBook()).id;
  const userId = values.user_id ?? (await createTestUser()).id;
  return created(Review, { rating: 4, book_id: bookId, user_id: userId, ...values });
}

async function createTestUser(values = {}) {
  return created(User, {
    name: 'Rosa Lind',
    email: nextUserEmail(),
    password_hash: await hashed(PASSWORD),
    ...values,
  });
}

/** Rows for tests: each factory fills in what a test does not care about. */
const seedTestData = {
  author: createAuthor,
  book: createBook,
  order: createOrder,
  orderItem: createOrderItem,
  review: createReview,
  user: createTestUser,
};

module.exports = { seedTestData, PASSWORD, hashed, createTestUser };
