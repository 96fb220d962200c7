import { Body, Controller, Get, Param, Post } from '@nestjs/common';

import { CurrentUser } from '../auth/current-user.decorator';
import { Public } from '../auth/public.decorator';
import { User } from '../users/user.entity';
import { IdPipe } from '../validation/id.pipe';
import { ReviewCreate } from './review.dto';
import { ReviewsService } from './reviews.service';

@Controller('books/:bookId/reviews')
export class BookReviewsController {
  constructor(private readonly reviews: ReviewsService) {}

  @Public()
  @Get()
  list(@Param('bookId', IdPipe) bookId: number) {
    return this.reviews.list(bookId);
  }

  @Post()
  create(
    @CurrentUser() user: User,
    @Param('bookId', IdPipe) bookId: number,
    @Body() input: ReviewCreate,
  ) {
    return this.reviews.create(user, bookId, input);
  }
}
