import { plainToInstance } from 'class-transformer';
import { IsNotEmpty, IsString, IsUrl, MinLength, validateSync } from 'class-validator';

/** What has no default and must be set. */
class Environment {
  @IsString()
  @IsNotEmpty()
  DATABASE_URL: string;

  @IsString()
  @MinLength(32)
  JWT_SECRET: string;

  @IsString()
  @IsNotEmpty()
  PAYMENT_KEY: string;

  @IsString()
  @IsNotEmpty()
  PAYMENT_WEBHOOK_SECRET: string;

  @IsString()
  @IsNotEmpty()
  SMTP_HOST: string;

  @IsString()
  @IsNotEmpty()
  MAIL_FROM: string;

  @IsUrl({ require_tld: false })
  SEARCH_URL: string;

  @IsString()
  @IsNotEmpty()
  SEARCH_API_KEY: string;
}

export function validate(variables: Record<string, unknown>): Record<string, unknown> {
  const errors = validateSync(plainToInstance(Environment, variables));
  if (errors.length > 0) {
    throw new Error(errors.map((error) => error.toString()).join('\n'));
  }
  return variables;
}
