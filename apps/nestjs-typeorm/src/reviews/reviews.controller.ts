import { Body, Controller, Delete, HttpCode, Param, Patch } from '@nestjs/common';

import { CurrentUser } from '../auth/current-user.decorator';
import { User } from '../users/user.entity';
import { IdPipe } from '../validation/id.pipe';
import { ReviewUpdate } from './review.dto';
import { ReviewsService } from './reviews.service';

@Controller('reviews')
export class ReviewsController {
  constructor(private readonly reviews: ReviewsService) {}

  @Patch(':id')
  update(@CurrentUser() user: User, @Param('id', IdPipe) id: number, @Body() input: ReviewUpdate) {
    return this.reviews.update(user, id, input);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@CurrentUser() user: User, @Param('id', IdPipe) id: number) {
    return this.reviews.remove(user, id);
  }
}
