package integration

import (
	"testing"
)

func TestListsOrders(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	seedOrder(t, row{"total_cents": 2400})
	seedOrder(t, row{"total_cents": 975})
	seedOrder(t, row{"total_cents": 4360})

	response := server.call(t, "GET", "/api/v1/admin/orders", request{auth: signIn(t, admin)})

	wantStatus(t, response, 200)
	sameItems(t, pluck(response.at("items"), "total_cents"), list{2400, 975, 4360})
	equal(t, response.at("total"), 3)
}

func TestPagesThroughOrders(t *testing.T) {
	tests := []struct {
		name     string
		queryRow any
		found    any
	}{
		{"the first page", object{"sort": "newest", "page": 1, "per_page": 2}, list{975, 1850}},
		{"the middle page", object{"sort": "newest", "page": 2, "per_page": 2}, list{3120, 2400}},
		{"the last page", object{"sort": "newest", "page": 3, "per_page": 2}, list{4360}},
		{"beyond the last page", object{"sort": "newest", "page": 4, "per_page": 2}, list{}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			admin := createTestUser(t, row{"role": "admin"})
			seedOrder(t, row{"total_cents": 2400, "created_at": "2024-03-08 12:00:00"})
			seedOrder(t, row{"total_cents": 975, "created_at": "2024-03-20 12:00:00"})
			seedOrder(t, row{"total_cents": 4360, "created_at": "2024-03-04 12:00:00"})
			seedOrder(t, row{"total_cents": 1850, "created_at": "2024-03-16 12:00:00"})
			seedOrder(t, row{"total_cents": 3120, "created_at": "2024-03-12 12:00:00"})

			response := server.call(t, "GET", "/api/v1/admin/orders", request{
				auth:  signIn(t, admin),
				query: tc.queryRow,
			})

			wantStatus(t, response, 200)
			equal(t, pluck(response.at("items"), "total_cents"), tc.found)
			equal(t, response.at("total"), 5)
		})
	}
}

func TestFiltersOrders(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	seedOrder(t, row{"total_cents": 2400, "created_at": "2024-03-08 12:00:00"})
	seedOrder(t, row{"total_cents": 975, "created_at": "2024-03-20 12:00:00"})
	seedOrder(t, row{"total_cents": 4360, "created_at": "2024-03-04 12:00:00"})
	seedOrder(t, row{"total_cents": 1850, "created_at": "2024-03-16 12:00:00"})
	seedOrder(t, row{"total_cents": 3120, "created_at": "2024-03-12 12:00:00"})

	response := server.call(t, "GET", "/api/v1/admin/orders", request{
		auth:  signIn(t, admin),
		query: object{"from": "2024-03-10"},
	})

	wantStatus(t, response, 200)
	sameItems(t, pluck(response.at("items"), "total_cents"), list{975, 1850, 3120})
}

func TestSortsOrders(t *testing.T) {
	tests := []struct {
		name     string
		queryRow any
		found    any
	}{
		{"created at descending", object{"sort": "newest"}, list{975, 1850, 3120, 2400, 4360}},
		{"created at ascending", object{"sort": "oldest"}, list{4360, 2400, 3120, 1850, 975}},
		{"total cents ascending", object{"sort": "total"}, list{975, 1850, 2400, 3120, 4360}},
		{"total cents descending", object{"sort": "-total"}, list{4360, 3120, 2400, 1850, 975}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			admin := createTestUser(t, row{"role": "admin"})
			seedOrder(t, row{"total_cents": 2400, "created_at": "2024-03-08 12:00:00"})
			seedOrder(t, row{"total_cents": 975, "created_at": "2024-03-20 12:00:00"})
			seedOrder(t, row{"total_cents": 4360, "created_at": "2024-03-04 12:00:00"})
			seedOrder(t, row{"total_cents": 1850, "created_at": "2024-03-16 12:00:00"})
			seedOrder(t, row{"total_cents": 3120, "created_at": "2024-03-12 12:00:00"})

			response := server.call(t, "GET", "/api/v1/admin/orders", request{
				auth:  signIn(t, admin),
				query: tc.queryRow,
			})

			wantStatus(t, response, 200)
			equal(t, pluck(response.at("items"), "total_cents"), tc.found)
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
		value string
	}{
		{"a user id that is no number", "user_id", "plenty"},
		{"a badly formed from", "from", "someday"},
		{"a badly formed to", "to", "someday"},
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
