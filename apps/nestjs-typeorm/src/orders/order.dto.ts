import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsEnum,
  IsIn,
  IsOptional,
  ValidateNested,
} from 'class-validator';

import { Day } from '../validation/day.decorator';
import { Whole } from '../validation/numbers.decorator';
import { PageQuery } from '../validation/page.query';
import { Line } from '../validation/text.decorator';
import { OrderStatus } from './order.entity';

export class OrderLine {
  @Whole(1)
  book_id: number;

  @Whole(1, 100)
  quantity: number;
}

export class OrderCreate {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique((line?: OrderLine) => line?.book_id, { message: 'each book must be named once' })
  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  items: OrderLine[];
}

export class Payment {
  @Line(255)
  token: string;
}

export const ORDER_SORTS = ['newest', 'oldest', 'total', '-total'] as const;

export type OrderSort = (typeof ORDER_SORTS)[number];

export class OrderQuery extends PageQuery {
  @IsOptional()
  @IsEnum(OrderStatus)
  status?: OrderStatus;

  @IsOptional()
  @Type(() => Number)
  @Whole(1)
  user_id?: number;

  @IsOptional()
  @Day()
  from?: string;

  @IsOptional()
  @Day()
  to?: string;

  @IsIn(ORDER_SORTS)
  sort: OrderSort = 'newest';
}
