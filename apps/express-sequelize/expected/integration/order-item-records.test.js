require('./helpers/setup');

const { created, OrderItem, snapshot, stored } = require('./helpers/database');
const { seedTestData } = require('./helpers/factories');

describe('order item records', () => {
  it('stores an order item with what is required', async () => {
    const order = await seedTestData.order();
    const book = await seedTestData.book();

    const orderItem = await created(OrderItem, {
      order_id: order.id,
      book_id: book.id,
      quantity: 3,
      unit_price_cents: 2400,
    });

    const found = await stored(OrderItem, { id: orderItem.id });

    expect(found.order_id).toEqual(order.id);
    expect(found.book_id).toEqual(book.id);
    expect(found.quantity).toBe(3);
    expect(found.unit_price_cents).toBe(2400);
  });

  it('finds an order item by id', async () => {
    const orderItem = await seedTestData.orderItem();
    await seedTestData.orderItem();

    const found = await stored(OrderItem, { id: orderItem.id });

    expect(found.id).toEqual(orderItem.id);
  });

  it('changes only the quantity of an order item', async () => {
    const orderItem = await seedTestData.orderItem();
    await seedTestData.orderItem();
    const before = await snapshot(['order_items'], { but: ['order_items.quantity'] });

    await orderItem.update({ quantity: 3 });

    const savedOrderItem = await stored(OrderItem, { id: orderItem.id });
    expect(savedOrderItem.quantity).toBe(3);
    expect(await snapshot(['order_items'], { but: ['order_items.quantity'] })).toEqual(before);
  });

  it('changes the quantity and unit price cents of an order item together', async () => {
    const orderItem = await seedTestData.orderItem();
    await seedTestData.orderItem();
    const before = await snapshot(['order_items'], {
      but: ['order_items.quantity', 'order_items.unit_price_cents'],
    });

    await orderItem.update({ quantity: 3, unit_price_cents: 2400 });

    const savedOrderItem = await stored(OrderItem, { id: orderItem.id });
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

    await orderItem.destroy();

    expect(await OrderItem.unscoped().findOne({ where: { id: orderItem.id } })).toBeNull();
    expect(await OrderItem.unscoped().findOne({ where: { id: otherOrderItem.id } })).not.toBeNull();
  });

  it('refuses two order items with the same order and book', async () => {
    const orderItem = await seedTestData.orderItem();

    await expect(
      created(OrderItem, {
        quantity: 3,
        unit_price_cents: 2400,
        order_id: orderItem.order_id,
        book_id: orderItem.book_id,
      }),
    ).rejects.toMatchObject({ name: 'SequelizeUniqueConstraintError' });
  });

  it('refuses an order item of an order that is not there', async () => {
    const book = await seedTestData.book();

    await expect(
      created(OrderItem, {
        book_id: book.id,
        quantity: 3,
        unit_price_cents: 2400,
        order_id: 999999,
      }),
    ).rejects.toMatchObject({ name: 'SequelizeForeignKeyConstraintError' });
  });

  it('refuses an order item of a book that is not there', async () => {
    const order = await seedTestData.order();

    await expect(
      created(OrderItem, {
        order_id: order.id,
        quantity: 3,
        unit_price_cents: 2400,
        book_id: 999999,
      }),
    ).rejects.toMatchObject({ name: 'SequelizeForeignKeyConstraintError' });
  });

  it.each([
    ['no quantity', null, 2400],
    ['no unit price cents', 3, null],
  ])('refuses an order item without a required field: %s', async (_, quantity, unitPriceCents) => {
    const order = await seedTestData.order();
    const book = await seedTestData.book();

    await expect(
      created(OrderItem, {
        order_id: order.id,
        book_id: book.id,
        quantity,
        unit_price_cents: unitPriceCents,
      }),
    ).rejects.toThrow();
  });

  it.each([
    ['a quantity of 0', 0],
    ['a quantity of 101', 101],
  ])('refuses an order item outside its checks: %s', async (_, quantity) => {
    const order = await seedTestData.order();
    const book = await seedTestData.book();

    await expect(
      created(OrderItem, {
        order_id: order.id,
        book_id: book.id,
        quantity,
        unit_price_cents: 2400,
      }),
    ).rejects.toThrow();
  });

  it('leads from an order item to its order', async () => {
    await seedTestData.order();
    const order = await seedTestData.order();
    const orderItem = await seedTestData.orderItem({ order_id: order.id });

    const found = await OrderItem.unscoped().findOne({
      where: { id: orderItem.id },
      include: 'order',
      rejectOnEmpty: true,
    });

    expect(found.order.id).toEqual(order.id);
  });

  it('counts and sums only the order items of one order', async () => {
    const order = await seedTestData.order();
    await seedTestData.orderItem({ order_id: order.id, quantity: 2 });
    await seedTestData.orderItem({ order_id: order.id, quantity: 3 });
    await seedTestData.orderItem({ quantity: 2 });

    const count = await OrderItem.unscoped().count({ where: { order_id: order.id } });

    const total = await OrderItem.unscoped()
      .sum('quantity', {
        where: { order_id: order.id },
      })
      .then(Number);

    expect(count).toBe(2);
    expect(total).toBe(5);
  });

  it('slices order items in the order of quantity', async () => {
    await seedTestData.orderItem({ quantity: 2 });
    await seedTestData.orderItem({ quantity: 3 });
    await seedTestData.orderItem({ quantity: 5 });

    const found = await OrderItem.unscoped().findAll({
      order: [['quantity', 'ASC']],
      offset: 1,
      limit: 1,
    });

    expect(found.map((each) => each.quantity)).toEqual([3]);
  });
});
