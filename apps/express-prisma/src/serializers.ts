import type { Author, Book, Order, OrderItem, Review, User } from '@prisma/client';

/** What of a record goes out. */

export function userOut({ id, email, name, role, created_at }: User) {
  return { id, email, name, role, created_at };
}

export function authorOut({ id, name, bio }: Author) {
  return { id, name, bio };
}

export function bookOut(book: Book) {
  return {
    id: book.id,
    isbn: book.isbn,
    title: book.title,
    author_id: book.author_id,
    price_cents: book.price_cents,
    stock: book.stock,
    published_on: book.published_on?.toISOString().slice(0, 10) ?? null,
    created_at: book.created_at,
    updated_at: book.updated_at,
  };
}

export function reviewOut({ id, book_id, user_id, rating, body, created_at }: Review) {
  return { id, book_id, user_id, rating, body, created_at };
}

export function orderOut(order: Order & { items: OrderItem[] }) {
  return {
    id: order.id,
    user_id: order.user_id,
    status: order.status,
    total_cents: Number(order.total_cents),
    payment_id: order.payment_id,
    created_at: order.created_at,
    items: order.items.map(orderItemOut),
  };
}

function orderItemOut({ id, book_id, quantity, unit_price_cents }: OrderItem) {
  return { id, book_id, quantity, unit_price_cents };
}
