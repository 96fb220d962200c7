require('./helpers/setup');

const { created, Order, snapshot, stored } = require('./helpers/database');
const { createTestUser, seedTestData } = require('./helpers/factories');

describe('order records', () => {
  it('stores an order with what is required and fills in status', async () => {
    const user = await createTestUser();

    const order = await created(Order, { user_id: user.id, total_cents: 2400 });

    const found = await stored(Order, { id: order.id });

    expect(found.user_id).toEqual(user.id);
    expect(found.total_cents).toBe(2400);
    expect(found.status).toBe('pending');
    expect(found.payment_id).toBeNull();
  });

  it('finds an order by id', async () => {
    const order = await seedTestData.order();
    await seedTestData.order();

    const found = await stored(Order, { id: order.id });

    expect(found.id).toEqual(order.id);
  });

  it('changes only the total cents of an order', async () => {
    const order = await seedTestData.order();
    await seedTestData.order();
    const before = await snapshot(['orders'], { but: ['orders.total_cents'] });

    await order.update({ total_cents: 2400 });

    const savedOrder = await stored(Order, { id: order.id });
    expect(savedOrder.total_cents).toBe(2400);
    expect(await snapshot(['orders'], { but: ['orders.total_cents'] })).toEqual(before);
  });

  it('changes the total cents and payment id of an order together', async () => {
    const order = await seedTestData.order();
    await seedTestData.order();
    const before = await snapshot(['orders'], { but: ['orders.payment_id', 'orders.total_cents'] });

    await order.update({ total_cents: 2400, payment_id: 'birch' });

    const savedOrder = await stored(Order, { id: order.id });
    expect(savedOrder).toMatchObject({ total_cents: 2400, payment_id: 'birch' });
    expect(
      await snapshot(['orders'], { but: ['orders.payment_id', 'orders.total_cents'] }),
    ).toEqual(before);
  });

  it('removes an order and no other', async () => {
    const order = await seedTestData.order();
    const otherOrder = await seedTestData.order();

    await order.destroy();

    expect(await Order.unscoped().findOne({ where: { id: order.id } })).toBeNull();
    expect(await Order.unscoped().findOne({ where: { id: otherOrder.id } })).not.toBeNull();
  });

  it('refuses an order of a user that is not there', async () => {
    await expect(created(Order, { total_cents: 2400, user_id: 999999 })).rejects.toMatchObject({
      name: 'SequelizeForeignKeyConstraintError',
    });
  });

  it('refuses an order without a required field', async () => {
    const user = await createTestUser();

    await expect(created(Order, { user_id: user.id, total_cents: null })).rejects.toThrow();
  });

  it('leads from an order to its user', async () => {
    await createTestUser();
    const user = await createTestUser();
    const order = await seedTestData.order({ user_id: user.id });

    const found = await Order.unscoped().findOne({
      where: { id: order.id },
      include: 'user',
      rejectOnEmpty: true,
    });

    expect(found.user.id).toEqual(user.id);
  });

  it('counts and sums only the orders of one user', async () => {
    const user = await createTestUser();
    await seedTestData.order({ user_id: user.id, total_cents: 1850 });
    await seedTestData.order({ user_id: user.id, total_cents: 2400 });
    await seedTestData.order({ total_cents: 1850 });

    const count = await Order.unscoped().count({ where: { user_id: user.id } });

    const total = await Order.unscoped()
      .sum('total_cents', { where: { user_id: user.id } })
      .then(Number);

    expect(count).toBe(2);
    expect(total).toBe(4250);
  });

  it('slices orders in the order of total cents', async () => {
    await seedTestData.order({ total_cents: 1850 });
    await seedTestData.order({ total_cents: 2400 });
    await seedTestData.order({ total_cents: 975 });

    const found = await Order.unscoped().findAll({
      order: [['total_cents', 'ASC']],
      offset: 1,
      limit: 1,
    });

    expect(found.map((each) => each.total_cents)).toEqual([1850]);
  });
});
