import './helpers/setup.js';

import { describe, expect, it } from 'vitest';

import { orderItems, orders } from '../../src/db/schema.js';
import { asc, db, matching, snapshot } from './helpers/database.js';
import { createTestUser, seedTestData } from './helpers/factories.js';

describe('order records', () => {
  it('stores an order with what is required and fills in status', async () => {
    const user = await createTestUser();

    const order = await db
      .insert(orders)
      .values({ user_id: user.id, total_cents: 2400 })
      .returning()
      .then(([row]) => row!);

    const found = await db
      .select()
      .from(orders)
      .where(matching(orders, { id: order.id }))
      .then(([row]) => row!);

    expect(found.user_id).toEqual(user.id);
    expect(Number(found.total_cents)).toBe(2400);
    expect(found.status).toBe('pending');
    expect(found.payment_id).toBeNull();
  });

  it('finds an order by id', async () => {
    const order = await seedTestData.order();
    await seedTestData.order();

    const found = await db
      .select()
      .from(orders)
      .where(matching(orders, { id: order.id }))
      .then(([row]) => row!);

    expect(found.id).toEqual(order.id);
  });

  it('changes only the total cents of an order', async () => {
    const order = await seedTestData.order();
    await seedTestData.order();
    const before = await snapshot(['orders'], { but: ['orders.total_cents'] });

    await db
      .update(orders)
      .set({ total_cents: 2400 })
      .where(matching(orders, { id: order.id }));

    const savedOrder = await db
      .select()
      .from(orders)
      .where(matching(orders, { id: order.id }))
      .then(([row]) => row!);
    expect(Number(savedOrder.total_cents)).toBe(2400);
    expect(await snapshot(['orders'], { but: ['orders.total_cents'] })).toEqual(before);
  });

  it('changes the total cents and payment id of an order together', async () => {
    const order = await seedTestData.order();
    await seedTestData.order();
    const before = await snapshot(['orders'], { but: ['orders.payment_id', 'orders.total_cents'] });

    await db
      .update(orders)
      .set({ total_cents: 2400, payment_id: 'birch' })
      .where(matching(orders, { id: order.id }));

    const savedOrder = await db
      .select()
      .from(orders)
      .where(matching(orders, { id: order.id }))
      .then(([row]) => row!);
    expect(savedOrder.payment_id).toBe('birch');
    expect(Number(savedOrder.total_cents)).toBe(2400);
    expect(
      await snapshot(['orders'], { but: ['orders.payment_id', 'orders.total_cents'] }),
    ).toEqual(before);
  });

  it('removes an order and no other', async () => {
    const order = await seedTestData.order();
    const otherOrder = await seedTestData.order();

    await db.delete(orders).where(matching(orders, { id: order.id }));

    expect(
      await db
        .select()
        .from(orders)
        .where(matching(orders, { id: order.id }))
        .then(([row]) => row ?? null),
    ).toBeNull();
    expect(
      await db
        .select()
        .from(orders)
        .where(matching(orders, { id: otherOrder.id }))
        .then(([row]) => row ?? null),
    ).not.toBeNull();
  });

  it('removes an order item with its order', async () => {
    const order = await seedTestData.order();
    const orderItem = await seedTestData.orderItem({ order_id: order.id });

    await db.delete(orders).where(matching(orders, { id: order.id }));

    expect(
      await db
        .select()
        .from(orderItems)
        .where(matching(orderItems, { id: orderItem.id }))
        .then(([row]) => row ?? null),
    ).toBeNull();
  });

  it('refuses an order of a user that is not there', async () => {
    await expect(
      db
        .insert(orders)
        .values({ total_cents: 2400, user_id: 999999 })
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it('refuses an order without a required field', async () => {
    const user = await createTestUser();

    await expect(
      db
        .insert(orders)
        .values({ user_id: user.id, total_cents: null } as never)
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it('counts and sums only the orders of one user', async () => {
    const user = await createTestUser();
    await seedTestData.order({ user_id: user.id, total_cents: 1850 });
    await seedTestData.order({ user_id: user.id, total_cents: 2400 });
    await seedTestData.order({ total_cents: 1850 });

    const count = await db.$count(orders, matching(orders, { user_id: user.id }));

    const total = await db
      .select()
      .from(orders)
      .where(matching(orders, { user_id: user.id }))
      .then((rows) => rows.reduce((total, row) => total + Number(row.total_cents), 0));

    expect(count).toBe(2);
    expect(total).toBe(4250);
  });

  it('slices orders in the order of total cents', async () => {
    await seedTestData.order({ total_cents: 1850 });
    await seedTestData.order({ total_cents: 2400 });
    await seedTestData.order({ total_cents: 975 });

    const found = await db
      .select()
      .from(orders)
      .orderBy(asc(orders.total_cents))
      .limit(1)
      .offset(1);

    expect(found.map((each: { total_cents: unknown }) => Number(each.total_cents))).toEqual([1850]);
  });
});
