import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Between, type FindOptionsOrder, ILike, Repository } from 'typeorm';

import { AuthorsService } from '../authors/authors.service';
import { isForeignKeyViolation, isUniqueViolation } from '../database/errors';
import { Review } from '../reviews/review.entity';
import { INT4_MAX } from '../validation/numbers.decorator';
import { type Page, type PageQuery, slice } from '../validation/page.query';
import { BookCreate, BookQuery, type BookSort, BookUpdate } from './book.dto';
import { Book } from './book.entity';

const ORDERINGS: Record<BookSort, FindOptionsOrder<Book>> = {
  title: { title: 'ASC', id: 'ASC' },
  '-title': { title: 'DESC', id: 'ASC' },
  price: { price_cents: 'ASC', id: 'ASC' },
  '-price': { price_cents: 'DESC', id: 'ASC' },
  newest: { created_at: 'DESC', id: 'DESC' },
};

@Injectable()
export class BooksService {
  constructor(
    @InjectRepository(Book) private readonly books: Repository<Book>,
    @InjectRepository(Review) private readonly reviews: Repository<Review>,
    private readonly authors: AuthorsService,
  ) {}

  async list(query: BookQuery): Promise<Page<Book>> {
    const { author_id, min_price = 0, max_price = INT4_MAX, q, sort, page, per_page } = query;
    const [items, total] = await this.books.findAndCount({
      where: {
        author_id,
        price_cents: Between(min_price, max_price),
        title: q === undefined ? undefined : containing(q),
      },
      order: ORDERINGS[sort],
      ...slice(query),
    });
    return { items, total, page, per_page };
  }

  /** The books whose title contains the text, in any case. */
  async search(q: string, query: PageQuery): Promise<[Book[], number]> {
    return this.books.findAndCount({
      where: { title: containing(q) },
      order: { title: 'ASC', id: 'ASC' },
      ...slice(query),
    });
  }

  async findMany(ids: number[]): Promise<Book[]> {
    const found = await this.books.findBy(ids.map((id) => ({ id })));
    return found.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  }

  async find(id: number): Promise<Book> {
    const book = await this.books.findOneBy({ id });
    if (!book) {
      throw new NotFoundException('There is no such book');
    }
    return book;
  }

  async show(id: number) {
    const book = await this.books.findOne({ where: { id }, relations: { author: true } });
    if (!book) {
      throw new NotFoundException('There is no such book');
    }
    const average = await this.reviews.average('rating', { book_id: id });
    return { ...book, rating_average: average === null ? null : Number(average.toFixed(2)) };
  }

  async create(input: BookCreate): Promise<Book> {
    await this.authors.find(input.author_id);
    return this.store(this.books.create(input));
  }

  async update(id: number, input: BookUpdate): Promise<Book> {
    const book = await this.find(id);
    if (input.author_id !== undefined) {
      await this.authors.find(input.author_id);
    }
    return this.store(this.books.merge(book, input));
  }

  async remove(id: number): Promise<void> {
    const book = await this.find(id);
    try {
      await this.books.remove(book);
    } catch (error) {
      if (isForeignKeyViolation(error)) {
        throw new ConflictException('This book has been ordered');
      }
      throw error;
    }
  }

  private async store(book: Book): Promise<Book> {
    try {
      return await this.books.save(book);
    } catch (error) {
      if (isUniqueViolation(error)) {
        throw new ConflictException('There is already a book with this ISBN');
      }
      // Somebody removed the author between our look and our change.
      if (isForeignKeyViolation(error)) {
        throw new NotFoundException('There is no such author');
      }
      throw error;
    }
  }
}

function containing(text: string) {
  return ILike(`%${text.replace(/[\\%_]/g, '\\$&')}%`);
}
