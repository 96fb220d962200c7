/** Every setting, read from the environment once. */
function required(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set`);
  }
  return value;
}

module.exports = {
  port: Number(process.env.PORT || 3000),
  apiPrefix: process.env.API_PREFIX || '/api/v1',
  databaseUrl: required('DATABASE_URL'),
  jwtSecret: required('JWT_SECRET'),
  tokenTtlSeconds: Number(process.env.TOKEN_TTL_SECONDS || 3600),
  bcryptRounds: Number(process.env.BCRYPT_ROUNDS || 10),
  payment: {
    url: process.env.PAYMENT_URL || 'https://api.stripe.com',
    key: required('PAYMENT_KEY'),
    timeoutMs: Number(process.env.PAYMENT_TIMEOUT_MS || 5000),
    retryDelayMs: Number(process.env.PAYMENT_RETRY_DELAY_MS || 200),
    webhookSecret: required('PAYMENT_WEBHOOK_SECRET'),
  },
  smtp: {
    host: required('SMTP_HOST'),
    port: Number(process.env.SMTP_PORT || 587),
    username: process.env.SMTP_USERNAME || '',
    password: process.env.SMTP_PASSWORD || '',
    timeoutMs: Number(process.env.SMTP_TIMEOUT_MS || 5000),
    from: required('MAIL_FROM'),
  },
};
