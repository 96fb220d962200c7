import nodemailer from 'nodemailer';

import { config } from '../config';
import type { Order } from '../models/order';
import type { User } from '../models/user';

const { smtp } = config;

const transport = nodemailer.createTransport({
  host: smtp.host,
  port: smtp.port,
  auth: smtp.username ? { user: smtp.username, pass: smtp.password } : undefined,
  connectionTimeout: smtp.timeout,
  greetingTimeout: smtp.timeout,
  socketTimeout: smtp.timeout,
});

export function sendWelcome(user: User): Promise<void> {
  const text = `Hello ${user.name},\n\nyour account is ready. Enjoy your reading!\n`;
  return send(user, 'Welcome to the bookshop', text);
}

export function sendReceipt(user: User, order: Order): Promise<void> {
  const lines = order.items.map(
    (item) => `${item.quantity} x book ${item.book.toString()} at ${euros(item.unit_price_cents)}`,
  );
  const text = [`Hello ${user.name},`, '', ...lines, '', `Total: ${euros(order.total_cents)}`, ''];
  return send(user, `Receipt for order ${order.id}`, text.join('\n'));
}

/** What is settled stays settled when its e-mail cannot be sent. */
async function send(user: User, subject: string, text: string): Promise<void> {
  try {
    await transport.sendMail({ from: smtp.from, to: user.email, subject, text });
  } catch (error) {
    console.error(`Could not send "${subject}" to user ${user.id}`, error);
  }
}

function euros(cents: number): string {
  return `EUR ${(cents / 100).toFixed(2)}`;
}
