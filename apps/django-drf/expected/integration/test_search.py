import pytest

from .answers import MISSING, altered


def test_reports_search(client, search):
    search.answer(body={"hits": {"hits": [{"_id": 14}], "total": {"value": 14}}})

    response = client.get("/api/v1/search", {"q": "birch"})

    assert response.status_code == 200, response.content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("page", "plenty", id="a page that is no number"),
        pytest.param("page", 0, id="a page of 0"),
        pytest.param("per_page", "plenty", id="a per page that is no number"),
        pytest.param("per_page", 0, id="a per page of 0"),
        pytest.param("per_page", 101, id="a per page of 101"),
        pytest.param("q", "", id="an empty q"),
        pytest.param("q", "x" * 201, id="a q of 201 characters"),
        pytest.param("q", MISSING, id="no q"),
    ],
)
def test_refuses_an_invalid_query_for_search(client, search, field, value):
    search.answer(body={"hits": {"hits": [{"_id": 14}], "total": {"value": 14}}})

    response = client.get("/api/v1/search", altered({"q": "birch"}, field, value))

    assert response.status_code == 400


def test_asks_the_search_service_once_while_reporting_search(client, search):
    search.answer(body={"hits": {"hits": [{"_id": 14}], "total": {"value": 14}}})

    response = client.get("/api/v1/search", {"q": "birch"})

    assert response.status_code == 200, response.content
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
def test_survives_a_failing_search_service_while_reporting_search(client, search, failure):
    search.answer(body={"hits": {"hits": [{"_id": 14}], "total": {"value": 14}}})
    search.fail(failure)

    response = client.get("/api/v1/search", {"q": "birch"})

    assert response.status_code != 500, response.content


def test_does_not_wait_for_ever_for_the_search_service_while_reporting_search(client, search):
    search.answer(body={"hits": {"hits": [{"_id": 14}], "total": {"value": 14}}})
    search.fail("timeout")

    response = client.get("/api/v1/search", {"q": "birch"})

    assert response.status_code != 500, response.content


def test_survives_a_busy_search_service_while_reporting_search(client, search):
    search.answer(body={"hits": {"hits": [{"_id": 14}], "total": {"value": 14}}})
    search.fail("rate_limit")

    response = client.get("/api/v1/search", {"q": "birch"})

    assert response.status_code != 500, response.content
