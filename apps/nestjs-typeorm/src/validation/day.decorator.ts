import { applyDecorators } from '@nestjs/common';
import { IsDateString, Matches } from 'class-validator';

/** A day of our era without a time: `2026-01-31`. */
export function Day(): PropertyDecorator {
  return applyDecorators(
    IsDateString({ strict: true }),
    Matches(/^(?!0000)\d{4}-\d{2}-\d{2}$/, { message: '$property must be a day' }),
  );
}
