import { Module } from '@nestjs/common';

import { AdminOrdersController } from './admin-orders.controller';
import { OrdersModule } from './orders.module';

@Module({
  imports: [OrdersModule],
  controllers: [AdminOrdersController],
})
export class AdminModule {}
