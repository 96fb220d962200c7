import { Module } from '@nestjs/common';

import { MailModule } from '../mail/mail.module';
import { PaymentsModule } from '../payments/payments.module';
import { OrdersController } from './orders.controller';
import { OrdersService } from './orders.service';
import { StockService } from './stock.service';

@Module({
  imports: [MailModule, PaymentsModule],
  controllers: [OrdersController],
  providers: [OrdersService, StockService],
  exports: [OrdersService],
})
export class OrdersModule {}
