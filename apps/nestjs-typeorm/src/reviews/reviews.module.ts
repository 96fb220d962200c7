import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { BooksModule } from '../books/books.module';
import { BookReviewsController } from './book-reviews.controller';
import { Review } from './review.entity';
import { ReviewsController } from './reviews.controller';
import { ReviewsService } from './reviews.service';

@Module({
  imports: [TypeOrmModule.forFeature([Review]), BooksModule],
  controllers: [BookReviewsController, ReviewsController],
  providers: [ReviewsService],
})
export class ReviewsModule {}
