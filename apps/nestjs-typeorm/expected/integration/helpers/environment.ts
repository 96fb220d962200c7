import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** What TEST_DATABASE_URL or .env.test names, if it is called a test database. */
function chosenDatabase(): string {
  const name = 'TEST_DATABASE_URL';
  const address = process.env[name] ?? fromFile(name);
  if (!address) {
    throw new Error(`Set ${name}, there or in .env.test, to a test database.`);
  }
  const database = new URL(address).pathname.slice(1);
  if (!database.includes('test')) {
    throw new Error(`${database} is left alone: its name does not say test.`);
  }
  return address;
}

/** The value of a variable in .env.test, if it has one. */
function fromFile(name: string): string | undefined {
  if (!existsSync('.env.test')) return undefined;
  const text = readFileSync('.env.test', 'utf8');
  const [, value] = new RegExp(`^\\s*${name}\\s*=(.*)$`, 'm').exec(text) ?? [];
  return value?.trim().replace(/^(["'])(.*)\1$/, '$2');
}

/** A port that nobody listens on. */
function freePort(): number {
  const asking = `const server = require('net').createServer().listen(0, () => {
    console.log(server.address().port);
    server.close();
  })`;
  return Number(execFileSync(process.execPath, ['-e', asking]));
}

export const DATABASE_URL = chosenDatabase();
export const MAILBOX_PORT = freePort();

Object.assign(process.env, {
  DATABASE_URL,
  JWT_SECRET: 'integration-tests-only-0123456789abcdefABCDEF',
  MAIL_FROM: 'bench@example.com',
  PAYMENT_KEY: 'integration-tests-only-0123456789abcdefABCDEF',
  PAYMENT_RETRY_DELAY_MS: '0',
  PAYMENT_TIMEOUT_MS: '1000',
  PAYMENT_URL: 'http://payment.test',
  PAYMENT_WEBHOOK_SECRET: 'integration-tests-only-0123456789abcdefABCDEF',
  PORT: '3000',
  SEARCH_API_KEY: 'integration-tests-only-0123456789abcdefABCDEF',
  SEARCH_TIMEOUT_MS: '1000',
  SEARCH_URL: 'http://search.test',
  SMTP_HOST: '127.0.0.1',
  SMTP_PASSWORD: 'Bench-pass-0123',
  SMTP_PORT: String(MAILBOX_PORT),
  SMTP_TIMEOUT_MS: '1000',
});
