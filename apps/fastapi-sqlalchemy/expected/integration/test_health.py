import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_reports_health(client):
    response = await client.get("/health")

    assert response.status_code == 200, response.text
