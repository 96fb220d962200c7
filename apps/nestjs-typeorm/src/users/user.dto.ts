import { PartialType } from '@nestjs/mapped-types';
import { Transform } from 'class-transformer';
import { IsEmail, IsString, MaxLength, MinLength } from 'class-validator';

import { BcryptLength } from '../validation/bcrypt-length.decorator';
import { Line } from '../validation/text.decorator';

export class Registration {
  @Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsEmail()
  @MaxLength(254)
  email: string;

  @Line(80)
  name: string;

  @IsString()
  @MinLength(10)
  @BcryptLength()
  password: string;
}

/** What is sent is not null: every column of a user is filled. */
export class ProfileUpdate extends PartialType(Registration, { skipNullProperties: false }) {}
