import { Type } from 'class-transformer';

import { Whole } from './numbers.decorator';

export class PageQuery {
  @Type(() => Number)
  @Whole(1)
  page = 1;

  @Type(() => Number)
  @Whole(1, 100)
  per_page = 20;
}

export interface Page<T> {
  items: T[];
  total: number;
  page: number;
  per_page: number;
}

export function slice({ page, per_page }: PageQuery): { skip: number; take: number } {
  return { skip: (page - 1) * per_page, take: per_page };
}
