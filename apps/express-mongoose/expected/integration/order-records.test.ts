import './helpers/setup';

import { Order, snapshot } from './helpers/database';
import { createTestUser, seedTestData } from './helpers/factories';

describe('order records', () => {
  it('stores an order with what is required and fills in status', async () => {
    const user = await createTestUser();

    const order = await Order.create({ user: user._id, total_cents: 2400 });

    const found = await Order.findOne({ _id: order._id }).orFail();

    expect(found.user).toEqual(user._id);
    expect(found.total_cents).toBe(2400);
    expect(found.status).toBe('pending');
    expect(found.payment_id ?? null).toBeNull();
  });

  it('finds an order by id', async () => {
    const order = await seedTestData.order();
    await seedTestData.order();

    const found = await Order.findOne({ _id: order._id }).orFail();

    expect(found.id).toBe(order.id);
  });

  it('changes only the status of an order', async () => {
    const order = await seedTestData.order();
    await seedTestData.order();
    const before = await snapshot(['orders'], { but: ['orders.status'] });

    await order.set({ status: 'cancelled' }).save();

    const savedOrder = await Order.findOne({ _id: order._id }).orFail();
    expect(savedOrder.status).toBe('cancelled');
    expect(await snapshot(['orders'], { but: ['orders.status'] })).toEqual(before);
  });

  it('changes the total cents and payment id of an order together', async () => {
    const order = await seedTestData.order();
    await seedTestData.order();
    const before = await snapshot(['orders'], { but: ['orders.payment_id', 'orders.total_cents'] });

    await order.set({ total_cents: 2400, payment_id: 'birch' }).save();

    const savedOrder = await Order.findOne({ _id: order._id }).orFail();
    expect(savedOrder).toMatchObject({ total_cents: 2400, payment_id: 'birch' });
    expect(
      await snapshot(['orders'], { but: ['orders.payment_id', 'orders.total_cents'] }),
    ).toEqual(before);
  });

  it('removes an order and no other', async () => {
    const order = await seedTestData.order();
    const otherOrder = await seedTestData.order();

    await order.deleteOne();

    expect(await Order.findOne({ _id: order._id })).toBeNull();
    expect(await Order.findOne({ _id: otherOrder._id })).not.toBeNull();
  });

  it('refuses an order without a required field', async () => {
    const user = await createTestUser();

    await expect(
      Order.create({ user: user._id, total_cents: null } as never),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('refuses an order outside its rules', async () => {
    const user = await createTestUser();

    await expect(Order.create({ user: user._id, total_cents: 0 })).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  it('leads from an order to its user', async () => {
    await createTestUser();
    const user = await createTestUser();
    const order = await seedTestData.order({ user: user._id });

    const found = await Order.findOne({ _id: order._id }).populate('user').orFail();

    expect(found.user.id).toBe(user.id);
  });

  it('counts and sums only the orders of one user', async () => {
    const user = await createTestUser();
    await seedTestData.order({ user: user._id, total_cents: 1850 });
    await seedTestData.order({ user: user._id, total_cents: 2400 });
    await seedTestData.order({ total_cents: 1850 });

    const count = await Order.countDocuments({ user: user._id });

    const total = await Order.aggregate([
      { $match: { user: user._id } },
      { $group: { _id: null, total: { $sum: '$total_cents' } } },
    ]).then(([found]) => found.total);

    expect(count).toBe(2);
    expect(total).toBe(4250);
  });

  it('slices orders in the order of total cents', async () => {
    await seedTestData.order({ total_cents: 1850 });
    await seedTestData.order({ total_cents: 2400 });
    await seedTestData.order({ total_cents: 975 });

    const found = await Order.find().sort({ total_cents: 1 }).skip(1).limit(1);

    expect(found.map((each: { total_cents: unknown }) => each.total_cents)).toEqual([1850]);
  });
});
