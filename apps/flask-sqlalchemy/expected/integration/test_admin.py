from datetime import datetime

import pytest

from bookshop.models import OrderStatus, Role


def test_lists_orders(client, auth_headers, seed_data):
    admin = seed_data.user(role=Role("admin"))
    seed_data.order(total_cents=2400, created_at=datetime(2024, 3, 8, 12, 0))
    seed_data.order(total_cents=975, created_at=datetime(2024, 3, 20, 12, 0))
    seed_data.order(total_cents=4360, created_at=datetime(2024, 3, 4, 12, 0))

    response = client.get("/api/v1/admin/orders", headers=auth_headers(admin))

    assert response.status_code == 200, response.text
    body = response.json
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
def test_pages_through_orders(client, auth_headers, seed_data, query, found):
    admin = seed_data.user(role=Role("admin"))
    seed_data.order(total_cents=2400, created_at=datetime(2024, 3, 8, 12, 0))
    seed_data.order(total_cents=975, created_at=datetime(2024, 3, 20, 12, 0))
    seed_data.order(total_cents=4360, created_at=datetime(2024, 3, 4, 12, 0))
    seed_data.order(total_cents=1850, created_at=datetime(2024, 3, 16, 12, 0))
    seed_data.order(total_cents=3120, created_at=datetime(2024, 3, 12, 12, 0))

    response = client.get("/api/v1/admin/orders", query_string=query, headers=auth_headers(admin))

    assert response.status_code == 200, response.text
    body = response.json
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
def test_filters_orders(client, auth_headers, seed_data, query, found):
    admin = seed_data.user(role=Role("admin"))
    seed_data.order(
        total_cents=2400, created_at=datetime(2024, 3, 8, 12, 0), status=OrderStatus("paid")
    )
    seed_data.order(
        total_cents=975, created_at=datetime(2024, 3, 20, 12, 0), status=OrderStatus("pending")
    )
    seed_data.order(
        total_cents=4360, created_at=datetime(2024, 3, 4, 12, 0), status=OrderStatus("paid")
    )
    seed_data.order(
        total_cents=1850, created_at=datetime(2024, 3, 16, 12, 0), status=OrderStatus("cancelled")
    )
    seed_data.order(
        total_cents=3120, created_at=datetime(2024, 3, 12, 12, 0), status=OrderStatus("pending")
    )

    response = client.get("/api/v1/admin/orders", query_string=query, headers=auth_headers(admin))

    assert response.status_code == 200, response.text
    assert sorted(each["total_cents"] for each in response.json["items"]) == sorted(found)


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
def test_sorts_orders(client, auth_headers, seed_data, query, found):
    admin = seed_data.user(role=Role("admin"))
    seed_data.order(total_cents=2400, created_at=datetime(2024, 3, 8, 12, 0))
    seed_data.order(total_cents=975, created_at=datetime(2024, 3, 20, 12, 0))
    seed_data.order(total_cents=4360, created_at=datetime(2024, 3, 4, 12, 0))
    seed_data.order(total_cents=1850, created_at=datetime(2024, 3, 16, 12, 0))
    seed_data.order(total_cents=3120, created_at=datetime(2024, 3, 12, 12, 0))

    response = client.get("/api/v1/admin/orders", query_string=query, headers=auth_headers(admin))

    assert response.status_code == 200, response.text
    assert [each["total_cents"] for each in response.json["items"]] == found


def test_filters_orders_by_user(client, auth_headers, seed_data):
    admin = seed_data.user(role=Role("admin"))
    customer = seed_data.user()
    seed_data.order(user_id=customer.id, total_cents=2400)
    seed_data.order(total_cents=975)
    seed_data.order(user_id=customer.id, total_cents=4360)

    response = client.get(
        "/api/v1/admin/orders", query_string={"user_id": customer.id}, headers=auth_headers(admin)
    )

    assert response.status_code == 200, response.text
    assert sorted(each["total_cents"] for each in response.json["items"]) == sorted([2400, 4360])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("page", "plenty", id="a page that is no number"),
        pytest.param("page", 0, id="a page of 0"),
        pytest.param("per_page", "plenty", id="a per page that is no number"),
        pytest.param("per_page", 0, id="a per page of 0"),
        pytest.param("per_page", 101, id="a per page of 101"),
        pytest.param("status", "sideways", id="an unknown status"),
        pytest.param("user_id", "plenty", id="a user id that is no number"),
        pytest.param("user_id", 0, id="a user id of 0"),
        pytest.param("from", "someday", id="a badly formed from"),
        pytest.param("to", "someday", id="a badly formed to"),
        pytest.param("sort", "sideways", id="an unknown sort"),
    ],
)
def test_refuses_an_invalid_query_for_orders(client, auth_headers, seed_data, field, value):
    admin = seed_data.user(role=Role("admin"))

    response = client.get(
        "/api/v1/admin/orders", query_string={field: value}, headers=auth_headers(admin)
    )

    assert response.status_code == 422


def test_bears_with_strange_values_where_it_lists_orders(client, auth_headers, seed_data):
    admin = seed_data.user(role=Role("admin"))

    response = client.get(
        "/api/v1/admin/orders", query_string={"user_id": 2147483648}, headers=auth_headers(admin)
    )

    assert response.status_code in (200, 400, 422)
