import './helpers/setup.js';

import { describe, expect, it } from 'vitest';

import { reviews } from '../../src/db/schema.js';
import { db, matching, snapshot } from './helpers/database.js';
import { createTestUser, seedTestData } from './helpers/factories.js';

describe('review records', () => {
  it('stores a review with what is required', async () => {
    const book = await seedTestData.book();
    const user = await createTestUser();

    const review = await db
      .insert(reviews)
      .values({ book_id: book.id, user_id: user.id, rating: 2 })
      .returning()
      .then(([row]) => row!);

    const found = await db
      .select()
      .from(reviews)
      .where(matching(reviews, { id: review.id }))
      .then(([row]) => row!);

    expect(found.book_id).toEqual(book.id);
    expect(found.user_id).toEqual(user.id);
    expect(found.rating).toBe(2);
    expect(found.body).toBeNull();
  });

  it('finds a review by id', async () => {
    const review = await seedTestData.review();
    await seedTestData.review();

    const found = await db
      .select()
      .from(reviews)
      .where(matching(reviews, { id: review.id }))
      .then(([row]) => row!);

    expect(found.id).toEqual(review.id);
  });

  it('changes only the rating of a review', async () => {
    const review = await seedTestData.review();
    await seedTestData.review();
    const before = await snapshot(['reviews'], { but: ['reviews.rating'] });

    await db
      .update(reviews)
      .set({ rating: 2 })
      .where(matching(reviews, { id: review.id }));

    const savedReview = await db
      .select()
      .from(reviews)
      .where(matching(reviews, { id: review.id }))
      .then(([row]) => row!);
    expect(savedReview.rating).toBe(2);
    expect(await snapshot(['reviews'], { but: ['reviews.rating'] })).toEqual(before);
  });

  it('changes the rating and body of a review together', async () => {
    const review = await seedTestData.review();
    await seedTestData.review();
    const before = await snapshot(['reviews'], { but: ['reviews.body', 'reviews.rating'] });

    await db
      .update(reviews)
      .set({ rating: 2, body: 'A little slow at first.' })
      .where(matching(reviews, { id: review.id }));

    const savedReview = await db
      .select()
      .from(reviews)
      .where(matching(reviews, { id: review.id }))
      .then(([row]) => row!);
    expect(savedReview).toMatchObject({ rating: 2, body: 'A little slow at first.' });
    expect(await snapshot(['reviews'], { but: ['reviews.body', 'reviews.rating'] })).toEqual(
      before,
    );
  });

  it('removes a review and no other', async () => {
    const review = await seedTestData.review();
    const otherReview = await seedTestData.review();

    await db.delete(reviews).where(matching(reviews, { id: review.id }));

    expect(
      await db
        .select()
        .from(reviews)
        .where(matching(reviews, { id: review.id }))
        .then(([row]) => row ?? null),
    ).toBeNull();
    expect(
      await db
        .select()
        .from(reviews)
        .where(matching(reviews, { id: otherReview.id }))
        .then(([row]) => row ?? null),
    ).not.toBeNull();
  });

  it('refuses two reviews with the same book and user', async () => {
    const review = await seedTestData.review();

    await expect(
      db
        .insert(reviews)
        .values({ rating: 2, book_id: review.book_id, user_id: review.user_id })
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it('refuses a review of a book that is not there', async () => {
    const user = await createTestUser();

    await expect(
      db
        .insert(reviews)
        .values({ user_id: user.id, rating: 2, book_id: 999999 })
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it('refuses a review of a user that is not there', async () => {
    const book = await seedTestData.book();

    await expect(
      db
        .insert(reviews)
        .values({ book_id: book.id, rating: 2, user_id: 999999 })
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it('refuses a review without a required field', async () => {
    const book = await seedTestData.book();
    const user = await createTestUser();

    await expect(
      db
        .insert(reviews)
        .values({ book_id: book.id, user_id: user.id, rating: null } as never)
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it.each([
    ['a rating of 0', 0],
    ['a rating of 6', 6],
  ])('refuses a review outside its checks: %s', async (_, rating) => {
    const book = await seedTestData.book();
    const user = await createTestUser();

    await expect(
      db
        .insert(reviews)
        .values({ book_id: book.id, user_id: user.id, rating })
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });
});
