import { z } from 'zod';

const environment = z.object({
  PORT: z.coerce.number().int().default(3000),
  MONGODB_URI: z.string().min(1),

  JWT_SECRET: z.string().min(32),
  JWT_LIFETIME_SECONDS: z.coerce.number().int().default(3600),
  BCRYPT_COST: z.coerce.number().int().default(10),

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

const env = environment.parse(process.env);

/** Every setting, read from the environment once. */
export const config = {
  port: env.PORT,
  mongoUri: env.MONGODB_URI,
  jwt: { secret: env.JWT_SECRET, lifetime: env.JWT_LIFETIME_SECONDS },
  bcryptCost: env.BCRYPT_COST,
  payment: {
    url: env.PAYMENT_URL,
    key: env.PAYMENT_KEY,
    timeout: env.PAYMENT_TIMEOUT_MS,
    retryDelay: env.PAYMENT_RETRY_DELAY_MS,
    webhookSecret: env.PAYMENT_WEBHOOK_SECRET,
  },
  smtp: {
    host: env.SMTP_HOST,
    port: env.SMTP_PORT,
    username: env.SMTP_USERNAME,
    password: env.SMTP_PASSWORD,
    timeout: env.SMTP_TIMEOUT_MS,
    from: env.MAIL_FROM,
  },
  search: { url: env.SEARCH_URL, key: env.SEARCH_API_KEY, timeout: env.SEARCH_TIMEOUT_MS },
};
