import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import {
  Between,
  DataSource,
  type EntityManager,
  type FindOptionsOrder,
  LessThanOrEqual,
  MoreThanOrEqual,
} from 'typeorm';

import { MailService } from '../mail/mail.service';
import { PaymentsService } from '../payments/payments.service';
import { User } from '../users/user.entity';
import { type Page, slice } from '../validation/page.query';
import { OrderLine, OrderQuery, type OrderSort } from './order.dto';
import { OrderItem } from './order-item.entity';
import { Order, OrderStatus } from './order.entity';
import { StockService } from './stock.service';

const ORDERINGS: Record<OrderSort, FindOptionsOrder<Order>> = {
  newest: { created_at: 'DESC', id: 'DESC' },
  oldest: { created_at: 'ASC', id: 'ASC' },
  total: { total_cents: 'ASC', id: 'ASC' },
  '-total': { total_cents: 'DESC', id: 'ASC' },
};

@Injectable()
export class OrdersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly mail: MailService,
    private readonly payments: PaymentsService,
    private readonly stock: StockService,
  ) {}

  listOwn(user: User): Promise<Order[]> {
    return this.dataSource.getRepository(Order).find({
      where: { user_id: user.id },
      relations: { items: true },
      order: { created_at: 'DESC', id: 'DESC', items: { id: 'ASC' } },
    });
  }

  async list(query: OrderQuery): Promise<Page<Order>> {
    const { status, user_id, from, to, sort, page, per_page } = query;
    const [items, total] = await this.dataSource.getRepository(Order).findAndCount({
      where: { status, user_id, created_at: within(from, to) },
      relations: { items: true },
      order: { ...ORDERINGS[sort], items: { id: 'ASC' } },
      ...slice(query),
    });
    return { items, total, page, per_page };
  }

  findOwn(user: User, id: number): Promise<Order> {
    return findOwn(this.dataSource.manager, user, id);
  }

  create(user: User, lines: OrderLine[]): Promise<Order> {
    return this.dataSource.transaction(async (manager) => {
      const prices = await this.stock.takeOut(manager, lines);
      const items = lines.map(({ book_id, quantity }) =>
        manager.create(OrderItem, {
          book_id,
          quantity,
          unit_price_cents: prices.get(book_id),
        }),
      );
      const total_cents = items.reduce(
        (total, item) => total + item.unit_price_cents * item.quantity,
        0,
      );
      return manager.save(manager.create(Order, { user_id: user.id, total_cents, items }));
    });
  }

  async pay(user: User, id: number, token: string): Promise<Order> {
    const paid = await this.dataSource.transaction(async (manager) => {
      // The lock is held while the card is charged: nobody can pay or cancel the order meanwhile.
      const order = await lockOwn(manager, user, id);
      if (order.status !== OrderStatus.Pending) {
        throw new ConflictException(`This order is already ${order.status}`);
      }
      order.payment_id = await this.payments.charge(order, token);
      order.status = OrderStatus.Paid;
      return manager.save(order);
    });
    await this.mail.sendReceipt(user, paid);
    return paid;
  }

  cancel(user: User, id: number): Promise<Order> {
    return this.dataSource.transaction(async (manager) => {
      const order = await lockOwn(manager, user, id);
      if (order.status === OrderStatus.Paid) {
        throw new ConflictException('A paid order cannot be cancelled');
      }
      if (order.status === OrderStatus.Pending) {
        await this.stock.putBack(manager, order.items);
        order.status = OrderStatus.Cancelled;
        await manager.save(order);
      }
      return order;
    });
  }

  /** Only the first of several events finds the order paid: a replay is harmless. */
  async cancelRefunded(id: number, payment_id: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const { affected } = await manager.update(
        Order,
        { id, payment_id, status: OrderStatus.Paid },
        { status: OrderStatus.Cancelled },
      );
      if (affected) {
        await this.stock.putBack(manager, await manager.findBy(OrderItem, { order_id: id }));
      }
    });
  }
}

async function findOwn(manager: EntityManager, user: User, id: number): Promise<Order> {
  const order = await manager.findOne(Order, {
    where: { id, user_id: user.id },
    relations: { items: true },
    order: { items: { id: 'ASC' } },
  });
  if (!order) {
    throw new NotFoundException('There is no such order');
  }
  return order;
}

async function lockOwn(manager: EntityManager, user: User, id: number): Promise<Order> {
  await manager.findOne(Order, { where: { id }, lock: { mode: 'pessimistic_write' } });
  return findOwn(manager, user, id);
}

/** From the first moment of one day to the last of another. */
function within(from?: string, to?: string) {
  const first = from && new Date(`${from}T00:00:00.000Z`);
  const last = to && new Date(`${to}T23:59:59.999Z`);
  if (first && last) {
    return Between(first, last);
  }
  return first ? MoreThanOrEqual(first) : last ? LessThanOrEqual(last) : undefined;
}
