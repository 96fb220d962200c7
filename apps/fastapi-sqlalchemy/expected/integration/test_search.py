import pytest

from .answers import MISSING, altered, refused_fields

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_searches_books(client, search):
    search.answer(body={"hits": {"total": {"value": 14}, "hits": [{"_id": 14}]}})

    response = await client.get("/api/v1/search", params={"q": "birch"})

    assert response.status_code == 200, response.text
    body = response.json()
    assert isinstance(body["items"], list)
    assert isinstance(body["total"], int)
    assert isinstance(body["page"], int)
    assert isinstance(body["per_page"], int)
    assert isinstance(body["degraded"], bool)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("page", "plenty", id="a page that is no number"),
        pytest.param("page", 0, id="a page of 0"),
        pytest.param("page", 2147483648, id="a page of 2147483648"),
        pytest.param("per_page", "plenty", id="a per page that is no number"),
        pytest.param("per_page", 0, id="a per page of 0"),
        pytest.param("per_page", 101, id="a per page of 101"),
        pytest.param("q", "", id="an empty q"),
        pytest.param("q", "x" * 201, id="a q of 201 characters"),
        pytest.param("q", MISSING, id="no q"),
    ],
)
async def test_refuses_an_invalid_query_for_books(client, search, field, value):
    response = await client.get("/api/v1/search", params=altered({"q": "birch"}, field, value))

    assert response.status_code == 422
    assert field in refused_fields(response)


async def test_asks_the_search_service_once_while_searching_books(client, search):
    search.answer(body={"hits": {"total": {"value": 14}, "hits": [{"_id": 14}]}})

    response = await client.get("/api/v1/search", params={"q": "birch"})

    assert response.status_code == 200, response.text
    assert len(search.calls) == 1
    sent = search.calls[-1]
    assert sent.method == "POST"
    assert sent.path == "/books/_search"
    assert "Authorization" in sent.headers


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param("status500", id="an internal error"),
        pytest.param("shape", id="an answer of another shape"),
        pytest.param("network", id="a broken connection"),
    ],
)
async def test_survives_a_failing_search_service_while_searching_books(client, search, failure):
    search.answer(body={"hits": {"total": {"value": 14}, "hits": [{"_id": 14}]}})
    search.fail(failure)

    response = await client.get("/api/v1/search", params={"q": "birch"})

    assert response.status_code != 500, response.text


async def test_does_not_wait_for_ever_for_the_search_service_while_searching_books(client, search):
    search.answer(body={"hits": {"total": {"value": 14}, "hits": [{"_id": 14}]}})
    search.fail("timeout")

    response = await client.get("/api/v1/search", params={"q": "birch"})

    assert response.status_code != 500, response.text


async def test_survives_a_busy_search_service_while_searching_books(client, search):
    search.answer(body={"hits": {"total": {"value": 14}, "hits": [{"_id": 14}]}})
    search.fail("rate_limit")

    response = await client.get("/api/v1/search", params={"q": "birch"})

    assert response.status_code != 500, response.text
