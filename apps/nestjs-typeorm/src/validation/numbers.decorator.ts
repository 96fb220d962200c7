import { applyDecorators } from '@nestjs/common';
import { IsInt, Max, Min } from 'class-validator';

export const INT4_MAX = 2_147_483_647;

/** A whole number that fits into the column. */
export function Whole(min: number, max = INT4_MAX): PropertyDecorator {
  return applyDecorators(IsInt(), Min(min), Max(max));
}
