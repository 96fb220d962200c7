import { type Static, Type } from '@sinclair/typebox';
import { envSchema } from 'env-schema';

const environment = Type.Object({
  PORT: Type.Integer({ default: 3000 }),
  LOG_LEVEL: Type.String({ default: 'info' }),
  API_PREFIX: Type.String({ default: '/api/v1' }),
  DATABASE_URL: Type.String({ minLength: 1 }),

  JWT_SECRET: Type.String({ minLength: 32 }),
  TOKEN_TTL_SECONDS: Type.Integer({ default: 3600 }),
  BCRYPT_ROUNDS: Type.Integer({ default: 10 }),

  PAYMENT_URL: Type.String({ default: 'https://api.stripe.com' }),
  PAYMENT_KEY: Type.String({ minLength: 1 }),
  PAYMENT_TIMEOUT_MS: Type.Integer({ default: 5000 }),
  PAYMENT_RETRY_DELAY_MS: Type.Integer({ default: 200 }),
  PAYMENT_WEBHOOK_SECRET: Type.String({ minLength: 1 }),

  SMTP_HOST: Type.String({ minLength: 1 }),
  SMTP_PORT: Type.Integer({ default: 587 }),
  SMTP_USERNAME: Type.String({ default: '' }),
  SMTP_PASSWORD: Type.String({ default: '' }),
  SMTP_TIMEOUT_MS: Type.Integer({ default: 5000 }),
  MAIL_FROM: Type.String({ minLength: 1 }),

  SEARCH_URL: Type.String({ minLength: 1 }),
  SEARCH_API_KEY: Type.String({ minLength: 1 }),
  SEARCH_TIMEOUT_MS: Type.Integer({ default: 2000 }),
});

/** Every setting, read from the environment and from `.env` once. */
export const config = envSchema<Static<typeof environment>>({ schema: environment, dotenv: true });
