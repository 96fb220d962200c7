import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import nodemailer, { type SendMailOptions, type Transporter } from 'nodemailer';

import type { Order } from '../orders/order.entity';
import type { User } from '../users/user.entity';

/** Mail follows a commit: when it cannot be sent, that is logged, and the answer stands. */
@Injectable()
export class MailService {
  private readonly logger = new Logger(MailService.name);
  private readonly transport: Transporter;
  private readonly from: string;

  constructor(config: ConfigService) {
    const timeout = config.getOrThrow<number>('mail.timeout');
    const user = config.getOrThrow<string>('mail.username');
    this.from = config.getOrThrow<string>('mail.from');
    this.transport = nodemailer.createTransport({
      host: config.getOrThrow<string>('mail.host'),
      port: config.getOrThrow<number>('mail.port'),
      auth: user ? { user, pass: config.getOrThrow<string>('mail.password') } : undefined,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
    });
  }

  async sendWelcome(user: User): Promise<void> {
    await this.send({
      to: user.email,
      subject: 'Welcome to the bookshop',
      text: `Hello ${user.name},\n\nyour account is ready. Enjoy your reading!\n`,
    });
  }

  async sendReceipt(user: User, order: Order): Promise<void> {
    const lines = order.items.map(
      (item) => `${item.quantity} x book ${item.book_id} at ${euros(item.unit_price_cents)}`,
    );
    const total = `Total: ${euros(order.total_cents)}`;
    await this.send({
      to: user.email,
      subject: `Receipt for order ${order.id}`,
      text: [`Hello ${user.name},`, '', ...lines, '', total, ''].join('\n'),
    });
  }

  private async send(message: SendMailOptions): Promise<void> {
    try {
      await this.transport.sendMail({ from: this.from, ...message });
    } catch (error) {
      this.logger.error(`Could not send "${message.subject}"`, error);
    }
  }
}

function euros(cents: number): string {
  return `EUR ${(cents / 100).toFixed(2)}`;
}
