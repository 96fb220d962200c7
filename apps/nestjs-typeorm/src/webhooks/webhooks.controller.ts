import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';

import { Public } from '../auth/public.decorator';
import { OrdersService } from '../orders/orders.service';
import { SignatureGuard } from './signature.guard';
import { PaymentEvent } from './webhook.dto';

@Public()
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly orders: OrdersService) {}

  @Post('payments')
  @HttpCode(200)
  @UseGuards(SignatureGuard)
  async payments(@Body() { type, data }: PaymentEvent): Promise<{ received: boolean }> {
    if (type === 'payment.refunded') {
      await this.orders.cancelRefunded(data.order_id, data.payment_id);
    }
    return { received: true };
  }
}
