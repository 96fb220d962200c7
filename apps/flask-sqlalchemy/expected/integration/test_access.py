import pytest


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/api/v1/admin/orders", id="GET /api/v1/admin/orders"),
        pytest.param("POST", "/api/v1/authors", id="POST /api/v1/authors"),
        pytest.param("DELETE", "/api/v1/authors/1", id="DELETE /api/v1/authors/{author_id}"),
        pytest.param("POST", "/api/v1/books/1/reviews", id="POST /api/v1/books/{book_id}/reviews"),
        pytest.param("POST", "/api/v1/books", id="POST /api/v1/books"),
        pytest.param("PATCH", "/api/v1/books/1", id="PATCH /api/v1/books/{book_id}"),
        pytest.param("DELETE", "/api/v1/books/1", id="DELETE /api/v1/books/{book_id}"),
        pytest.param("GET", "/api/v1/me", id="GET /api/v1/me"),
        pytest.param("PATCH", "/api/v1/me", id="PATCH /api/v1/me"),
        pytest.param("POST", "/api/v1/orders", id="POST /api/v1/orders"),
        pytest.param("GET", "/api/v1/orders", id="GET /api/v1/orders"),
        pytest.param("GET", "/api/v1/orders/1", id="GET /api/v1/orders/{order_id}"),
        pytest.param("POST", "/api/v1/orders/1/pay", id="POST /api/v1/orders/{order_id}/pay"),
        pytest.param("POST", "/api/v1/orders/1/cancel", id="POST /api/v1/orders/{order_id}/cancel"),
        pytest.param("PATCH", "/api/v1/reviews/1", id="PATCH /api/v1/reviews/{review_id}"),
        pytest.param("DELETE", "/api/v1/reviews/1", id="DELETE /api/v1/reviews/{review_id}"),
    ],
)
def test_turns_away_a_caller_without_credentials(client, method, path):
    response = client.open(path, method=method)

    assert response.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "flaw"),
    [
        pytest.param(
            "GET",
            "/api/v1/admin/orders",
            "garbage",
            id="GET /api/v1/admin/orders with a garbled token",
        ),
        pytest.param(
            "GET",
            "/api/v1/admin/orders",
            "expired",
            id="GET /api/v1/admin/orders with an expired token",
        ),
        pytest.param(
            "GET",
            "/api/v1/admin/orders",
            "forged",
            id="GET /api/v1/admin/orders with a token signed with another key",
        ),
        pytest.param(
            "GET",
            "/api/v1/admin/orders",
            "unsigned",
            id="GET /api/v1/admin/orders with an unsigned token",
        ),
        pytest.param(
            "GET",
            "/api/v1/admin/orders",
            "stranger",
            id="GET /api/v1/admin/orders with a token of nobody",
        ),
        pytest.param(
            "GET",
            "/api/v1/admin/orders",
            "scheme",
            id="GET /api/v1/admin/orders with the wrong scheme",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/authors/1",
            "garbage",
            id="DELETE /api/v1/authors/{author_id} with a garbled token",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/authors/1",
            "expired",
            id="DELETE /api/v1/authors/{author_id} with an expired token",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/authors/1",
            "forged",
            id="DELETE /api/v1/authors/{author_id} with a token signed with another key",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/books/1",
            "garbage",
            id="PATCH /api/v1/books/{book_id} with a garbled token",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/books/1",
            "expired",
            id="PATCH /api/v1/books/{book_id} with an expired token",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/books/1",
            "forged",
            id="PATCH /api/v1/books/{book_id} with a token signed with another key",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/books/1",
            "garbage",
            id="DELETE /api/v1/books/{book_id} with a garbled token",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/books/1",
            "expired",
            id="DELETE /api/v1/books/{book_id} with an expired token",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/books/1",
            "forged",
            id="DELETE /api/v1/books/{book_id} with a token signed with another key",
        ),
        pytest.param("GET", "/api/v1/me", "garbage", id="GET /api/v1/me with a garbled token"),
        pytest.param("GET", "/api/v1/me", "expired", id="GET /api/v1/me with an expired token"),
        pytest.param(
            "GET", "/api/v1/me", "forged", id="GET /api/v1/me with a token signed with another key"
        ),
        pytest.param("PATCH", "/api/v1/me", "garbage", id="PATCH /api/v1/me with a garbled token"),
        pytest.param("PATCH", "/api/v1/me", "expired", id="PATCH /api/v1/me with an expired token"),
        pytest.param(
            "PATCH",
            "/api/v1/me",
            "forged",
            id="PATCH /api/v1/me with a token signed with another key",
        ),
        pytest.param(
            "GET", "/api/v1/orders", "garbage", id="GET /api/v1/orders with a garbled token"
        ),
        pytest.param(
            "GET", "/api/v1/orders", "expired", id="GET /api/v1/orders with an expired token"
        ),
        pytest.param(
            "GET",
            "/api/v1/orders",
            "forged",
            id="GET /api/v1/orders with a token signed with another key",
        ),
        pytest.param(
            "GET",
            "/api/v1/orders/1",
            "garbage",
            id="GET /api/v1/orders/{order_id} with a garbled token",
        ),
        pytest.param(
            "GET",
            "/api/v1/orders/1",
            "expired",
            id="GET /api/v1/orders/{order_id} with an expired token",
        ),
        pytest.param(
            "GET",
            "/api/v1/orders/1",
            "forged",
            id="GET /api/v1/orders/{order_id} with a token signed with another key",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders/1/cancel",
            "garbage",
            id="POST /api/v1/orders/{order_id}/cancel with a garbled token",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders/1/cancel",
            "expired",
            id="POST /api/v1/orders/{order_id}/cancel with an expired token",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders/1/cancel",
            "forged",
            id="POST /api/v1/orders/{order_id}/cancel with a token signed with another key",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/reviews/1",
            "garbage",
            id="PATCH /api/v1/reviews/{review_id} with a garbled token",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/reviews/1",
            "expired",
            id="PATCH /api/v1/reviews/{review_id} with an expired token",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/reviews/1",
            "forged",
            id="PATCH /api/v1/reviews/{review_id} with a token signed with another key",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/reviews/1",
            "garbage",
            id="DELETE /api/v1/reviews/{review_id} with a garbled token",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/reviews/1",
            "expired",
            id="DELETE /api/v1/reviews/{review_id} with an expired token",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/reviews/1",
            "forged",
            id="DELETE /api/v1/reviews/{review_id} with a token signed with another key",
        ),
    ],
)
def test_turns_away_a_token_that_does_not_hold(client, auth_headers, seed_data, method, path, flaw):
    customer = seed_data.user()

    response = client.open(path, method=method, headers=auth_headers(customer, flaw=flaw))

    assert response.status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/api/v1/admin/orders", id="GET /api/v1/admin/orders"),
        pytest.param("DELETE", "/api/v1/authors/1", id="DELETE /api/v1/authors/{author_id}"),
        pytest.param("PATCH", "/api/v1/books/1", id="PATCH /api/v1/books/{book_id}"),
        pytest.param("DELETE", "/api/v1/books/1", id="DELETE /api/v1/books/{book_id}"),
    ],
)
def test_keeps_a_customer_from_what_others_may_do(client, auth_headers, seed_data, method, path):
    customer = seed_data.user()

    response = client.open(path, method=method, headers=auth_headers(customer))

    assert response.status_code == 403
