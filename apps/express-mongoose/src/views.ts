import type { Author } from './models/author';
import type { Book } from './models/book';
import type { Order } from './models/order';
import type { Review } from './models/review';
import type { User } from './models/user';

/** What of a document goes out. */

export function userView({ id, email, name, role, created_at }: User) {
  return { id, email, name, role, created_at };
}

export function authorView({ id, name, bio }: Author) {
  return { id, name, bio };
}

export function bookView(book: Book) {
  return {
    id: book.id,
    isbn: book.isbn,
    title: book.title,
    author_id: book.author,
    price_cents: book.price_cents,
    stock: book.stock,
    published_on: book.published_on?.toISOString().slice(0, 10) ?? null,
    created_at: book.created_at,
    updated_at: book.updated_at,
  };
}

export function reviewView(review: Review) {
  return {
    id: review.id,
    book_id: review.book,
    user_id: review.user,
    rating: review.rating,
    body: review.body,
    created_at: review.created_at,
  };
}

export function orderView(order: Order) {
  return {
    id: order.id,
    user_id: order.user,
    status: order.status,
    total_cents: order.total_cents,
    payment_id: order.payment_id,
    created_at: order.created_at,
    items: order.items.map((item) => ({
      book_id: item.book,
      quantity: item.quantity,
      unit_price_cents: item.unit_price_cents,
    })),
  };
}
