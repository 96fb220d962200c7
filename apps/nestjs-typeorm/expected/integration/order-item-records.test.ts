import './helpers/setup';

import { repository, snapshot } from './helpers/database';
import { seedTestData } from './helpers/factories';

describe('order item records', () => {
  it('stores an order item with what is required', async () => {
    const order = await seedTestData.order();
    const book = await seedTestData.book();

    const orderItem = await repository('OrderItem').save({
      order_id: order.id,
      book_id: book.id,
      quantity: 3,
      unit_price_cents: 2400,
    });

    const found = await repository('OrderItem').findOneOrFail({ where: { id: orderItem.id } });

    expect(found.order_id).toEqual(order.id);
    expect(found.book_id).toEqual(book.id);
    expect(found.quantity).toBe(3);
    expect(found.unit_price_cents).toBe(2400);
  });

  it('finds an order item by id', async () => {
    const orderItem = await seedTestData.orderItem();
    await seedTestData.orderItem();

    const found = await repository('OrderItem').findOneOrFail({ where: { id: orderItem.id } });

    expect(found.id).toEqual(orderItem.id);
  });

  it('changes only the quantity of an order item', async () => {
    const orderItem = await seedTestData.orderItem();
    await seedTestData.orderItem();
    const before = await snapshot(['order_items'], { but: ['order_items.quantity'] });

    await repository('OrderItem').update({ id: orderItem.id }, { quantity: 3 });

    const savedOrderItem = await repository('OrderItem').findOneOrFail({
      where: { id: orderItem.id },
    });
    expect(savedOrderItem.quantity).toBe(3);
    expect(await snapshot(['order_items'], { but: ['order_items.quantity'] })).toEqual(before);
  });

  it('changes the quantity and unit price cents of an order item together', async () => {
    const orderItem = await seedTestData.orderItem();
    await seedTestData.orderItem();
    const before = await snapshot(['order_items'], {
      but: ['order_items.quantity', 'order_items.unit_price_cents'],
    });

    await repository('OrderItem').update(
      { id: orderItem.id },
      { quantity: 3, unit_price_cents: 2400 },
    );

    const savedOrderItem = await repository('OrderItem').findOneOrFail({
      where: { id: orderItem.id },
    });
    expect(savedOrderItem).toMatchObject({ quantity: 3, unit_price_cents: 2400 });
    expect(
      await snapshot(['order_items'], {
        but: ['order_items.quantity', 'order_items.unit_price_cents'],
      }),
    ).toEqual(before);
  });

  it('removes an order item and no other', async () => {
    const orderItem = await seedTestData.orderItem();
    const otherOrderItem = await seedTestData.orderItem();

    await repository('OrderItem').delete({ id: orderItem.id });

    expect(await repository('OrderItem').findOne({ where: { id: orderItem.id } })).toBeNull();
    expect(
      await repository('OrderItem').findOne({ where: { id: otherOrderItem.id } }),
    ).not.toBeNull();
  });

  it('refuses two order items with the same order and book', async () => {
    const orderItem = await seedTestData.orderItem();

    await expect(
      repository('OrderItem').save({
        quantity: 3,
        unit_price_cents: 2400,
        order_id: orderItem.order_id,
        book_id: orderItem.book_id,
      }),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });

  it('refuses an order item of an order that is not there', async () => {
    const book = await seedTestData.book();

    await expect(
      repository('OrderItem').save({
        book_id: book.id,
        quantity: 3,
        unit_price_cents: 2400,
        order_id: 999999,
      }),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });

  it('refuses an order item of a book that is not there', async () => {
    const order = await seedTestData.order();

    await expect(
      repository('OrderItem').save({
        order_id: order.id,
        quantity: 3,
        unit_price_cents: 2400,
        book_id: 999999,
      }),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });

  it.each([
    ['no quantity', null, 2400],
    ['no unit price cents', 3, null],
  ])('refuses an order item without a required field: %s', async (_, quantity, unitPriceCents) => {
    const order = await seedTestData.order();
    const book = await seedTestData.book();

    await expect(
      repository('OrderItem').save({
        order_id: order.id,
        book_id: book.id,
        quantity,
        unit_price_cents: unitPriceCents,
      } as never),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });

  it.each([
    ['a quantity of 0', 0],
    ['a quantity of 101', 101],
  ])('refuses an order item outside its checks: %s', async (_, quantity) => {
    const order = await seedTestData.order();
    const book = await seedTestData.book();

    await expect(
      repository('OrderItem').save({
        order_id: order.id,
        book_id: book.id,
        quantity,
        unit_price_cents: 2400,
      }),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });

  it('leads from an order item to its order', async () => {
    await seedTestData.order();
    const order = await seedTestData.order();
    const orderItem = await seedTestData.orderItem({ order_id: order.id });

    const found = await repository('OrderItem').findOneOrFail({
      where: { id: orderItem.id },
      relations: { order: true },
    });

    expect(found.order.id).toEqual(order.id);
  });

  it('counts and sums only the order items of one order', async () => {
    const order = await seedTestData.order();
    await seedTestData.orderItem({ order_id: order.id, unit_price_cents: 1850 });
    await seedTestData.orderItem({ order_id: order.id, unit_price_cents: 2400 });
    await seedTestData.orderItem({ unit_price_cents: 1850 });

    const count = await repository('OrderItem').count({ where: { order_id: order.id } });

    const total = await repository('OrderItem')
      .sum('unit_price_cents', {
        order_id: order.id,
      })
      .then(Number);

    expect(count).toBe(2);
    expect(total).toBe(4250);
  });

  it('slices order items in the order of unit price cents', async () => {
    await seedTestData.orderItem({ unit_price_cents: 1850 });
    await seedTestData.orderItem({ unit_price_cents: 2400 });
    await seedTestData.orderItem({ unit_price_cents: 975 });

    const found = await repository('OrderItem').find({
      order: { unit_price_cents: 'ASC' },
      skip: 1,
      take: 1,
    });

    expect(found.map((each: { unit_price_cents: unknown }) => each.unit_price_cents)).toEqual([
      1850,
    ]);
  });
});
