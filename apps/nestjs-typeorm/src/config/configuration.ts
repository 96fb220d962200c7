import { registerAs } from '@nestjs/config';

/** Every setting but the database's, by what it is for. */

export const appConfig = registerAs('app', () => ({
  port: Number(process.env.PORT ?? 3000),
  prefix: process.env.API_PREFIX ?? 'api/v1',
}));

export const authConfig = registerAs('auth', () => ({
  secret: process.env.JWT_SECRET,
  ttl: Number(process.env.TOKEN_TTL_SECONDS ?? 3600),
  rounds: Number(process.env.BCRYPT_ROUNDS ?? 10),
}));

export const paymentConfig = registerAs('payment', () => ({
  url: process.env.PAYMENT_URL ?? 'https://api.stripe.com',
  key: process.env.PAYMENT_KEY,
  timeout: Number(process.env.PAYMENT_TIMEOUT_MS ?? 5000),
  retryDelay: Number(process.env.PAYMENT_RETRY_DELAY_MS ?? 200),
  webhookSecret: process.env.PAYMENT_WEBHOOK_SECRET,
}));

export const mailConfig = registerAs('mail', () => ({
  host: process.env.SMTP_HOST,
  port: Number(process.env.SMTP_PORT ?? 587),
  username: process.env.SMTP_USERNAME ?? '',
  password: process.env.SMTP_PASSWORD ?? '',
  timeout: Number(process.env.SMTP_TIMEOUT_MS ?? 5000),
  from: process.env.MAIL_FROM,
}));

export const searchConfig = registerAs('search', () => ({
  url: process.env.SEARCH_URL,
  key: process.env.SEARCH_API_KEY,
  timeout: Number(process.env.SEARCH_TIMEOUT_MS ?? 2000),
}));
