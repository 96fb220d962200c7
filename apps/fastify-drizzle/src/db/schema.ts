import { relations, sql } from 'drizzle-orm';
import {
  bigint,
  check,
  date,
  index,
  integer,
  pgEnum,
  pgTable,
  serial,
  smallint,
  text,
  timestamp,
  unique,
  varchar,
} from 'drizzle-orm/pg-core';

const createdAt = () => timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow();

export const role = pgEnum('role', ['customer', 'admin']);
export const orderStatus = pgEnum('order_status', ['pending', 'paid', 'cancelled']);

export const users = pgTable('users', {
  id: serial().primaryKey(),
  /** Stored in lower case. */
  email: varchar({ length: 254 }).notNull().unique(),
  name: varchar({ length: 80 }).notNull(),
  password_hash: text().notNull(),
  role: role().notNull().default('customer'),
  created_at: createdAt(),
});

export const authors = pgTable('authors', {
  id: serial().primaryKey(),
  name: varchar({ length: 120 }).notNull().unique(),
  bio: text(),
});

export const books = pgTable(
  'books',
  {
    id: serial().primaryKey(),
    isbn: varchar({ length: 13 }).notNull().unique(),
    title: varchar({ length: 200 }).notNull(),
    author_id: integer()
      .notNull()
      .references(() => authors.id, { onDelete: 'restrict' }),
    price_cents: integer().notNull(),
    stock: integer().notNull(),
    published_on: date(),
    created_at: createdAt(),
    updated_at: createdAt().$onUpdate(() => new Date()),
  },
  (table) => [
    index().on(table.author_id),
    check('books_isbn_check', sql`${table.isbn} ~ '^[0-9]{13}$'`),
    check('books_price_cents_check', sql`${table.price_cents} >= 1`),
    check('books_stock_check', sql`${table.stock} >= 0`),
  ],
);

export const reviews = pgTable(
  'reviews',
  {
    id: serial().primaryKey(),
    book_id: integer()
      .notNull()
      .references(() => books.id, { onDelete: 'cascade' }),
    user_id: integer()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    rating: smallint().notNull(),
    body: varchar({ length: 2000 }),
    created_at: createdAt(),
  },
  (table) => [
    unique().on(table.book_id, table.user_id),
    index().on(table.user_id),
    check('reviews_rating_check', sql`${table.rating} BETWEEN 1 AND 5`),
  ],
);

export const orders = pgTable(
  'orders',
  {
    id: serial().primaryKey(),
    user_id: integer()
      .notNull()
      .references(() => users.id, { onDelete: 'restrict' }),
    status: orderStatus().notNull().default('pending'),
    total_cents: bigint({ mode: 'number' }).notNull(),
    payment_id: varchar({ length: 255 }),
    created_at: createdAt(),
  },
  (table) => [index().on(table.user_id)],
);

export const orderItems = pgTable(
  'order_items',
  {
    id: serial().primaryKey(),
    order_id: integer()
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
    book_id: integer()
      .notNull()
      .references(() => books.id, { onDelete: 'restrict' }),
    quantity: smallint().notNull(),
    unit_price_cents: integer().notNull(),
  },
  (table) => [
    unique().on(table.order_id, table.book_id),
    index().on(table.book_id),
    check('order_items_quantity_check', sql`${table.quantity} BETWEEN 1 AND 100`),
  ],
);

export const bookRelations = relations(books, ({ one }) => ({
  author: one(authors, { fields: [books.author_id], references: [authors.id] }),
}));

export const orderRelations = relations(orders, ({ many }) => ({ items: many(orderItems) }));

export const orderItemRelations = relations(orderItems, ({ one }) => ({
  order: one(orders, { fields: [orderItems.order_id], references: [orders.id] }),
}));

export type User = typeof users.$inferSelect;
export type Order = typeof orders.$inferSelect & { items: (typeof orderItems.$inferSelect)[] };
