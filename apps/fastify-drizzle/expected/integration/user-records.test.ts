import './helpers/setup.js';

import { describe, expect, it } from 'vitest';

import { reviews, users } from '../../src/db/schema.js';
import { db, matching, snapshot } from './helpers/database.js';
import { createTestUser, hashed, seedTestData } from './helpers/factories.js';

describe('user records', () => {
  it('stores a user with what is required and fills in role', async () => {
    const user = await db
      .insert(users)
      .values({
        email: 'tomas@example.com',
        name: 'Tomas Berg',
        password_hash: await hashed('Violet-Harbour-42'),
      })
      .returning()
      .then(([row]) => row!);

    const found = await db
      .select()
      .from(users)
      .where(matching(users, { id: user.id }))
      .then(([row]) => row!);

    expect(found.email).toBe('tomas@example.com');
    expect(found.name).toBe('Tomas Berg');
    expect(found.role).toBe('customer');
  });

  it('finds a user by id and email', async () => {
    const user = await createTestUser();
    await createTestUser();

    const found = await db
      .select()
      .from(users)
      .where(matching(users, { id: user.id }))
      .then(([row]) => row!);

    expect(found.id).toEqual(user.id);

    const foundByEmail = await db
      .select()
      .from(users)
      .where(matching(users, { email: user.email }))
      .then(([row]) => row!);

    expect(foundByEmail.id).toEqual(user.id);
  });

  it('changes only the name of a user', async () => {
    const user = await createTestUser();
    await createTestUser();
    const before = await snapshot(['users'], { but: ['users.name'] });

    await db
      .update(users)
      .set({ name: 'Tomas Berg' })
      .where(matching(users, { id: user.id }));

    const savedUser = await db
      .select()
      .from(users)
      .where(matching(users, { id: user.id }))
      .then(([row]) => row!);
    expect(savedUser.name).toBe('Tomas Berg');
    expect(await snapshot(['users'], { but: ['users.name'] })).toEqual(before);
  });

  it('changes the name and email of a user together', async () => {
    const user = await createTestUser();
    await createTestUser();
    const before = await snapshot(['users'], { but: ['users.email', 'users.name'] });

    await db
      .update(users)
      .set({ name: 'Tomas Berg', email: 'tomas@example.com' })
      .where(matching(users, { id: user.id }));

    const savedUser = await db
      .select()
      .from(users)
      .where(matching(users, { id: user.id }))
      .then(([row]) => row!);
    expect(savedUser).toMatchObject({ name: 'Tomas Berg', email: 'tomas@example.com' });
    expect(await snapshot(['users'], { but: ['users.email', 'users.name'] })).toEqual(before);
  });

  it('removes a user and no other', async () => {
    const user = await createTestUser();
    const otherUser = await createTestUser();

    await db.delete(users).where(matching(users, { id: user.id }));

    expect(
      await db
        .select()
        .from(users)
        .where(matching(users, { id: user.id }))
        .then(([row]) => row ?? null),
    ).toBeNull();
    expect(
      await db
        .select()
        .from(users)
        .where(matching(users, { id: otherUser.id }))
        .then(([row]) => row ?? null),
    ).not.toBeNull();
  });

  it('removes a review with its user', async () => {
    const user = await createTestUser();
    const review = await seedTestData.review({ user_id: user.id });

    await db.delete(users).where(matching(users, { id: user.id }));

    expect(
      await db
        .select()
        .from(reviews)
        .where(matching(reviews, { id: review.id }))
        .then(([row]) => row ?? null),
    ).toBeNull();
  });

  it('keeps a user that an order points to', async () => {
    const user = await createTestUser();
    await seedTestData.order({ user_id: user.id });

    await expect(db.delete(users).where(matching(users, { id: user.id }))).rejects.toThrow();
  });

  it('refuses two users with the same email', async () => {
    const user = await createTestUser();

    await expect(
      db
        .insert(users)
        .values({
          name: 'Tomas Berg',
          password_hash: await hashed('Violet-Harbour-42'),
          email: user.email,
        })
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it.each([
    ['no email', null, 'Tomas Berg'],
    ['no name', 'tomas@example.com', null],
  ])('refuses a user without a required field: %s', async (_, email, name) => {
    await expect(
      db
        .insert(users)
        .values({ email, name, password_hash: await hashed('Violet-Harbour-42') } as never)
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });
});
