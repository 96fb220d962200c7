import { join } from 'node:path';

import { registerAs } from '@nestjs/config';
import type { DataSourceOptions } from 'typeorm';

import { Author } from '../authors/author.entity';
import { Book } from '../books/book.entity';
import { OrderItem } from '../orders/order-item.entity';
import { Order } from '../orders/order.entity';
import { Review } from '../reviews/review.entity';
import { User } from '../users/user.entity';

export const databaseConfig = registerAs(
  'database',
  (): DataSourceOptions => ({
    type: 'postgres',
    url: process.env.DATABASE_URL,
    entities: [User, Author, Book, Review, Order, OrderItem],
    migrations: [join(__dirname, '../database/migrations/*.{ts,js}')],
  }),
);
