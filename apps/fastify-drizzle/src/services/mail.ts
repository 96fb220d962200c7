import nodemailer from 'nodemailer';

import { config } from '../config.js';
import type { Order, User } from '../db/schema.js';

const transport = nodemailer.createTransport({
  host: config.SMTP_HOST,
  port: config.SMTP_PORT,
  auth: config.SMTP_USERNAME
    ? { user: config.SMTP_USERNAME, pass: config.SMTP_PASSWORD }
    : undefined,
  connectionTimeout: config.SMTP_TIMEOUT_MS,
  greetingTimeout: config.SMTP_TIMEOUT_MS,
  socketTimeout: config.SMTP_TIMEOUT_MS,
});

export async function sendWelcome(user: User): Promise<void> {
  await transport.sendMail({
    from: config.MAIL_FROM,
    to: user.email,
    subject: 'Welcome to the bookshop',
    text: `Hello ${user.name},\n\nyour account is ready. Enjoy your reading!\n`,
  });
}

export async function sendReceipt(user: User, order: Order): Promise<void> {
  const lines = order.items.map(
    (item) => `${item.quantity} x book ${item.book_id} at ${euros(item.unit_price_cents)}`,
  );
  const total = `Total: ${euros(order.total_cents)}`;
  await transport.sendMail({
    from: config.MAIL_FROM,
    to: user.email,
    subject: `Receipt for order ${order.id}`,
    text: [`Hello ${user.name},`, '', ...lines, '', total, ''].join('\n'),
  });
}

function euros(cents: number): string {
  return `EUR ${(cents / 100).toFixed(2)}`;
}
