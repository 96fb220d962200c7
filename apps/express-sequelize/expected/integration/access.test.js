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
    ['GET /api/v1/me with a garbled token', 'GET', '/api/v1/me', 'garbage', [401, 403]],
    ['GET /api/v1/me with an expired token', 'GET', '/api/v1/me', 'expired', [401, 403]],
    [
      'GET /api/v1/me with a token signed with another key',
      'GET',
      '/api/v1/me',
      'forged',
      [401, 403],
    ],
    ['GET /api/v1/me with an unsigned token', 'GET', '/api/v1/me', 'unsigned', [401, 403]],
    ['GET /api/v1/me with a token of nobody', 'GET', '/api/v1/me', 'stranger', [401, 403, 404]],
    ['GET /api/v1/me with the wrong scheme', 'GET', '/api/v1/me', 'scheme', [401]],
    ['PATCH /api/v1/me with a garbled token', 'PATCH', '/api/v1/me', 'garbage', [401, 403]],
    ['PATCH /api/v1/me with an expired token', 'PATCH', '/api/v1/me', 'expired', [401, 403]],
    [
      'PATCH /api/v1/me with a token signed with another key',
      'PATCH',
      '/api/v1/me',
      'forged',
      [401, 403],
    ],
    ['POST /api/v1/authors with a garbled token', 'POST', '/api/v1/authors', 'garbage', [401, 403]],
    [
      'POST /api/v1/authors with an expired token',
      'POST',
      '/api/v1/authors',
      'expired',
      [401, 403],
    ],
    [
      'POST /api/v1/authors with a token signed with another key',
      'POST',
      '/api/v1/authors',
      'forged',
      [401, 403],
    ],
    [
      'POST /api/v1/authors with an unsigned token',
      'POST',
      '/api/v1/authors',
      'unsigned',
      [401, 403],
    ],
    [
      'POST /api/v1/authors with a token of nobody',
      'POST',
      '/api/v1/authors',
      'stranger',
      [401, 403, 404],
    ],
    ['POST /api/v1/authors with the wrong scheme', 'POST', '/api/v1/authors', 'scheme', [401]],
    [
      'DELETE /api/v1/authors/{id} with a garbled token',
      'DELETE',
      '/api/v1/authors/1',
      'garbage',
      [401, 403],
    ],
    [
      'DELETE /api/v1/authors/{id} with an expired token',
      'DELETE',
      '/api/v1/authors/1',
      'expired',
      [401, 403],
    ],
    [
      'DELETE /api/v1/authors/{id} with a token signed with another key',
      'DELETE',
      '/api/v1/authors/1',
      'forged',
      [401, 403],
    ],
    [
      'POST /api/v1/books/{id}/reviews with a garbled token',
      'POST',
      '/api/v1/books/1/reviews',
      'garbage',
      [401, 403],
    ],
    [
      'POST /api/v1/books/{id}/reviews with an expired token',
      'POST',
      '/api/v1/books/1/reviews',
      'expired',
      [401, 403],
    ],
    [
      'POST /api/v1/books/{id}/reviews with a token signed with another key',
      'POST',
      '/api/v1/books/1/reviews',
      'forged',
      [401, 403],
    ],
    ['POST /api/v1/books with a garbled token', 'POST', '/api/v1/books', 'garbage', [401, 403]],
    ['POST /api/v1/books with an expired token', 'POST', '/api/v1/books', 'expired', [401, 403]],
    [
      'POST /api/v1/books with a token signed with another key',
      'POST',
      '/api/v1/books',
      'forged',
      [401, 403],
    ],
    [
      'PATCH /api/v1/books/{id} with a garbled token',
      'PATCH',
      '/api/v1/books/1',
      'garbage',
      [401, 403],
    ],
    [
      'PATCH /api/v1/books/{id} with an expired token',
      'PATCH',
      '/api/v1/books/1',
      'expired',
      [401, 403],
    ],
    [
      'PATCH /api/v1/books/{id} with a token signed with another key',
      'PATCH',
      '/api/v1/books/1',
      'forged',
      [401, 403],
    ],
    [
      'DELETE /api/v1/books/{id} with a garbled token',
      'DELETE',
      '/api/v1/books/1',
      'garbage',
      [401, 403],
    ],
    [
      'DELETE /api/v1/books/{id} with an expired token',
      'DELETE',
      '/api/v1/books/1',
      'expired',
      [401, 403],
    ],
    [
      'DELETE /api/v1/books/{id} with a token signed with another key',
      'DELETE',
      '/api/v1/books/1',
      'forged',
      [401, 403],
    ],
    [
      'PATCH /api/v1/reviews/{id} with a garbled token',
      'PATCH',
      '/api/v1/reviews/1',
      'garbage',
      [401, 403],
    ],
    [
      'PATCH /api/v1/reviews/{id} with an expired token',
      'PATCH',
      '/api/v1/reviews/1',
      'expired',
      [401, 403],
    ],
    [
      'PATCH /api/v1/reviews/{id} with a token signed with another key',
      'PATCH',
      '/api/v1/reviews/1',
      'forged',
      [401, 403],
    ],
    [
      'DELETE /api/v1/reviews/{id} with a garbled token',
      'DELETE',
      '/api/v1/reviews/1',
      'garbage',
      [401, 403],
    ],
    [
      'DELETE /api/v1/reviews/{id} with an expired token',
      'DELETE',
      '/api/v1/reviews/1',
      'expired',
      [401, 403],
    ],
    [
      'DELETE /api/v1/reviews/{id} with a token signed with another key',
      'DELETE',
      '/api/v1/reviews/1',
      'forged',
      [401, 403],
    ],
    ['GET /api/v1/orders with a garbled token', 'GET', '/api/v1/orders', 'garbage', [401, 403]],
    ['GET /api/v1/orders with an expired token', 'GET', '/api/v1/orders', 'expired', [401, 403]],
    [
      'GET /api/v1/orders with a token signed with another key',
      'GET',
      '/api/v1/orders',
      'forged',
      [401, 403],
    ],
    ['POST /api/v1/orders with a garbled token', 'POST', '/api/v1/orders', 'garbage', [401, 403]],
    ['POST /api/v1/orders with an expired token', 'POST', '/api/v1/orders', 'expired', [401, 403]],
    [
      'POST /api/v1/orders with a token signed with another key',
      'POST',
      '/api/v1/orders',
      'forged',
      [401, 403],
    ],
    [
      'GET /api/v1/orders/{id} with a garbled token',
      'GET',
      '/api/v1/orders/1',
      'garbage',
      [401, 403],
    ],
    [
      'GET /api/v1/orders/{id} with an expired token',
      'GET',
      '/api/v1/orders/1',
      'expired',
      [401, 403],
    ],
    [
      'GET /api/v1/orders/{id} with a token signed with another key',
      'GET',
      '/api/v1/orders/1',
      'forged',
      [401, 403],
    ],
    [
      'POST /api/v1/orders/{id}/pay with a garbled token',
      'POST',
      '/api/v1/orders/1/pay',
      'garbage',
      [401, 403],
    ],
    [
      'POST /api/v1/orders/{id}/pay with an expired token',
      'POST',
      '/api/v1/orders/1/pay',
      'expired',
      [401, 403],
    ],
    [
      'POST /api/v1/orders/{id}/pay with a token signed with another key',
      'POST',
      '/api/v1/orders/1/pay',
      'forged',
      [401, 403],
    ],
    [
      'POST /api/v1/orders/{id}/cancel with a garbled token',
      'POST',
      '/api/v1/orders/1/cancel',
      'garbage',
      [401, 403],
    ],
    [
      'POST /api/v1/orders/{id}/cancel with an expired token',
      'POST',
      '/api/v1/orders/1/cancel',
      'expired',
      [401, 403],
    ],
    [
      'POST /api/v1/orders/{id}/cancel with a token signed with another key',
      'POST',
      '/api/v1/orders/1/cancel',
      'forged',
      [401, 403],
    ],
    [
      'GET /api/v1/admin/orders with a garbled token',
      'GET',
      '/api/v1/admin/orders',
      'garbage',
      [401, 403],
    ],
    [
      'GET /api/v1/admin/orders with an expired token',
      'GET',
      '/api/v1/admin/orders',
      'expired',
      [401, 403],
    ],
    [
      'GET /api/v1/admin/orders with a token signed with another key',
      'GET',
      '/api/v1/admin/orders',
      'forged',
      [401, 403],
    ],
  ])('turns away a token that does not hold: %s', async (_, method, path, flaw, status) => {
    const user = await createTestUser();

    const response = await authenticatedRequest(method, path, user, flaw);

    expect(status).toContain(response.status);
  });

  it.each([
    ['POST /api/v1/authors', 'POST', '/api/v1/authors'],
    ['DELETE /api/v1/authors/{id}', 'DELETE', '/api/v1/authors/1'],
    ['POST /api/v1/books', 'POST', '/api/v1/books'],
    ['PATCH /api/v1/books/{id}', 'PATCH', '/api/v1/books/1'],
    ['DELETE /api/v1/books/{id}', 'DELETE', '/api/v1/books/1'],
    ['GET /api/v1/admin/orders', 'GET', '/api/v1/admin/orders'],
  ])('keeps a user from what others may do: %s', async (_, method, path) => {
    const user = await createTestUser();

    const response = await authenticatedRequest(method, path, user);

    expect(response.status).toBe(403);
  });
});
