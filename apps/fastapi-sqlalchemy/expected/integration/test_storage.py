import pytest

from app.models.user import Role

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_stores_one_file_while_replacing_a_cover(client, auth_headers, seed_data):
    admin = await seed_data.user(role=Role("admin"))
    book = await seed_data.book()

    response = await client.put(
        f"/api/v1/books/{book.id}/cover",
        content=b"\x89PNG\r\n\x1a\n" + bytes(56),
        headers=auth_headers(admin) | {"Content-Type": "image/png"},
    )

    assert response.status_code == 200, response.text


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param("status500", id="an internal error"),
        pytest.param("network", id="a broken connection"),
    ],
)
async def test_reports_a_failing_file_storage_while_replacing_a_cover(
    client, auth_headers, seed_data, storage, failure
):
    admin = await seed_data.user(role=Role("admin"))
    book = await seed_data.book()
    storage.fail(failure)

    response = await client.put(
        f"/api/v1/books/{book.id}/cover",
        content=b"\x89PNG\r\n\x1a\n" + bytes(56),
        headers=auth_headers(admin) | {"Content-Type": "image/png"},
    )

    assert response.status_code == 502


async def test_survives_a_failing_file_storage_while_replacing_a_cover(
    client, auth_headers, seed_data, storage
):
    admin = await seed_data.user(role=Role("admin"))
    book = await seed_data.book()
    storage.fail("shape")

    response = await client.put(
        f"/api/v1/books/{book.id}/cover",
        content=b"\x89PNG\r\n\x1a\n" + bytes(56),
        headers=auth_headers(admin) | {"Content-Type": "image/png"},
    )

    assert response.status_code != 500, response.text


async def test_does_not_wait_for_ever_for_the_file_storage_while_replacing_a_cover(
    client, auth_headers, seed_data, storage
):
    admin = await seed_data.user(role=Role("admin"))
    book = await seed_data.book()
    storage.fail("timeout")

    response = await client.put(
        f"/api/v1/books/{book.id}/cover",
        content=b"\x89PNG\r\n\x1a\n" + bytes(56),
        headers=auth_headers(admin) | {"Content-Type": "image/png"},
    )

    assert response.status_code == 502


async def test_survives_a_busy_file_storage_while_replacing_a_cover(
    client, auth_headers, seed_data, storage
):
    admin = await seed_data.user(role=Role("admin"))
    book = await seed_data.book()
    storage.fail("rate_limit")

    response = await client.put(
        f"/api/v1/books/{book.id}/cover",
        content=b"\x89PNG\r\n\x1a\n" + bytes(56),
        headers=auth_headers(admin) | {"Content-Type": "image/png"},
    )

    assert response.status_code != 500, response.text
