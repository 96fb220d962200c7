import './helpers/setup';

import { repository, snapshot } from './helpers/database';
import { createTestUser, seedTestData } from './helpers/factories';

describe('order records', () => {
  it('stores an order with what is required and fills in status', async () => {
    const user = await createTestUser();

    const order = await repository('Order').save({ user_id: user.id, total_cents: 2400 });

    const found = await repository('Order').findOneOrFail({ where: { id: order.id } });

    expect(found.user_id).toEqual(user.id);
    expect(Number(found.total_cents)).toBe(2400);
    expect(found.status).toBe('pending');
    expect(found.payment_id).toBeNull();
  });

  it('finds an order by id', async () => {
    const order = await seedTestData.order();
    await seedTestData.order();

    const found = await repository('Order').findOneOrFail({ where: { id: order.id } });

    expect(found.id).toEqual(order.id);
  });

  it('changes only the total cents of an order', async () => {
    const order = await seedTestData.order();
    await seedTestData.order();
    const before = await snapshot(['orders'], { but: ['orders.total_cents'] });

    await repository('Order').update({ id: order.id }, { total_cents: 2400 });

    const savedOrder = await repository('Order').findOneOrFail({ where: { id: order.id } });
    expect(Number(savedOrder.total_cents)).toBe(2400);
    expect(await snapshot(['orders'], { but: ['orders.total_cents'] })).toEqual(before);
  });

  it('changes the total cents and payment id of an order together', async () => {
    const order = await seedTestData.order();
    await seedTestData.order();
    const before = await snapshot(['orders'], { but: ['orders.payment_id', 'orders.total_cents'] });

    await repository('Order').update({ id: order.id }, { total_cents: 2400, payment_id: 'birch' });

    const savedOrder = await repository('Order').findOneOrFail({ where: { id: order.id } });
    expect(savedOrder.payment_id).toBe('birch');
    expect(Number(savedOrder.total_cents)).toBe(2400);
    expect(
      await snapshot(['orders'], { but: ['orders.payment_id', 'orders.total_cents'] }),
    ).toEqual(before);
  });

  it('removes an order and no other', async () => {
    const order = await seedTestData.order();
    const otherOrder = await seedTestData.order();

    await repository('Order').delete({ id: order.id });

    expect(await repository('Order').findOne({ where: { id: order.id } })).toBeNull();
    expect(await repository('Order').findOne({ where: { id: otherOrder.id } })).not.toBeNull();
  });

  it('refuses an order of a user that is not there', async () => {
    await expect(
      repository('Order').save({ total_cents: 2400, user_id: 999999 }),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });

  it('refuses an order without a required field', async () => {
    const user = await createTestUser();

    await expect(
      repository('Order').save({ user_id: user.id, total_cents: null } as never),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });

  it('leads from an order to its user', async () => {
    await createTestUser();
    const user = await createTestUser();
    const order = await seedTestData.order({ user_id: user.id });

    const found = await repository('Order').findOneOrFail({
      where: { id: order.id },
      relations: { user: true },
    });

    expect(found.user.id).toEqual(user.id);
  });

  it('counts and sums only the orders of one user', async () => {
    const user = await createTestUser();
    await seedTestData.order({ user_id: user.id, total_cents: 1850 });
    await seedTestData.order({ user_id: user.id, total_cents: 2400 });
    await seedTestData.order({ total_cents: 1850 });

    const count = await repository('Order').count({ where: { user_id: user.id } });

    const total = await repository('Order').sum('total_cents', { user_id: user.id }).then(Number);

    expect(count).toBe(2);
    expect(total).toBe(4250);
  });

  it('slices orders in the order of total cents', async () => {
    await seedTestData.order({ total_cents: 1850 });
    await seedTestData.order({ total_cents: 2400 });
    await seedTestData.order({ total_cents: 975 });

    const found = await repository('Order').find({
      order: { total_cents: 'ASC' },
      skip: 1,
      take: 1,
    });

    expect(found.map((each: { total_cents: unknown }) => Number(each.total_cents))).toEqual([1850]);
  });
});
