import { Controller, Get, Query } from '@nestjs/common';

import { Roles } from '../auth/roles.decorator';
import { Role } from '../users/user.entity';
import { OrderQuery } from './order.dto';
import { OrdersService } from './orders.service';

@Roles([Role.Admin])
@Controller('orders')
export class AdminOrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  list(@Query() query: OrderQuery) {
    return this.orders.list(query);
  }
}
