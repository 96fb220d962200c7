/** What of a record goes out. */

const userOut = ({ id, email, name, role, created_at }) => ({ id, email, name, role, created_at });

const authorOut = ({ id, name, bio }) => ({ id, name, bio });

const bookOut = (book) => ({
  id: book.id,
  isbn: book.isbn,
  title: book.title,
  author_id: book.author_id,
  price_cents: book.price_cents,
  stock: book.stock,
  published_on: book.published_on,
  created_at: book.created_at,
  updated_at: book.updated_at,
});

const reviewOut = ({ id, book_id, user_id, rating, body, created_at }) => ({
  id,
  book_id,
  user_id,
  rating,
  body,
  created_at,
});

const orderItemOut = ({ id, book_id, quantity, unit_price_cents }) => ({
  id,
  book_id,
  quantity,
  unit_price_cents,
});

const orderOut = (order) => ({
  id: order.id,
  user_id: order.user_id,
  status: order.status,
  total_cents: order.total_cents,
  payment_id: order.payment_id,
  created_at: order.created_at,
  items: order.items.map(orderItemOut),
});

module.exports = { userOut, authorOut, bookOut, reviewOut, orderOut };
