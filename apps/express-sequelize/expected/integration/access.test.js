require('./helpers/setup');

const { anonymousRequest } = require('./helpers/app');
const { authenticatedRequest } = require('./helpers/auth');
const { createTestUser } = require('./helpers/factories');

describe('access', () => {
  it.each([
    ['GET /api/v1/me', 'GET', '/api/v1/me'],
    ['PATCH /api/v1/me', 'PATCH', '/api/v1/me'],
    ['POST /api/v1/authors', 'POST', '/api/v1/authors'],
    ['DELETE /api/v1/authors/{id}', 'DELETE', '/api/v1/authors/1'],
    ['POST /api/v1/books/{id}/reviews', 'POST', '/api/v1/books/1/reviews'],
    ['POST /api/v1/books', 'POST', '/api/v1/books'],
    ['PATCH /api/v1/books/{id}', 'PATCH', '/api/v1/books/1'],
    ['DELETE /api/v1/books/{id}', 'DELETE', '/api/v1/books/1'],
    ['PATCH /api/v1/reviews/{id}', 'PATCH', '/api/v1/reviews/1'],
    ['DELETE /api/v1/reviews/{id}', 'DELETE', '/api/v1/reviews/1'],
    ['GET /api/v1/orders', 'GET', '/api/v1/orders'],
    ['POST /api/v1/orders', 'POST', '/api/v1/orders'],
    ['GET /api/v1/orders/{id}', 'GET', '/api/v1/orders/1'],
    ['POST /api/v1/orders/{id}/pay', 'POST', '/api/v1/orders/1/pay'],
    ['POST /api/v1/orders/{id}/cancel', 'POST', '/api/v1/orders/1/cancel'],
    ['GET /api/v1/admin/orders', 'GET', '/api/v1/admin/orders'],
  ])('turns away a caller without credentials: %s', async (_, method, path) => {
    const response = await anonymousRequest(method, path);

    expect(response.status).toBe(401);
  });

  it.each([
    ['GET /api/v1/me with a garbled token', 'GET', '/api/v1/me', 'garbage'],
    ['GET /api/v1/me with an expired token', 'GET', '/api/v1/me', 'expired'],
    ['GET /api/v1/me with a token signed with another key', 'GET', '/api/v1/me', 'forged'],
    ['GET /api/v1/me with an unsigned token', 'GET', '/api/v1/me', 'unsigned'],
    ['GET /api/v1/me with a token of nobody', 'GET', '/api/v1/me', 'stranger'],
    ['GET /api/v1/me with the wrong scheme', 'GET', '/api/v1/me', 'scheme'],
    ['PATCH /api/v1/me with a garbled token', 'PATCH', '/api/v1/me', 'garbage'],
    ['PATCH /api/v1/me with an expired token', 'PATCH', '/api/v1/me', 'expired'],
    ['PATCH /api/v1/me with a token signed with another key', 'PATCH', '/api/v1/me', 'forged'],
    ['POST /api/v1/authors with a garbled token', 'POST', '/api/v1/authors', 'garbage'],
    ['POST /api/v1/authors with an expired token', 'POST', '/api/v1/authors', 'expired'],
    [
      'POST /api/v1/authors with a token signed with another key',
      'POST',
      '/api/v1/authors',
      'forged',
    ],
    ['POST /api/v1/authors with an unsigned token', 'POST', '/api/v1/authors', 'unsigned'],
    ['POST /api/v1/authors with a token of nobody', 'POST', '/api/v1/authors', 'stranger'],
    ['POST /api/v1/authors with the wrong scheme', 'POST', '/api/v1/authors', 'scheme'],
    ['DELETE /api/v1/authors/{id} with a garbled token', 'DELETE', '/api/v1/authors/1', 'garbage'],
    ['DELETE /api/v1/authors/{id} with an expired token', 'DELETE', '/api/v1/authors/1', 'expired'],
    [
      'DELETE /api/v1/authors/{id} with a token signed with another key',
      'DELETE',
      '/api/v1/authors/1',
      'forged',
    ],
    [
      'POST /api/v1/books/{id}/reviews with a garbled token',
      'POST',
      '/api/v1/books/1/reviews',
      'garbage',
    ],
    [
      'POST /api/v1/books/{id}/reviews with an expired token',
      'POST',
      '/api/v1/books/1/reviews',
      'expired',
    ],
    [
      'POST /api/v1/books/{id}/reviews with a token signed with another key',
      'POST',
      '/api/v1/books/1/reviews',
      'forged',
    ],
    ['POST /api/v1/books with a garbled token', 'POST', '/api/v1/books', 'garbage'],
    ['POST /api/v1/books with an expired token', 'POST', '/api/v1/books', 'expired'],
    ['POST /api/v1/books with a token signed with another key', 'POST', '/api/v1/books', 'forged'],
    ['PATCH /api/v1/books/{id} with a garbled token', 'PATCH', '/api/v1/books/1', 'garbage'],
    ['PATCH /api/v1/books/{id} with an expired token', 'PATCH', '/api/v1/books/1', 'expired'],
    [
      'PATCH /api/v1/books/{id} with a token signed with another key',
      'PATCH',
      '/api/v1/books/1',
      'forged',
    ],
    ['DELETE /api/v1/books/{id} with a garbled token', 'DELETE', '/api/v1/books/1', 'garbage'],
    ['DELETE /api/v1/books/{id} with an expired token', 'DELETE', '/api/v1/books/1', 'expired'],
    [
      'DELETE /api/v1/books/{id} with a token signed with another key',
      'DELETE',
      '/api/v1/books/1',
      'forged',
    ],
    ['PATCH /api/v1/reviews/{id} with a garbled token', 'PATCH', '/api/v1/reviews/1', 'garbage'],
    ['PATCH /api/v1/reviews/{id} with an expired token', 'PATCH', '/api/v1/reviews/1', 'expired'],
    [
      'PATCH /api/v1/reviews/{id} with a token signed with another key',
      'PATCH',
      '/api/v1/reviews/1',
      'forged',
    ],
    ['DELETE /api/v1/reviews/{id} with a garbled token', 'DELETE', '/api/v1/reviews/1', 'garbage'],
    ['DELETE /api/v1/reviews/{id} with an expired token', 'DELETE', '/api/v1/reviews/1', 'expired'],
    [
      'DELETE /api/v1/reviews/{id} with a token signed with another key',
      'DELETE',
      '/api/v1/reviews/1',
      'forged',
    ],
    ['GET /api/v1/orders with a garbled token', 'GET', '/api/v1/orders', 'garbage'],
    ['GET /api/v1/orders with an expired token', 'GET', '/api/v1/orders', 'expired'],
    ['GET /api/v1/orders with a token signed with another key', 'GET', '/api/v1/orders', 'forged'],
    ['POST /api/v1/orders with a garbled token', 'POST', '/api/v1/orders', 'garbage'],
    ['POST /api/v1/orders with an expired token', 'POST', '/api/v1/orders', 'expired'],
    [
      'POST /api/v1/orders with a token signed with another key',
      'POST',
      '/api/v1/orders',
      'forged',
    ],
    ['GET /api/v1/orders/{id} with a garbled token', 'GET', '/api/v1/orders/1', 'garbage'],
    ['GET /api/v1/orders/{id} with an expired token', 'GET', '/api/v1/orders/1', 'expired'],
    [
      'GET /api/v1/orders/{id} with a token signed with another key',
      'GET',
      '/api/v1/orders/1',
      'forged',
    ],
    [
      'POST /api/v1/orders/{id}/pay with a garbled token',
      'POST',
      '/api/v1/orders/1/pay',
      'garbage',
    ],
    [
      'POST /api/v1/orders/{id}/pay with an expired token',
      'POST',
      '/api/v1/orders/1/pay',
      'expired',
    ],
    [
      'POST /api/v1/orders/{id}/pay with a token signed with another key',
      'POST',
      '/api/v1/orders/1/pay',
      'forged',
    ],
    [
      'POST /api/v1/orders/{id}/cancel with a garbled token',
      'POST',
      '/api/v1/orders/1/cancel',
      'garbage',
    ],
    [
      'POST /api/v1/orders/{id}/cancel with an expired token',
      'POST',
      '/api/v1/orders/1/cancel',
      'expired',
    ],
    [
      'POST /api/v1/orders/{id}/cancel with a token signed with another key',
      'POST',
      '/api/v1/orders/1/cancel',
      'forged',
    ],
    ['GET /api/v1/admin/orders with a garbled token', 'GET', '/api/v1/admin/orders', 'garbage'],
    ['GET /api/v1/admin/orders with an expired token', 'GET', '/api/v1/admin/orders', 'expired'],
    [
      'GET /api/v1/admin/orders with a token signed with another key',
      'GET',
      '/api/v1/admin/orders',
      'forged',
    ],
  ])('turns away a token that does not hold: %s', async (_, method, path, flaw) => {
    const customer = await createTestUser();

    const response = await authenticatedRequest(method, path, customer, flaw);

    expect(response.status).toBe(401);
  });

  it.each([
    ['POST /api/v1/authors', 'POST', '/api/v1/authors'],
    ['DELETE /api/v1/authors/{id}', 'DELETE', '/api/v1/authors/1'],
    ['POST /api/v1/books', 'POST', '/api/v1/books'],
    ['PATCH /api/v1/books/{id}', 'PATCH', '/api/v1/books/1'],
    ['DELETE /api/v1/books/{id}', 'DELETE', '/api/v1/books/1'],
    ['GET /api/v1/admin/orders', 'GET', '/api/v1/admin/orders'],
  ])('keeps a customer from what others may do: %s', async (_, method, path) => {
    const customer = await createTestUser();

    const response = await authenticatedRequest(method, path, customer);

    expect(response.status).toBe(403);
  });
});
