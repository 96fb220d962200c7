import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, Length, NotContains } from 'class-validator';

/** PostgreSQL cannot store a NUL character. */
export function Text(): PropertyDecorator {
  return applyDecorators(
    IsString(),
    NotContains('\0', { message: '$property must not contain NUL characters' }),
  );
}

/** A text that is not blank. */
export function Line(max: number): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? value.trim() : value)),
    Text(),
    Length(1, max),
  );
}
