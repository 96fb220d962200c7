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

func TestListsNoMoreOrdersThanAreAskedFor(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	seedOrder(t)
	seedOrder(t)
	seedOrder(t)

	response := server.call(t, "GET", "/api/v1/admin/orders", request{
		auth:  signIn(t, admin),
		query: object{"per_page": 2},
	})

	wantStatus(t, response, 200)
	equal(t, length(response.at("items")), 2)
}

func TestRefusesAnInvalidQueryForOrders(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value any
	}{
		{"a page that is no number", "page", "plenty"},
		{"a page of 0", "page", 0},
		{"a page of 2147483648", "page", 2147483648},
		{"a per page that is no number", "per_page", "plenty"},
		{"a per page of 0", "per_page", 0},
		{"a per page of 101", "per_page", 101},
		{"an unknown status", "status", "sideways"},
		{"a user id that is no number", "user_id", "plenty"},
		{"a user id of 0", "user_id", 0},
		{"a badly formed from", "from", "someday"},
		{"a badly formed to", "to", "someday"},
		{"an unknown sort", "sort", "sideways"},
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
