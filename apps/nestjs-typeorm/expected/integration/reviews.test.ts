import './helpers/setup';

import { refusedFields } from './helpers/answers';
import { authenticatedRequest } from './helpers/auth';
import { repository, snapshot } from './helpers/database';
import { createTestUser, seedTestData } from './helpers/factories';

describe('reviews', () => {
  it('updates a review', async () => {
    const customer = await createTestUser();
    const review = await seedTestData.review({ user_id: customer.id });

    const response = await authenticatedRequest(
      'PATCH',
      `/api/v1/reviews/${review.id}`,
      customer,
    ).send({ rating: 2, body: 'A little slow at first.' });

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ rating: 2, body: 'A little slow at first.' });
    const savedReview = await repository('Review').findOneOrFail({ where: { id: review.id } });
    expect(savedReview).toMatchObject({ rating: 2, body: 'A little slow at first.' });
  });

  it('refuses to change a review that is not there', async () => {
    const customer = await createTestUser();
    await seedTestData.review({ user_id: customer.id });
    const before = await snapshot(['reviews']);

    const response = await authenticatedRequest('PATCH', '/api/v1/reviews/999999', customer).send({
      rating: 2,
      body: 'A little slow at first.',
    });

    expect(response.status).toBe(404);
    expect(await snapshot(['reviews'])).toEqual(before);
  });

  it('changes nothing else of a review (when the rating is sent)', async () => {
    const customer = await createTestUser();
    const review = await seedTestData.review({
      user_id: customer.id,
      body: 'Could not put it down.',
    });

    const response = await authenticatedRequest(
      'PATCH',
      `/api/v1/reviews/${review.id}`,
      customer,
    ).send({ rating: 2 });

    expect(response.status).toBe(200);
    const savedReview = await repository('Review').findOneOrFail({ where: { id: review.id } });
    expect(savedReview).toMatchObject({ rating: 2, body: review.body });
  });

  it('changes nothing else of a review (when the body is sent)', async () => {
    const customer = await createTestUser();
    const review = await seedTestData.review({
      user_id: customer.id,
      body: 'Could not put it down.',
    });

    const response = await authenticatedRequest(
      'PATCH',
      `/api/v1/reviews/${review.id}`,
      customer,
    ).send({ body: 'A little slow at first.' });

    expect(response.status).toBe(200);
    const savedReview = await repository('Review').findOneOrFail({ where: { id: review.id } });
    expect(savedReview).toMatchObject({ rating: review.rating, body: 'A little slow at first.' });
  });

  it.each([
    ['a null rating', 'rating', null],
    ['a rating that is no number', 'rating', 'plenty'],
    ['a rating of 0', 'rating', 0],
    ['a rating of 6', 'rating', 6],
    ['a body that is no text', 'body', { text: 'amber' }],
    ['a body of 2001 characters', 'body', 'x'.repeat(2001)],
  ])('refuses an invalid change of a review: %s', async (_, field, value) => {
    const customer = await createTestUser();
    const review = await seedTestData.review({ user_id: customer.id });
    const before = await snapshot(['reviews']);

    const response = await authenticatedRequest(
      'PATCH',
      `/api/v1/reviews/${review.id}`,
      customer,
    ).send({ rating: 2, body: 'A little slow at first.', [field]: value });

    expect(response.status).toBe(400);
    expect(refusedFields(response)).toContain(field);
    expect(await snapshot(['reviews'])).toEqual(before);
  });

  it.each([
    ['a rating of 1', 'rating', 1],
    ['a rating of 5', 'rating', 5],
    ['a body of 2000 characters', 'body', 'x'.repeat(2000)],
  ])('accepts a change of a review at the edge of its rules: %s', async (_, field, value) => {
    const customer = await createTestUser();
    const review = await seedTestData.review({ user_id: customer.id });

    const response = await authenticatedRequest(
      'PATCH',
      `/api/v1/reviews/${review.id}`,
      customer,
    ).send({ rating: 2, body: 'A little slow at first.', [field]: value });

    expect(response.status).toBe(200);
  });

  it.each([
    ['PATCH /api/v1/reviews/{id}', 'PATCH', '/api/v1/reviews/not-a-number'],
    ['DELETE /api/v1/reviews/{id}', 'DELETE', '/api/v1/reviews/not-a-number'],
  ])('refuses a malformed key in the path from a customer: %s', async (_, method, path) => {
    const customer = await createTestUser();

    const response = await authenticatedRequest(method, path, customer);

    expect(response.status).toBe(400);
  });

  it('refuses a customer who updates a review of another', async () => {
    const otherCustomer = await createTestUser();
    const customer = await createTestUser();
    const review = await seedTestData.review({ user_id: otherCustomer.id });
    const before = await snapshot(['reviews']);

    const response = await authenticatedRequest(
      'PATCH',
      `/api/v1/reviews/${review.id}`,
      customer,
    ).send({ rating: 2, body: 'A little slow at first.' });

    expect(response.status).toBe(403);
    expect(await snapshot(['reviews'])).toEqual(before);
  });

  it('deletes a review and no other', async () => {
    const customer = await createTestUser();
    const review = await seedTestData.review({ user_id: customer.id });
    const otherReview = await seedTestData.review();

    const response = await authenticatedRequest('DELETE', `/api/v1/reviews/${review.id}`, customer);

    expect(response.status).toBe(204);
    expect(await repository('Review').findOne({ where: { id: review.id } })).toBeNull();
    expect(await repository('Review').count({ where: { id: otherReview.id } })).toBe(1);
  });

  it('refuses to delete a review that is not there', async () => {
    const customer = await createTestUser();
    await seedTestData.review({ user_id: customer.id });
    const before = await snapshot(['reviews']);

    const response = await authenticatedRequest('DELETE', '/api/v1/reviews/999999', customer);

    expect(response.status).toBe(404);
    expect(await snapshot(['reviews'])).toEqual(before);
  });

  it('has no review left to delete a second time', async () => {
    const customer = await createTestUser();
    const review = await seedTestData.review({ user_id: customer.id });

    const first = await authenticatedRequest('DELETE', `/api/v1/reviews/${review.id}`, customer);

    const response = await authenticatedRequest('DELETE', `/api/v1/reviews/${review.id}`, customer);

    expect(first.status).toBe(204);
    expect(response.status).toBe(404);
  });

  it('refuses a customer who deletes a review of another', async () => {
    const otherCustomer = await createTestUser();
    const customer = await createTestUser();
    const review = await seedTestData.review({ user_id: otherCustomer.id });
    const before = await snapshot(['reviews']);

    const response = await authenticatedRequest('DELETE', `/api/v1/reviews/${review.id}`, customer);

    expect(response.status).toBe(403);
    expect(await snapshot(['reviews'])).toEqual(before);
  });
});
