import bcryptjs from 'bcryptjs';
import { repository } from './database';

export const PASSWORD = 'Violet-Harbour-42';
const hashes = new Map<string, string>();

/** The password as the app stores it; each is hashed once, for it takes long on purpose. */
export async function hashed(password: string): Promise<string> {
  if (!hashes.has(password)) hashes.set(password, await bcryptjs.hash(password, 4));
  return hashes.get(password)!;
}

/** The fields of a row that matter to a test; its factory fills in the rest. */
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
  return repository('Author').save({ name: nextAuthorName(), ...values });
}

async function createBook(values: Values = {}) {
  const authorId = values.author_id ?? (await createAuthor()).id;
  return repository('Book').save({
    title: 'The Quiet Harbour',
    price_cents: 1850,
    stock: 12,
    isbn: nextBookIsbn(),
    author_id: authorId,
    ...values,
  });
}

async function createOrderItem(values: Values = {}) {
  const orderId = values.order_id ?? (await createOrder()).id;
  const bookId = values.book_id ?? (await createBook()).id;
  return repository('OrderItem').save({
    quantity: 2,
    unit_price_cents: 1850,
    order_id: orderId,
    book_id: bookId,
    ...values,
  });
}

async function createOrder(values: Values = {}) {
  const userId = values.user_id ?? (await createTestUser()).id;
  return repository('Order').save({ total_cents: 1850, user_id: userId, ...values });
}

async function createReview(values: Values = {}) {
  const bookId = values.book_id ?? (await createBook()).id;
  const userId = values.user_id ?? (await createTestUser()).id;
  return repository('Review').save({ rating: 4, book_id: bookId, user_id: userId, ...values });
}

export async function createTestUser(values: Values = {}) {
  return repository('User').save({
    name: 'Rosa Lind',
    email: nextUserEmail(),
    password_hash: await hashed(PASSWORD),
    ...values,
  });
}

/** Rows for tests: each factory fills in what a test does not care about. */
export const seedTestData = {
  author: createAuthor,
  book: createBook,
  orderItem: createOrderItem,
  order: createOrder,
  review: createReview,
  user: createTestUser,
};
