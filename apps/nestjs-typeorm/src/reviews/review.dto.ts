import { PartialType } from '@nestjs/mapped-types';
import { IsOptional, MaxLength } from 'class-validator';

import { Whole } from '../validation/numbers.decorator';
import { Text } from '../validation/text.decorator';

export class ReviewCreate {
  @Whole(1, 5)
  rating: number;

  @IsOptional()
  @Text()
  @MaxLength(2000)
  body?: string | null;
}

export class ReviewUpdate extends PartialType(ReviewCreate, { skipNullProperties: false }) {}
