import pytest


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/api/v1/me", id="GET /api/v1/me"),
        pytest.param("PATCH", "/api/v1/me", id="PATCH /api/v1/me"),
        pytest.param("POST", "/api/v1/books/1/reviews", id="POST /api/v1/books/{book_id}/reviews"),
        pytest.param("GET", "/api/v1/admin/orders", id="GET /api/v1/admin/orders"),
        pytest.param("POST", "/api/v1/authors", id="POST /api/v1/authors"),
        pytest.param("DELETE", "/api/v1/authors/amber", id="DELETE /api/v1/authors/{id}"),
        pytest.param("POST", "/api/v1/books", id="POST /api/v1/books"),
        pytest.param("PUT", "/api/v1/books/amber/cover", id="PUT /api/v1/books/{id}/cover"),
        pytest.param("PUT", "/api/v1/books/amber", id="PUT /api/v1/books/{id}"),
        pytest.param("PATCH", "/api/v1/books/amber", id="PATCH /api/v1/books/{id}"),
        pytest.param("DELETE", "/api/v1/books/amber", id="DELETE /api/v1/books/{id}"),
        pytest.param("PATCH", "/api/v1/reviews/amber", id="PATCH /api/v1/reviews/{id}"),
        pytest.param("DELETE", "/api/v1/reviews/amber", id="DELETE /api/v1/reviews/{id}"),
        pytest.param("GET", "/api/v1/orders", id="GET /api/v1/orders"),
        pytest.param("POST", "/api/v1/orders", id="POST /api/v1/orders"),
        pytest.param("POST", "/api/v1/orders/amber/pay", id="POST /api/v1/orders/{id}/pay"),
        pytest.param("POST", "/api/v1/orders/amber/cancel", id="POST /api/v1/orders/{id}/cancel"),
        pytest.param("GET", "/api/v1/orders/amber", id="GET /api/v1/orders/{id}"),
    ],
)
def test_turns_away_a_caller_without_credentials(client, method, path):
    response = client.generic(method, path)

    assert response.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "flaw", "status"),
    [
        pytest.param(
            "GET", "/api/v1/me", "garbage", (401, 403), id="GET /api/v1/me with a garbled token"
        ),
        pytest.param(
            "GET", "/api/v1/me", "expired", (401, 403), id="GET /api/v1/me with an expired token"
        ),
        pytest.param(
            "GET",
            "/api/v1/me",
            "forged",
            (401, 403),
            id="GET /api/v1/me with a token signed with another key",
        ),
        pytest.param(
            "GET", "/api/v1/me", "unsigned", (401, 403), id="GET /api/v1/me with an unsigned token"
        ),
        pytest.param(
            "GET",
            "/api/v1/me",
            "stranger",
            (401, 403, 404),
            id="GET /api/v1/me with a token of nobody",
        ),
        pytest.param(
            "GET", "/api/v1/me", "scheme", (401,), id="GET /api/v1/me with the wrong scheme"
        ),
        pytest.param(
            "PATCH", "/api/v1/me", "garbage", (401, 403), id="PATCH /api/v1/me with a garbled token"
        ),
        pytest.param(
            "PATCH",
            "/api/v1/me",
            "expired",
            (401, 403),
            id="PATCH /api/v1/me with an expired token",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/me",
            "forged",
            (401, 403),
            id="PATCH /api/v1/me with a token signed with another key",
        ),
        pytest.param(
            "POST",
            "/api/v1/books/1/reviews",
            "garbage",
            (401, 403),
            id="POST /api/v1/books/{book_id}/reviews with a garbled token",
        ),
        pytest.param(
            "POST",
            "/api/v1/books/1/reviews",
            "expired",
            (401, 403),
            id="POST /api/v1/books/{book_id}/reviews with an expired token",
        ),
        pytest.param(
            "POST",
            "/api/v1/books/1/reviews",
            "forged",
            (401, 403),
            id="POST /api/v1/books/{book_id}/reviews with a token signed with another key",
        ),
        pytest.param(
            "GET",
            "/api/v1/admin/orders",
            "garbage",
            (401, 403),
            id="GET /api/v1/admin/orders with a garbled token",
        ),
        pytest.param(
            "GET",
            "/api/v1/admin/orders",
            "expired",
            (401, 403),
            id="GET /api/v1/admin/orders with an expired token",
        ),
        pytest.param(
            "GET",
            "/api/v1/admin/orders",
            "forged",
            (401, 403),
            id="GET /api/v1/admin/orders with a token signed with another key",
        ),
        pytest.param(
            "POST",
            "/api/v1/authors",
            "garbage",
            (401, 403),
            id="POST /api/v1/authors with a garbled token",
        ),
        pytest.param(
            "POST",
            "/api/v1/authors",
            "expired",
            (401, 403),
            id="POST /api/v1/authors with an expired token",
        ),
        pytest.param(
            "POST",
            "/api/v1/authors",
            "forged",
            (401, 403),
            id="POST /api/v1/authors with a token signed with another key",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/authors/amber",
            "garbage",
            (401, 403),
            id="DELETE /api/v1/authors/{id} with a garbled token",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/authors/amber",
            "expired",
            (401, 403),
            id="DELETE /api/v1/authors/{id} with an expired token",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/authors/amber",
            "forged",
            (401, 403),
            id="DELETE /api/v1/authors/{id} with a token signed with another key",
        ),
        pytest.param(
            "POST",
            "/api/v1/books",
            "garbage",
            (401, 403),
            id="POST /api/v1/books with a garbled token",
        ),
        pytest.param(
            "POST",
            "/api/v1/books",
            "expired",
            (401, 403),
            id="POST /api/v1/books with an expired token",
        ),
        pytest.param(
            "POST",
            "/api/v1/books",
            "forged",
            (401, 403),
            id="POST /api/v1/books with a token signed with another key",
        ),
        pytest.param(
            "PUT",
            "/api/v1/books/amber/cover",
            "garbage",
            (401, 403),
            id="PUT /api/v1/books/{id}/cover with a garbled token",
        ),
        pytest.param(
            "PUT",
            "/api/v1/books/amber/cover",
            "expired",
            (401, 403),
            id="PUT /api/v1/books/{id}/cover with an expired token",
        ),
        pytest.param(
            "PUT",
            "/api/v1/books/amber/cover",
            "forged",
            (401, 403),
            id="PUT /api/v1/books/{id}/cover with a token signed with another key",
        ),
        pytest.param(
            "PUT",
            "/api/v1/books/amber",
            "garbage",
            (401, 403),
            id="PUT /api/v1/books/{id} with a garbled token",
        ),
        pytest.param(
            "PUT",
            "/api/v1/books/amber",
            "expired",
            (401, 403),
            id="PUT /api/v1/books/{id} with an expired token",
        ),
        pytest.param(
            "PUT",
            "/api/v1/books/amber",
            "forged",
            (401, 403),
            id="PUT /api/v1/books/{id} with a token signed with another key",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/books/amber",
            "garbage",
            (401, 403),
            id="PATCH /api/v1/books/{id} with a garbled token",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/books/amber",
            "expired",
            (401, 403),
            id="PATCH /api/v1/books/{id} with an expired token",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/books/amber",
            "forged",
            (401, 403),
            id="PATCH /api/v1/books/{id} with a token signed with another key",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/books/amber",
            "garbage",
            (401, 403),
            id="DELETE /api/v1/books/{id} with a garbled token",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/books/amber",
            "expired",
            (401, 403),
            id="DELETE /api/v1/books/{id} with an expired token",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/books/amber",
            "forged",
            (401, 403),
            id="DELETE /api/v1/books/{id} with a token signed with another key",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/reviews/amber",
            "garbage",
            (401, 403),
            id="PATCH /api/v1/reviews/{id} with a garbled token",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/reviews/amber",
            "expired",
            (401, 403),
            id="PATCH /api/v1/reviews/{id} with an expired token",
        ),
        pytest.param(
            "PATCH",
            "/api/v1/reviews/amber",
            "forged",
            (401, 403),
            id="PATCH /api/v1/reviews/{id} with a token signed with another key",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/reviews/amber",
            "garbage",
            (401, 403),
            id="DELETE /api/v1/reviews/{id} with a garbled token",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/reviews/amber",
            "expired",
            (401, 403),
            id="DELETE /api/v1/reviews/{id} with an expired token",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/reviews/amber",
            "forged",
            (401, 403),
            id="DELETE /api/v1/reviews/{id} with a token signed with another key",
        ),
        pytest.param(
            "GET",
            "/api/v1/orders",
            "garbage",
            (401, 403),
            id="GET /api/v1/orders with a garbled token",
        ),
        pytest.param(
            "GET",
            "/api/v1/orders",
            "expired",
            (401, 403),
            id="GET /api/v1/orders with an expired token",
        ),
        pytest.param(
            "GET",
            "/api/v1/orders",
            "forged",
            (401, 403),
            id="GET /api/v1/orders with a token signed with another key",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders",
            "garbage",
            (401, 403),
            id="POST /api/v1/orders with a garbled token",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders",
            "expired",
            (401, 403),
            id="POST /api/v1/orders with an expired token",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders",
            "forged",
            (401, 403),
            id="POST /api/v1/orders with a token signed with another key",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders/amber/pay",
            "garbage",
            (401, 403),
            id="POST /api/v1/orders/{id}/pay with a garbled token",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders/amber/pay",
            "expired",
            (401, 403),
            id="POST /api/v1/orders/{id}/pay with an expired token",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders/amber/pay",
            "forged",
            (401, 403),
            id="POST /api/v1/orders/{id}/pay with a token signed with another key",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders/amber/cancel",
            "garbage",
            (401, 403),
            id="POST /api/v1/orders/{id}/cancel with a garbled token",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders/amber/cancel",
            "expired",
            (401, 403),
            id="POST /api/v1/orders/{id}/cancel with an expired token",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders/amber/cancel",
            "forged",
            (401, 403),
            id="POST /api/v1/orders/{id}/cancel with a token signed with another key",
        ),
        pytest.param(
            "GET",
            "/api/v1/orders/amber",
            "garbage",
            (401, 403),
            id="GET /api/v1/orders/{id} with a garbled token",
        ),
        pytest.param(
            "GET",
            "/api/v1/orders/amber",
            "expired",
            (401, 403),
            id="GET /api/v1/orders/{id} with an expired token",
        ),
        pytest.param(
            "GET",
            "/api/v1/orders/amber",
            "forged",
            (401, 403),
            id="GET /api/v1/orders/{id} with a token signed with another key",
        ),
    ],
)
def test_turns_away_a_token_that_does_not_hold(
    client, auth_headers, seed_data, method, path, flaw, status
):
    user = seed_data.user()

    response = client.generic(method, path, headers=auth_headers(user, flaw=flaw))

    assert response.status_code in status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/api/v1/admin/orders", id="GET /api/v1/admin/orders"),
        pytest.param("POST", "/api/v1/authors", id="POST /api/v1/authors"),
        pytest.param("DELETE", "/api/v1/authors/amber", id="DELETE /api/v1/authors/{id}"),
        pytest.param("POST", "/api/v1/books", id="POST /api/v1/books"),
        pytest.param("PUT", "/api/v1/books/amber/cover", id="PUT /api/v1/books/{id}/cover"),
        pytest.param("PUT", "/api/v1/books/amber", id="PUT /api/v1/books/{id}"),
        pytest.param("PATCH", "/api/v1/books/amber", id="PATCH /api/v1/books/{id}"),
        pytest.param("DELETE", "/api/v1/books/amber", id="DELETE /api/v1/books/{id}"),
    ],
)
def test_keeps_a_user_from_what_others_may_do(client, auth_headers, seed_data, method, path):
    user = seed_data.user()

    response = client.generic(method, path, headers=auth_headers(user))

    assert response.status_code == 403
