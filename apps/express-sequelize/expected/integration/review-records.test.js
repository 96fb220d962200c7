require('./helpers/setup');

const { created, Review, snapshot, stored } = require('./helpers/database');
const { createTestUser, seedTestData } = require('./helpers/factories');

describe('review records', () => {
  it('stores a review with what is required', async () => {
    const book = await seedTestData.book();
    const user = await createTestUser();

    const review = await created(Review, { book_id: book.id, user_id: user.id, rating: 2 });

    const found = await stored(Review, { id: review.id });

    expect(found.book_id).toEqual(book.id);
    expect(found.user_id).toEqual(user.id);
    expect(found.rating).toBe(2);
    expect(found.body).toBeNull();
  });

  it('finds a review by id', async () => {
    const review = await seedTestData.review();
    await seedTestData.review();

    const found = await stored(Review, { id: review.id });

    expect(found.id).toEqual(review.id);
  });

  it('changes only the rating of a review', async () => {
    const review = await seedTestData.review();
    await seedTestData.review();
    const before = await snapshot(['reviews'], { but: ['reviews.rating'] });

    await review.update({ rating: 2 });

    const savedReview = await stored(Review, { id: review.id });
    expect(savedReview.rating).toBe(2);
    expect(await snapshot(['reviews'], { but: ['reviews.rating'] })).toEqual(before);
  });

  it('changes the rating and body of a review together', async () => {
    const review = await seedTestData.review();
    await seedTestData.review();
    const before = await snapshot(['reviews'], { but: ['reviews.body', 'reviews.rating'] });

    await review.update({ rating: 2, body: 'A little slow at first.' });

    const savedReview = await stored(Review, { id: review.id });
    expect(savedReview).toMatchObject({ rating: 2, body: 'A little slow at first.' });
    expect(await snapshot(['reviews'], { but: ['reviews.body', 'reviews.rating'] })).toEqual(
      before,
    );
  });

  it('removes a review and no other', async () => {
    const review = await seedTestData.review();
    const otherReview = await seedTestData.review();

    await review.destroy();

    expect(await Review.unscoped().findOne({ where: { id: review.id } })).toBeNull();
    expect(await Review.unscoped().findOne({ where: { id: otherReview.id } })).not.toBeNull();
  });

  it('refuses two reviews with the same book and user', async () => {
    const review = await seedTestData.review();

    await expect(
      created(Review, { rating: 2, book_id: review.book_id, user_id: review.user_id }),
    ).rejects.toMatchObject({ name: 'SequelizeUniqueConstraintError' });
  });

  it('refuses a review of a book that is not there', async () => {
    const user = await createTestUser();

    await expect(
      created(Review, { user_id: user.id, rating: 2, book_id: 999999 }),
    ).rejects.toMatchObject({ name: 'SequelizeForeignKeyConstraintError' });
  });

  it('refuses a review of a user that is not there', async () => {
    const book = await seedTestData.book();

    await expect(
      created(Review, { book_id: book.id, rating: 2, user_id: 999999 }),
    ).rejects.toMatchObject({ name: 'SequelizeForeignKeyConstraintError' });
  });

  it('refuses a review without a required field', async () => {
    const book = await seedTestData.book();
    const user = await createTestUser();

    await expect(
      created(Review, { book_id: book.id, user_id: user.id, rating: null }),
    ).rejects.toThrow();
  });

  it.each([
    ['a rating of 0', 0],
    ['a rating of 6', 6],
  ])('refuses a review outside its checks: %s', async (_, rating) => {
    const book = await seedTestData.book();
    const user = await createTestUser();

    await expect(created(Review, { book_id: book.id, user_id: user.id, rating })).rejects.toThrow();
  });

  it('leads from a review to its book', async () => {
    await seedTestData.book();
    const book = await seedTestData.book();
    const review = await seedTestData.review({ book_id: book.id });

    const found = await Review.unscoped().findOne({
      where: { id: review.id },
      include: 'book',
      rejectOnEmpty: true,
    });

    expect(found.book.id).toEqual(book.id);
  });
});
