import { z } from 'zod';

const environment = z.object({
  PORT: z.coerce.number().int().default(3000),
  API_PREFIX: z.string().default('/api/v1'),
  DATABASE_URL: z.string().min(1),

  JWT_SECRET: z.string().min(32),
  TOKEN_TTL_SECONDS: z.coerce.number().int().default(3600),
  BCRYPT_ROUNDS: z.coerce.number().int().default(10),

  PAYMENT_URL: z.url().default('https://api.stripe.com'),
  PAYMENT_KEY: z.string().min(1),
  PAYMENT_TIMEOUT_MS: z.coerce.number().int().default(5000),
  PAYMENT_RETRY_DELAY_MS: z.coerce.number().int().default(200),
  PAYMENT_WEBHOOK_SECRET: z.string().min(1),

  SMTP_HOST: z.string().min(1),
  SMTP_PORT: z.coerce.number().int().default(587),
  SMTP_USERNAME: z.string().default(''),
  SMTP_PASSWORD: z.string().default(''),
  SMTP_TIMEOUT_MS: z.coerce.number().int().default(5000),
  MAIL_FROM: z.string().min(1),

  SEARCH_URL: z.url(),
  SEARCH_API_KEY: z.string().min(1),
  SEARCH_TIMEOUT_MS: z.coerce.number().int().default(2000),
});

/** Every setting, read from the environment once. */
export const config = environment.parse(process.env);
