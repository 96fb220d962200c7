import pytest

from shop.models import User


def test_stores_one_file_while_covering_a_book(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()

    response = client.put(
        f"/api/v1/books/{book.id}/cover",
        b"\x89PNG\r\n\x1a\n" + bytes(56),
        content_type="image/png",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param("status500", id="an internal error"),
        pytest.param("network", id="a broken connection"),
    ],
)
def test_reports_a_failing_file_storage_while_covering_a_book(
    client, auth_headers, seed_data, storage, failure
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    storage.fail(failure)

    response = client.put(
        f"/api/v1/books/{book.id}/cover",
        b"\x89PNG\r\n\x1a\n" + bytes(56),
        content_type="image/png",
        headers=auth_headers(admin),
    )

    assert response.status_code == 502


def test_survives_a_failing_file_storage_while_covering_a_book(
    client, auth_headers, seed_data, storage
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    storage.fail("shape")

    response = client.put(
        f"/api/v1/books/{book.id}/cover",
        b"\x89PNG\r\n\x1a\n" + bytes(56),
        content_type="image/png",
        headers=auth_headers(admin),
    )

    assert response.status_code != 500, response.content


def test_does_not_wait_for_ever_for_the_file_storage_while_covering_a_book(
    client, auth_headers, seed_data, storage
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    storage.fail("timeout")

    response = client.put(
        f"/api/v1/books/{book.id}/cover",
        b"\x89PNG\r\n\x1a\n" + bytes(56),
        content_type="image/png",
        headers=auth_headers(admin),
    )

    assert response.status_code == 502


def test_survives_a_busy_file_storage_while_covering_a_book(
    client, auth_headers, seed_data, storage
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    storage.fail("rate_limit")

    response = client.put(
        f"/api/v1/books/{book.id}/cover",
        b"\x89PNG\r\n\x1a\n" + bytes(56),
        content_type="image/png",
        headers=auth_headers(admin),
    )

    assert response.status_code != 500, response.content
