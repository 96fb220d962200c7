from datetime import UTC, datetime

import pytest

from app.models.order import OrderStatus
from app.models.user import Role

from .answers import refused_fields

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_lists_orders(client, auth_headers, seed_data):
    admin = await seed_data.user(role=Role("admin"))
    await seed_data.order(total_cents=2400, created_at=datetime(2024, 3, 8, 12, 0, tzinfo=UTC))
    await seed_data.order(total_cents=975, created_at=datetime(2024, 3, 20, 12, 0, tzinfo=UTC))
    await seed_data.order(total_cents=4360, created_at=datetime(2024, 3, 4, 12, 0, tzinfo=UTC))

    response = await client.get("/api/v1/admin/orders", headers=auth_headers(admin))

    assert response.status_code == 200, response.text
    body = response.json()
    assert [each["total_cents"] for each in body["items"]] == [975, 2400, 4360]
    assert body["total"] == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({"page": 1, "per_page": 2}, [975, 1850], id="the first page"),
        pytest.param({"page": 2, "per_page": 2}, [3120, 2400], id="the middle page"),
        pytest.param({"page": 3, "per_page": 2}, [4360], id="the last page"),
        pytest.param({"page": 4, "per_page": 2}, [], id="beyond the last page"),
    ],
)
async def test_pages_through_orders(client, auth_headers, seed_data, query, found):
    admin = await seed_data.user(role=Role("admin"))
    await seed_data.order(total_cents=2400, created_at=datetime(2024, 3, 8, 12, 0, tzinfo=UTC))
    await seed_data.order(total_cents=975, created_at=datetime(2024, 3, 20, 12, 0, tzinfo=UTC))
    await seed_data.order(total_cents=4360, created_at=datetime(2024, 3, 4, 12, 0, tzinfo=UTC))
    await seed_data.order(total_cents=1850, created_at=datetime(2024, 3, 16, 12, 0, tzinfo=UTC))
    await seed_data.order(total_cents=3120, created_at=datetime(2024, 3, 12, 12, 0, tzinfo=UTC))

    response = await client.get("/api/v1/admin/orders", params=query, headers=auth_headers(admin))

    assert response.status_code == 200, response.text
    body = response.json()
    assert [each["total_cents"] for each in body["items"]] == found
    assert body["total"] == 5


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({"status": "paid"}, [2400, 4360], id="status"),
        pytest.param({"from": "2024-03-12"}, [975, 1850, 3120], id="from"),
        pytest.param({"to": "2024-03-12"}, [2400, 4360, 3120], id="to"),
        pytest.param({"status": "paid", "to": "2024-03-12"}, [2400, 4360], id="all together"),
    ],
)
async def test_filters_orders(client, auth_headers, seed_data, query, found):
    admin = await seed_data.user(role=Role("admin"))
    await seed_data.order(
        total_cents=2400,
        created_at=datetime(2024, 3, 8, 12, 0, tzinfo=UTC),
        status=OrderStatus("paid"),
    )
    await seed_data.order(
        total_cents=975,
        created_at=datetime(2024, 3, 20, 12, 0, tzinfo=UTC),
        status=OrderStatus("pending"),
    )
    await seed_data.order(
        total_cents=4360,
        created_at=datetime(2024, 3, 4, 12, 0, tzinfo=UTC),
        status=OrderStatus("paid"),
    )
    await seed_data.order(
        total_cents=1850,
        created_at=datetime(2024, 3, 16, 12, 0, tzinfo=UTC),
        status=OrderStatus("cancelled"),
    )
    await seed_data.order(
        total_cents=3120,
        created_at=datetime(2024, 3, 12, 12, 0, tzinfo=UTC),
        status=OrderStatus("pending"),
    )

    response = await client.get("/api/v1/admin/orders", params=query, headers=auth_headers(admin))

    assert response.status_code == 200, response.text
    assert sorted(each["total_cents"] for each in response.json()["items"]) == sorted(found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({"sort": "newest"}, [975, 1850, 3120, 2400, 4360], id="created at descending"),
        pytest.param({"sort": "oldest"}, [4360, 2400, 3120, 1850, 975], id="created at ascending"),
        pytest.param({"sort": "total"}, [975, 1850, 2400, 3120, 4360], id="total cents ascending"),
        pytest.param(
            {"sort": "-total"}, [4360, 3120, 2400, 1850, 975], id="total cents descending"
        ),
    ],
)
async def test_sorts_orders(client, auth_headers, seed_data, query, found):
    admin = await seed_data.user(role=Role("admin"))
    await seed_data.order(total_cents=2400, created_at=datetime(2024, 3, 8, 12, 0, tzinfo=UTC))
    await seed_data.order(total_cents=975, created_at=datetime(2024, 3, 20, 12, 0, tzinfo=UTC))
    await seed_data.order(total_cents=4360, created_at=datetime(2024, 3, 4, 12, 0, tzinfo=UTC))
    await seed_data.order(total_cents=1850, created_at=datetime(2024, 3, 16, 12, 0, tzinfo=UTC))
    await seed_data.order(total_cents=3120, created_at=datetime(2024, 3, 12, 12, 0, tzinfo=UTC))

    response = await client.get("/api/v1/admin/orders", params=query, headers=auth_headers(admin))

    assert response.status_code == 200, response.text
    assert [each["total_cents"] for each in response.json()["items"]] == found


async def test_filters_orders_by_user(client, auth_headers, seed_data):
    admin = await seed_data.user(role=Role("admin"))
    customer = await seed_data.user()
    await seed_data.order(user_id=customer.id, total_cents=2400)
    await seed_data.order(total_cents=975)
    await seed_data.order(user_id=customer.id, total_cents=4360)

    response = await client.get(
        "/api/v1/admin/orders", params={"user_id": customer.id}, headers=auth_headers(admin)
    )

    assert response.status_code == 200, response.text
    assert sorted(each["total_cents"] for each in response.json()["items"]) == sorted([2400, 4360])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("page", "plenty", id="a page that is no number"),
        pytest.param("page", 0, id="a page of 0"),
        pytest.param("page", 2147483648, id="a page of 2147483648"),
        pytest.param("per_page", "plenty", id="a per page that is no number"),
        pytest.param("per_page", 0, id="a per page of 0"),
        pytest.param("per_page", 101, id="a per page of 101"),
        pytest.param("status", "sideways", id="an unknown status"),
        pytest.param("user_id", "plenty", id="a user id that is no number"),
        pytest.param("user_id", 0, id="a user id of 0"),
        pytest.param("user_id", 2147483648, id="a user id of 2147483648"),
        pytest.param("from", "someday", id="a badly formed from"),
        pytest.param("to", "someday", id="a badly formed to"),
        pytest.param("sort", "sideways", id="an unknown sort"),
    ],
)
async def test_refuses_an_invalid_query_for_orders(client, auth_headers, seed_data, field, value):
    admin = await seed_data.user(role=Role("admin"))

    response = await client.get(
        "/api/v1/admin/orders", params={field: value}, headers=auth_headers(admin)
    )

    assert response.status_code == 422
    assert field in refused_fields(response)
