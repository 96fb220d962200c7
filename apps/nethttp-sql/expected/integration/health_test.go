package integration

import (
	"testing"
)

func TestReportsHealth(t *testing.T) {
	server := setupTestServer(t)

	response := server.call(t, "GET", "/health")

	wantStatus(t, response, 200)
	hasType(t, response.at("status"), "string")
}
