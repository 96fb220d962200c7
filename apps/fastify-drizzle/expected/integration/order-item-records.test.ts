import './helpers/setup.js';

import { describe, expect, it } from 'vitest';

import { orderItems } from '../../src/db/schema.js';
import { asc, db, matching, snapshot } from './helpers/database.js';
import { seedTestData } from './helpers/factories.js';

describe('order item records', () => {
  it('stores an order item with what is required', async () => {
    const order = await seedTestData.order();
    const book = await seedTestData.book();

    const orderItem = await db
      .insert(orderItems)
      .values({ order_id: order.id, book_id: book.id, quantity: 3, unit_price_cents: 2400 })
      .returning()
      .then(([row]) => row!);

    const found = await db
      .select()
      .from(orderItems)
      .where(matching(orderItems, { id: orderItem.id }))
      .then(([row]) => row!);

    expect(found.order_id).toEqual(order.id);
    expect(found.book_id).toEqual(book.id);
    expect(found.quantity).toBe(3);
    expect(found.unit_price_cents).toBe(2400);
  });

  it('finds an order item by id', async () => {
    const orderItem = await seedTestData.orderItem();
    await seedTestData.orderItem();

    const found = await db
      .select()
      .from(orderItems)
      .where(matching(orderItems, { id: orderItem.id }))
      .then(([row]) => row!);

    expect(found.id).toEqual(orderItem.id);
  });

  it('changes only the quantity of an order item', async () => {
    const orderItem = await seedTestData.orderItem();
    await seedTestData.orderItem();
    const before = await snapshot(['order_items'], { but: ['order_items.quantity'] });

    await db
      .update(orderItems)
      .set({ quantity: 3 })
      .where(matching(orderItems, { id: orderItem.id }));

    const savedOrderItem = await db
      .select()
      .from(orderItems)
      .where(matching(orderItems, { id: orderItem.id }))
      .then(([row]) => row!);
    expect(savedOrderItem.quantity).toBe(3);
    expect(await snapshot(['order_items'], { but: ['order_items.quantity'] })).toEqual(before);
  });

  it('changes the quantity and unit price cents of an order item together', async () => {
    const orderItem = await seedTestData.orderItem();
    await seedTestData.orderItem();
    const before = await snapshot(['order_items'], {
      but: ['order_items.quantity', 'order_items.unit_price_cents'],
    });

    await db
      .update(orderItems)
      .set({ quantity: 3, unit_price_cents: 2400 })
      .where(matching(orderItems, { id: orderItem.id }));

    const savedOrderItem = await db
      .select()
      .from(orderItems)
      .where(matching(orderItems, { id: orderItem.id }))
      .then(([row]) => row!);
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

    await db.delete(orderItems).where(matching(orderItems, { id: orderItem.id }));

    expect(
      await db
        .select()
        .from(orderItems)
        .where(matching(orderItems, { id: orderItem.id }))
        .then(([row]) => row ?? null),
    ).toBeNull();
    expect(
      await db
        .select()
        .from(orderItems)
        .where(matching(orderItems, { id: otherOrderItem.id }))
        .then(([row]) => row ?? null),
    ).not.toBeNull();
  });

  it('refuses two order items with the same order and book', async () => {
    const orderItem = await seedTestData.orderItem();

    await expect(
      db
        .insert(orderItems)
        .values({
          quantity: 3,
          unit_price_cents: 2400,
          order_id: orderItem.order_id,
          book_id: orderItem.book_id,
        })
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it('refuses an order item of an order that is not there', async () => {
    const book = await seedTestData.book();

    await expect(
      db
        .insert(orderItems)
        .values({ book_id: book.id, quantity: 3, unit_price_cents: 2400, order_id: 999999 })
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it('refuses an order item of a book that is not there', async () => {
    const order = await seedTestData.order();

    await expect(
      db
        .insert(orderItems)
        .values({ order_id: order.id, quantity: 3, unit_price_cents: 2400, book_id: 999999 })
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it.each([
    ['no quantity', null, 2400],
    ['no unit price cents', 3, null],
  ])('refuses an order item without a required field: %s', async (_, quantity, unitPriceCents) => {
    const order = await seedTestData.order();
    const book = await seedTestData.book();

    await expect(
      db
        .insert(orderItems)
        .values({
          order_id: order.id,
          book_id: book.id,
          quantity,
          unit_price_cents: unitPriceCents,
        } as never)
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it.each([
    ['a quantity of 0', 0],
    ['a quantity of 101', 101],
  ])('refuses an order item outside its checks: %s', async (_, quantity) => {
    const order = await seedTestData.order();
    const book = await seedTestData.book();

    await expect(
      db
        .insert(orderItems)
        .values({ order_id: order.id, book_id: book.id, quantity, unit_price_cents: 2400 })
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it('counts and sums only the order items of one order', async () => {
    const order = await seedTestData.order();
    await seedTestData.orderItem({ order_id: order.id, unit_price_cents: 1850 });
    await seedTestData.orderItem({ order_id: order.id, unit_price_cents: 2400 });
    await seedTestData.orderItem({ unit_price_cents: 1850 });

    const count = await db.$count(orderItems, matching(orderItems, { order_id: order.id }));

    const total = await db
      .select()
      .from(orderItems)
      .where(matching(orderItems, { order_id: order.id }))
      .then((rows) => rows.reduce((total, row) => total + Number(row.unit_price_cents), 0));

    expect(count).toBe(2);
    expect(total).toBe(4250);
  });

  it('slices order items in the order of unit price cents', async () => {
    await seedTestData.orderItem({ unit_price_cents: 1850 });
    await seedTestData.orderItem({ unit_price_cents: 2400 });
    await seedTestData.orderItem({ unit_price_cents: 975 });

    const found = await db
      .select()
      .from(orderItems)
      .orderBy(asc(orderItems.unit_price_cents))
      .limit(1)
      .offset(1);

    expect(found.map((each: { unit_price_cents: unknown }) => each.unit_price_cents)).toEqual([
      1850,
    ]);
  });
});
