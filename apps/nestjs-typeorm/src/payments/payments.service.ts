import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { HttpService } from '@nestjs/axios';
import {
  BadGatewayException,
  GatewayTimeoutException,
  HttpException,
  HttpStatus,
  Injectable,
  ServiceUnavailableException,
} from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { type AxiosResponse, isAxiosError } from 'axios';
import { firstValueFrom } from 'rxjs';

import type { Order } from '../orders/order.entity';

const MAX_TRIES = 3;

@Injectable()
export class PaymentsService {
  constructor(
    private readonly http: HttpService,
    private readonly config: ConfigService,
  ) {}

  /**
   * Charges the card and gives the id of the charge.
   *
   * The idempotency key names the order and the card: trying again never charges a card twice, and
   * after a refusal the order can still be paid with another card.
   */
  async charge(order: Order, token: string): Promise<string> {
    const card = createHash('sha256').update(token).digest('hex').slice(0, 16);
    const form = new URLSearchParams({
      amount: String(order.total_cents),
      currency: 'eur',
      source: token,
      'metadata[order_id]': String(order.id),
    });
    const { status, data } = await this.post('/v1/charges', form, {
      'Idempotency-Key': `order-${order.id}-${card}`,
    });
    if (status === 402) {
      throw new HttpException('The card was declined', HttpStatus.PAYMENT_REQUIRED);
    }
    if (status < 200 || status >= 300 || !isCharge(data)) {
      throw new BadGatewayException('The payment service failed');
    }
    return data.id;
  }

  private async post(
    path: string,
    form: URLSearchParams,
    headers: Record<string, string>,
  ): Promise<AxiosResponse<unknown>> {
    const delay = this.config.getOrThrow<number>('payment.retryDelay');
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      if (attempt > 0) {
        await sleep(delay * 2 ** (attempt - 1));
      }
      const response = await firstValueFrom(this.http.post(path, form, { headers })).catch(fail);
      if (response.status !== 429) {
        return response;
      }
    }
    throw new ServiceUnavailableException('The payment service is busy, try again later');
  }
}

function isCharge(data: unknown): data is { id: string } {
  const { id, status } = (data ?? {}) as { id?: unknown; status?: unknown };
  return typeof id === 'string' && id.length >= 1 && id.length <= 255 && status === 'succeeded';
}

function fail(error: unknown): never {
  const code = isAxiosError(error) ? error.code : undefined;
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') {
    throw new GatewayTimeoutException('The payment service did not answer in time');
  }
  throw new BadGatewayException('The payment service failed');
}
