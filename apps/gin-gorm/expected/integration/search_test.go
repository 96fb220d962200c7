package integration

import (
	"strings"
	"testing"
)

func TestSearchesBooks(t *testing.T) {
	server := setupTestServer(t)

	response := server.call(t, "GET", "/api/v1/search", request{query: object{"q": "birch"}})

	wantStatus(t, response, 200)
}

func TestRefusesAnInvalidQueryForBooksOfSearch(t *testing.T) {
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
		{"an empty q", "q", ""},
		{"a q of 201 characters", "q", strings.Repeat("x", 201)},
		{"no q", "q", missing},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)

			response := server.call(t, "GET", "/api/v1/search", request{
				query: altered(object{"q": "birch"}, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
		})
	}
}

func TestAsksTheSearchServiceOnceWhileSearchingBooks(t *testing.T) {
	server := setupTestServer(t)

	response := server.call(t, "GET", "/api/v1/search", request{query: object{"q": "birch"}})

	wantStatus(t, response, 200)
	equal(t, len(search.sent()), 1)
	sent := last(t, search.sent())
	equal(t, sent.method, "POST")
	equal(t, sent.path, "/books/_search")
}

func TestSurvivesAFailingSearchServiceWhileSearchingBooks(t *testing.T) {
	tests := []struct {
		name    string
		failure string
	}{
		{"an internal error", "status500"},
		{"an answer of another shape", "shape"},
		{"a broken connection", "network"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			search.fail(tc.failure, 0)

			response := server.call(t, "GET", "/api/v1/search", request{
				query: object{"q": "birch"},
			})

			wantOtherStatus(t, response, 500)
		})
	}
}

func TestSurvivesABusySearchServiceWhileSearchingBooks(t *testing.T) {
	server := setupTestServer(t)
	search.fail("rate_limit", 0)

	response := server.call(t, "GET", "/api/v1/search", request{query: object{"q": "birch"}})

	wantOtherStatus(t, response, 500)
}
