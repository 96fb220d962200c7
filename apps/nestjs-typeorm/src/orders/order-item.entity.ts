import { Exclude } from 'class-transformer';
import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';

import { Book } from '../books/book.entity';
import type { Order } from './order.entity';

@Entity('order_items')
@Unique(['order_id', 'book_id'])
@Check(`"quantity" BETWEEN 1 AND 100`)
export class OrderItem {
  @PrimaryGeneratedColumn()
  id: number;

  @Exclude()
  @Column()
  order_id: number;

  @ManyToOne('Order', 'items', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'order_id' })
  order?: Order;

  @Index()
  @Column()
  book_id: number;

  @ManyToOne(() => Book, { onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'book_id' })
  book?: Book;

  @Column({ type: 'smallint' })
  quantity: number;

  @Column()
  unit_price_cents: number;
}
