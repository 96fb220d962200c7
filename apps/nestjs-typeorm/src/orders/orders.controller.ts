import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';

import { CurrentUser } from '../auth/current-user.decorator';
import { User } from '../users/user.entity';
import { IdPipe } from '../validation/id.pipe';
import { OrderCreate, Payment } from './order.dto';
import { OrdersService } from './orders.service';

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  list(@CurrentUser() user: User) {
    return this.orders.listOwn(user);
  }

  @Post()
  create(@CurrentUser() user: User, @Body() { items }: OrderCreate) {
    return this.orders.create(user, items);
  }

  @Get(':id')
  show(@CurrentUser() user: User, @Param('id', IdPipe) id: number) {
    return this.orders.findOwn(user, id);
  }

  @Post(':id/pay')
  @HttpCode(200)
  pay(@CurrentUser() user: User, @Param('id', IdPipe) id: number, @Body() { token }: Payment) {
    return this.orders.pay(user, id, token);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  cancel(@CurrentUser() user: User, @Param('id', IdPipe) id: number) {
    return this.orders.cancel(user, id);
  }
}
