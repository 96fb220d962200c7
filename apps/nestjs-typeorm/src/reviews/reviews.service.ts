import {
  ConflictException,
  ForbiddenException,
  Injectable,
  NotFoundException,
} from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { BooksService } from '../books/books.service';
import { isForeignKeyViolation, isUniqueViolation } from '../database/errors';
import { Role, type User } from '../users/user.entity';
import { ReviewCreate, ReviewUpdate } from './review.dto';
import { Review } from './review.entity';

@Injectable()
export class ReviewsService {
  constructor(
    @InjectRepository(Review) private readonly reviews: Repository<Review>,
    private readonly books: BooksService,
  ) {}

  async list(book_id: number): Promise<Review[]> {
    await this.books.find(book_id);
    return this.reviews.find({ where: { book_id }, order: { created_at: 'DESC', id: 'DESC' } });
  }

  async create(user: User, book_id: number, { rating, body }: ReviewCreate): Promise<Review> {
    await this.books.find(book_id);
    try {
      const review = this.reviews.create({ book_id, user_id: user.id, rating, body });
      return await this.reviews.save(review);
    } catch (error) {
      if (isUniqueViolation(error)) {
        throw new ConflictException('You have already reviewed this book');
      }
      if (isForeignKeyViolation(error)) {
        throw new NotFoundException('There is no such book');
      }
      throw error;
    }
  }

  async update(user: User, id: number, { rating, body }: ReviewUpdate): Promise<Review> {
    const review = await this.find(id);
    if (review.user_id !== user.id) {
      throw new ForbiddenException('This is not your review');
    }
    return this.reviews.save(this.reviews.merge(review, { rating, body }));
  }

  async remove(user: User, id: number): Promise<void> {
    const review = await this.find(id);
    if (review.user_id !== user.id && user.role !== Role.Admin) {
      throw new ForbiddenException('This is not your review');
    }
    await this.reviews.remove(review);
  }

  private async find(id: number): Promise<Review> {
    const review = await this.reviews.findOneBy({ id });
    if (!review) {
      throw new NotFoundException('There is no such review');
    }
    return review;
  }
}
