import { PartialType } from '@nestjs/mapped-types';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, Matches } from 'class-validator';

import { Day } from '../validation/day.decorator';
import { Whole } from '../validation/numbers.decorator';
import { PageQuery } from '../validation/page.query';
import { Line } from '../validation/text.decorator';

export class BookCreate {
  @Matches(/^[0-9]{13}$/)
  isbn: string;

  @Line(200)
  title: string;

  @Whole(1)
  author_id: number;

  @Whole(1)
  price_cents: number;

  @Whole(0)
  stock: number;

  @IsOptional()
  @Day()
  published_on?: string | null;
}

/** Of what is sent only the day may be null. */
export class BookUpdate extends PartialType(BookCreate, { skipNullProperties: false }) {}

export const BOOK_SORTS = ['title', '-title', 'price', '-price', 'newest'] as const;

export type BookSort = (typeof BOOK_SORTS)[number];

export class BookQuery extends PageQuery {
  @IsOptional()
  @Type(() => Number)
  @Whole(1)
  author_id?: number;

  @IsOptional()
  @Type(() => Number)
  @Whole(0)
  min_price?: number;

  @IsOptional()
  @Type(() => Number)
  @Whole(0)
  max_price?: number;

  @IsOptional()
  @Line(200)
  q?: string;

  @IsIn(BOOK_SORTS)
  sort: BookSort = 'newest';
}
