from datetime import UTC, datetime

import pytest

from shop.models import Order, User


def test_lists_orders(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    seed_data.order(total_cents=2400, created_at=datetime(2024, 3, 8, 12, 0, tzinfo=UTC))
    seed_data.order(total_cents=975, created_at=datetime(2024, 3, 20, 12, 0, tzinfo=UTC))
    seed_data.order(total_cents=4360, created_at=datetime(2024, 3, 4, 12, 0, tzinfo=UTC))

    response = client.get("/api/v1/admin/orders", headers=auth_headers(admin))

    assert response.status_code == 200, response.content
    body = response.json()
    assert [each["total_cents"] for each in body["items"]] == [975, 2400, 4360]
    assert body["total"] == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({"page": 1, "per_page": 2}, [975, 1850], id="the first page"),
        pytest.param({"page": 2, "per_page": 2}, [3120, 2400], id="the middle page"),
        pytest.param({"page": 3, "per_page": 2}, [4360], id="the last page"),
    ],
)
def test_pages_through_orders(client, auth_headers, seed_data, query, found):
    admin = seed_data.user(role=User.Role.ADMIN)
    seed_data.order(total_cents=2400, created_at=datetime(2024, 3, 8, 12, 0, tzinfo=UTC))
    seed_data.order(total_cents=975, created_at=datetime(2024, 3, 20, 12, 0, tzinfo=UTC))
    seed_data.order(total_cents=4360, created_at=datetime(2024, 3, 4, 12, 0, tzinfo=UTC))
    seed_data.order(total_cents=1850, created_at=datetime(2024, 3, 16, 12, 0, tzinfo=UTC))
    seed_data.order(total_cents=3120, created_at=datetime(2024, 3, 12, 12, 0, tzinfo=UTC))

    response = client.get("/api/v1/admin/orders", query, headers=auth_headers(admin))

    assert response.status_code == 200, response.content
    body = response.json()
    assert [each["total_cents"] for each in body["items"]] == found
    assert body["total"] == 5


def test_filters_orders(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    seed_data.order(total_cents=2400, status=Order.Status.PAID)
    seed_data.order(total_cents=975, status=Order.Status.PENDING)
    seed_data.order(total_cents=4360, status=Order.Status.PAID)
    seed_data.order(total_cents=1850, status=Order.Status.CANCELLED)
    seed_data.order(total_cents=3120, status=Order.Status.PENDING)

    response = client.get("/api/v1/admin/orders", {"status": "paid"}, headers=auth_headers(admin))

    assert response.status_code == 200, response.content
    assert sorted(each["total_cents"] for each in response.json()["items"]) == sorted([2400, 4360])


def test_filters_orders_by_user(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    user = seed_data.user()
    seed_data.order(user_id=user.id, total_cents=2400)
    seed_data.order(total_cents=975)
    seed_data.order(user_id=user.id, total_cents=4360)

    response = client.get("/api/v1/admin/orders", {"user_id": user.id}, headers=auth_headers(admin))

    assert response.status_code == 200, response.content
    assert sorted(each["total_cents"] for each in response.json()["items"]) == sorted([2400, 4360])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("status", "sideways", id="an unknown status"),
        pytest.param("user_id", "plenty", id="a user id that is no number"),
    ],
)
def test_refuses_an_invalid_query_for_orders(client, auth_headers, seed_data, field, value):
    admin = seed_data.user(role=User.Role.ADMIN)

    response = client.get("/api/v1/admin/orders", {field: value}, headers=auth_headers(admin))

    assert response.status_code == 400
