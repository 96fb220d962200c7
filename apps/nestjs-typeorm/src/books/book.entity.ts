import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
} from 'typeorm';

import { Author } from '../authors/author.entity';

@Entity('books')
@Check(`"isbn" ~ '^[0-9]{13}$'`)
@Check(`"price_cents" >= 1`)
@Check(`"stock" >= 0`)
export class Book {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ length: 13, unique: true })
  isbn: string;

  @Column({ length: 200 })
  title: string;

  @Index()
  @Column()
  author_id: number;

  @ManyToOne(() => Author, (author) => author.books, { onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'author_id' })
  author?: Author;

  @Column()
  price_cents: number;

  @Column()
  stock: number;

  @Column({ type: 'date', nullable: true })
  published_on: string | null;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3 })
  updated_at: Date;
}
