package integration

import (
	"testing"
	"time"
)

func TestListsOrders(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	seedOrder(t, row{
		"total_cents": 2400,
		"created_at":  time.Date(2024, 3, 8, 12, 0, 0, 0, time.UTC),
	})
	seedOrder(t, row{
		"total_cents": 975,
		"created_at":  time.Date(2024, 3, 20, 12, 0, 0, 0, time.UTC),
	})
	seedOrder(t, row{
		"total_cents": 4360,
		"created_at":  time.Date(2024, 3, 4, 12, 0, 0, 0, time.UTC),
	})

	response := server.call(t, "GET", "/api/v1/admin/orders", request{auth: signIn(t, admin)})

	wantStatus(t, response, 200)
	equal(t, pluck(response.at("items"), "total_cents"), list{975, 2400, 4360})
	equal(t, response.at("total"), 3)
}

func TestFiltersOrders(t *testing.T) {
	tests := []struct {
		name     string
		queryRow any
		found    any
	}{
		{"from", object{"from": "2024-03-10"}, list{975, 1850, 3120}},
		{"to", object{"to": "2024-03-10"}, list{2400, 4360}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			admin := createTestUser(t, row{"role": "admin"})
			seedOrder(t, row{
				"total_cents": 2400,
				"created_at":  time.Date(2024, 3, 8, 12, 0, 0, 0, time.UTC),
			})
			seedOrder(t, row{
				"total_cents": 975,
				"created_at":  time.Date(2024, 3, 20, 12, 0, 0, 0, time.UTC),
			})
			seedOrder(t, row{
				"total_cents": 4360,
				"created_at":  time.Date(2024, 3, 4, 12, 0, 0, 0, time.UTC),
			})
			seedOrder(t, row{
				"total_cents": 1850,
				"created_at":  time.Date(2024, 3, 16, 12, 0, 0, 0, time.UTC),
			})
			seedOrder(t, row{
				"total_cents": 3120,
				"created_at":  time.Date(2024, 3, 12, 12, 0, 0, 0, time.UTC),
			})

			response := server.call(t, "GET", "/api/v1/admin/orders", request{
				auth:  signIn(t, admin),
				query: tc.queryRow,
			})

			wantStatus(t, response, 200)
			sameItems(t, pluck(response.at("items"), "total_cents"), tc.found)
		})
	}
}

func TestFiltersOrdersByUser(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	user := createTestUser(t)
	seedOrder(t, row{"user_id": user["id"], "total_cents": 2400})
	seedOrder(t, row{"total_cents": 975})
	seedOrder(t, row{"user_id": user["id"], "total_cents": 4360})

	response := server.call(t, "GET", "/api/v1/admin/orders", request{
		auth:  signIn(t, admin),
		query: object{"user_id": user["id"]},
	})

	wantStatus(t, response, 200)
	sameItems(t, pluck(response.at("items"), "total_cents"), list{2400, 4360})
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
