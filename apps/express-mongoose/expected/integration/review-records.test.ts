import './helpers/setup';

import { Review, snapshot } from './helpers/database';
import { createTestUser, seedTestData } from './helpers/factories';

describe('review records', () => {
  it('stores a review with what is required', async () => {
    const book = await seedTestData.book();
    const user = await createTestUser();

    const review = await Review.create({ book: book._id, user: user._id, rating: 2 });

    const found = await Review.findOne({ _id: review._id }).orFail();

    expect(found.book).toEqual(book._id);
    expect(found.user).toEqual(user._id);
    expect(found.rating).toBe(2);
    expect(found.body ?? null).toBeNull();
  });

  it('finds a review by id', async () => {
    const review = await seedTestData.review();
    await seedTestData.review();

    const found = await Review.findOne({ _id: review._id }).orFail();

    expect(found.id).toBe(review.id);
  });

  it('changes only the rating of a review', async () => {
    const review = await seedTestData.review();
    await seedTestData.review();
    const before = await snapshot(['reviews'], { but: ['reviews.rating'] });

    await review.set({ rating: 2 }).save();

    const savedReview = await Review.findOne({ _id: review._id }).orFail();
    expect(savedReview.rating).toBe(2);
    expect(await snapshot(['reviews'], { but: ['reviews.rating'] })).toEqual(before);
  });

  it('changes the rating and body of a review together', async () => {
    const review = await seedTestData.review();
    await seedTestData.review();
    const before = await snapshot(['reviews'], { but: ['reviews.body', 'reviews.rating'] });

    await review.set({ rating: 2, body: 'A little slow at first.' }).save();

    const savedReview = await Review.findOne({ _id: review._id }).orFail();
    expect(savedReview).toMatchObject({ rating: 2, body: 'A little slow at first.' });
    expect(await snapshot(['reviews'], { but: ['reviews.body', 'reviews.rating'] })).toEqual(
      before,
    );
  });

  it('removes a review and no other', async () => {
    const review = await seedTestData.review();
    const otherReview = await seedTestData.review();

    await review.deleteOne();

    expect(await Review.findOne({ _id: review._id })).toBeNull();
    expect(await Review.findOne({ _id: otherReview._id })).not.toBeNull();
  });

  it('refuses two reviews with the same book and user', async () => {
    const review = await seedTestData.review();

    await expect(
      Review.create({ rating: 2, book: review.book, user: review.user }),
    ).rejects.toMatchObject({ code: 11000 });
  });

  it('refuses a review without a required field', async () => {
    const book = await seedTestData.book();
    const user = await createTestUser();

    await expect(
      Review.create({ book: book._id, user: user._id, rating: null } as never),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it.each([
    ['a rating of 0', 0],
    ['a rating of 6', 6],
  ])('refuses a review outside its rules: %s', async (_, rating) => {
    const book = await seedTestData.book();
    const user = await createTestUser();

    await expect(Review.create({ book: book._id, user: user._id, rating })).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  it('leads from a review to its book', async () => {
    await seedTestData.book();
    const book = await seedTestData.book();
    const review = await seedTestData.review({ book: book._id });

    const found = await Review.findOne({ _id: review._id }).populate('book').orFail();

    expect(found.book.id).toBe(book.id);
  });

  it('counts and sums only the reviews of one book', async () => {
    const book = await seedTestData.book();
    await seedTestData.review({ book: book._id, rating: 4 });
    await seedTestData.review({ book: book._id, rating: 2 });
    await seedTestData.review({ rating: 4 });

    const count = await Review.countDocuments({ book: book._id });

    const total = await Review.aggregate([
      { $match: { book: book._id } },
      { $group: { _id: null, total: { $sum: '$rating' } } },
    ]).then(([found]) => found.total);

    expect(count).toBe(2);
    expect(total).toBe(6);
  });

  it('slices reviews in the order of rating', async () => {
    await seedTestData.review({ rating: 4 });
    await seedTestData.review({ rating: 2 });
    await seedTestData.review({ rating: 5 });

    const found = await Review.find().sort({ rating: 1 }).skip(1).limit(1);

    expect(found.map((each: { rating: unknown }) => each.rating)).toEqual([4]);
  });
});
