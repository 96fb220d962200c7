package integration

import (
	"testing"
)

func TestListsOrders(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})

	response := server.call(t, "GET", "/api/v1/admin/orders", request{auth: signIn(t, admin)})

	wantStatus(t, response, 200)
	hasType(t, response.at("items"), "array")
}

func TestRefusesAnInvalidQueryForOrders(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value string
	}{
		{"a user id that is no number", "user_id", "plenty"},
		{"a page that is no number", "page", "plenty"},
		{"a per page that is no number", "per_page", "plenty"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			admin := createTestUser(t, row{"role": "admin"})

			response := server.call(t, "GET", "/api/v1/admin/orders", request{
				auth:  signIn(t, admin),
				query: altered(object{}, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
		})
	}
}
