import { Column, Entity, OneToMany, PrimaryGeneratedColumn } from 'typeorm';

import type { Book } from '../books/book.entity';

@Entity('authors')
export class Author {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ length: 120, unique: true })
  name: string;

  @Column({ type: 'text', nullable: true })
  bio: string | null;

  @OneToMany('Book', 'author')
  books?: Book[];
}
