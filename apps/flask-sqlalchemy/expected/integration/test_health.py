def test_reports_health(client):
    response = client.get("/health")

    assert response.status_code == 200, response.text
    assert isinstance(response.json["status"], str)
