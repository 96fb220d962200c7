import { Author, Book, Order, Review, User } from './database';

export const PASSWORD = 'Violet-Harbour-42';

/** The fields of a document that matter to a test; its factory fills in the rest. */
type Values = Record<string, any>;

/** Gives the values in turn, so that unique fields never repeat within a test. */
function inTurn<T>(values: T[]) {
  let turn = -1;
  return () => values[(turn += 1) % values.length]!;
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

async function createAuthor(values: Values = {}) {
  return Author.create({ name: nextAuthorName(), ...values });
}

async function createBook(values: Values = {}) {
  const author = values.author ?? (await createAuthor())._id;
  return Book.create({
    title: 'The Quiet Harbour',
    price_cents: 1850,
    stock: 12,
    isbn: nextBookIsbn(),
    author,
    ...values,
  });
}

async function createOrder(values: Values = {}) {
  const user = values.user ?? (await createTestUser())._id;
  return Order.create({ total_cents: 1850, user, ...values });
}

async function createReview(values: Values = {}) {
  const book = values.book ?? (await createBook())._id;
  const user = values.user ?? (await createTestUser())._id;
  return Review.create({ rating: 4, book, user, ...values });
}

export async function createTestUser(values: Values = {}) {
  return User.create({
    name: 'Rosa Lind',
    email: nextUserEmail(),
    password_hash: PASSWORD,
    ...values,
  });
}

/** Documents for tests: each factory fills in what a test does not care about. */
export const seedTestData = {
  author: createAuthor,
  book: createBook,
  order: createOrder,
  review: createReview,
  user: createTestUser,
};
