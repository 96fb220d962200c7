package integration

import (
	"testing"
)

func TestTurnsAwayACallerWithoutCredentials(t *testing.T) {
	tests := []struct {
		name   string
		method string
		path   string
	}{
		{"GET /api/v1/me", "GET", "/api/v1/me"},
		{"PATCH /api/v1/me", "PATCH", "/api/v1/me"},
		{"POST /api/v1/authors", "POST", "/api/v1/authors"},
		{"DELETE /api/v1/authors/{id}", "DELETE", "/api/v1/authors/1"},
		{"POST /api/v1/books", "POST", "/api/v1/books"},
		{"PATCH /api/v1/books/{id}", "PATCH", "/api/v1/books/1"},
		{"DELETE /api/v1/books/{id}", "DELETE", "/api/v1/books/1"},
		{"POST /api/v1/books/{id}/reviews", "POST", "/api/v1/books/1/reviews"},
		{"PATCH /api/v1/reviews/{id}", "PATCH", "/api/v1/reviews/1"},
		{"DELETE /api/v1/reviews/{id}", "DELETE", "/api/v1/reviews/1"},
		{"GET /api/v1/orders", "GET", "/api/v1/orders"},
		{"POST /api/v1/orders", "POST", "/api/v1/orders"},
		{"GET /api/v1/orders/{id}", "GET", "/api/v1/orders/1"},
		{"POST /api/v1/orders/{id}/pay", "POST", "/api/v1/orders/1/pay"},
		{"POST /api/v1/orders/{id}/cancel", "POST", "/api/v1/orders/1/cancel"},
		{"GET /api/v1/admin/orders", "GET", "/api/v1/admin/orders"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)

			response := server.call(t, tc.method, tc.path)

			wantStatus(t, response, 401)
		})
	}
}

func TestTurnsAwayATokenThatDoesNotHold(t *testing.T) {
	tests := []struct {
		name   string
		method string
		path   string
		flaw   string
		status []int
	}{
		{"GET /api/v1/me with a garbled token", "GET", "/api/v1/me", "garbage", []int{401, 403}},
		{"GET /api/v1/me with an expired token", "GET", "/api/v1/me", "expired", []int{401, 403}},
		{
			"GET /api/v1/me with a token signed with another key",
			"GET",
			"/api/v1/me",
			"forged",
			[]int{401, 403},
		},
		{"GET /api/v1/me with an unsigned token", "GET", "/api/v1/me", "unsigned", []int{401, 403}},
		{
			"GET /api/v1/me with a token of nobody",
			"GET",
			"/api/v1/me",
			"stranger",
			[]int{401, 403, 404},
		},
		{"GET /api/v1/me with the wrong scheme", "GET", "/api/v1/me", "scheme", []int{401}},
		{
			"PATCH /api/v1/me with a garbled token",
			"PATCH",
			"/api/v1/me",
			"garbage",
			[]int{401, 403},
		},
		{
			"PATCH /api/v1/me with an expired token",
			"PATCH",
			"/api/v1/me",
			"expired",
			[]int{401, 403},
		},
		{
			"PATCH /api/v1/me with a token signed with another key",
			"PATCH",
			"/api/v1/me",
			"forged",
			[]int{401, 403},
		},
		{
			"POST /api/v1/authors with a garbled token",
			"POST",
			"/api/v1/authors",
			"garbage",
			[]int{401, 403},
		},
		{
			"POST /api/v1/authors with an expired token",
			"POST",
			"/api/v1/authors",
			"expired",
			[]int{401, 403},
		},
		{
			"POST /api/v1/authors with a token signed with another key",
			"POST",
			"/api/v1/authors",
			"forged",
			[]int{401, 403},
		},
		{
			"POST /api/v1/authors with an unsigned token",
			"POST",
			"/api/v1/authors",
			"unsigned",
			[]int{401, 403},
		},
		{
			"POST /api/v1/authors with a token of nobody",
			"POST",
			"/api/v1/authors",
			"stranger",
			[]int{401, 403, 404},
		},
		{
			"POST /api/v1/authors with the wrong scheme",
			"POST",
			"/api/v1/authors",
			"scheme",
			[]int{401},
		},
		{
			"DELETE /api/v1/authors/{id} with a garbled token",
			"DELETE",
			"/api/v1/authors/1",
			"garbage",
			[]int{401, 403},
		},
		{
			"DELETE /api/v1/authors/{id} with an expired token",
			"DELETE",
			"/api/v1/authors/1",
			"expired",
			[]int{401, 403},
		},
		{
			"DELETE /api/v1/authors/{id} with a token signed with another key",
			"DELETE",
			"/api/v1/authors/1",
			"forged",
			[]int{401, 403},
		},
		{
			"POST /api/v1/books with a garbled token",
			"POST",
			"/api/v1/books",
			"garbage",
			[]int{401, 403},
		},
		{
			"POST /api/v1/books with an expired token",
			"POST",
			"/api/v1/books",
			"expired",
			[]int{401, 403},
		},
		{
			"POST /api/v1/books with a token signed with another key",
			"POST",
			"/api/v1/books",
			"forged",
			[]int{401, 403},
		},
		{
			"PATCH /api/v1/books/{id} with a garbled token",
			"PATCH",
			"/api/v1/books/1",
			"garbage",
			[]int{401, 403},
		},
		{
			"PATCH /api/v1/books/{id} with an expired token",
			"PATCH",
			"/api/v1/books/1",
			"expired",
			[]int{401, 403},
		},
		{
			"PATCH /api/v1/books/{id} with a token signed with another key",
			"PATCH",
			"/api/v1/books/1",
			"forged",
			[]int{401, 403},
		},
		{
			"DELETE /api/v1/books/{id} with a garbled token",
			"DELETE",
			"/api/v1/books/1",
			"garbage",
			[]int{401, 403},
		},
		{
			"DELETE /api/v1/books/{id} with an expired token",
			"DELETE",
			"/api/v1/books/1",
			"expired",
			[]int{401, 403},
		},
		{
			"DELETE /api/v1/books/{id} with a token signed with another key",
			"DELETE",
			"/api/v1/books/1",
			"forged",
			[]int{401, 403},
		},
		{
			"POST /api/v1/books/{id}/reviews with a garbled token",
			"POST",
			"/api/v1/books/1/reviews",
			"garbage",
			[]int{401, 403},
		},
		{
			"POST /api/v1/books/{id}/reviews with an expired token",
			"POST",
			"/api/v1/books/1/reviews",
			"expired",
			[]int{401, 403},
		},
		{
			"POST /api/v1/books/{id}/reviews with a token signed with another key",
			"POST",
			"/api/v1/books/1/reviews",
			"forged",
			[]int{401, 403},
		},
		{
			"PATCH /api/v1/reviews/{id} with a garbled token",
			"PATCH",
			"/api/v1/reviews/1",
			"garbage",
			[]int{401, 403},
		},
		{
			"PATCH /api/v1/reviews/{id} with an expired token",
			"PATCH",
			"/api/v1/reviews/1",
			"expired",
			[]int{401, 403},
		},
		{
			"PATCH /api/v1/reviews/{id} with a token signed with another key",
			"PATCH",
			"/api/v1/reviews/1",
			"forged",
			[]int{401, 403},
		},
		{
			"DELETE /api/v1/reviews/{id} with a garbled token",
			"DELETE",
			"/api/v1/reviews/1",
			"garbage",
			[]int{401, 403},
		},
		{
			"DELETE /api/v1/reviews/{id} with an expired token",
			"DELETE",
			"/api/v1/reviews/1",
			"expired",
			[]int{401, 403},
		},
		{
			"DELETE /api/v1/reviews/{id} with a token signed with another key",
			"DELETE",
			"/api/v1/reviews/1",
			"forged",
			[]int{401, 403},
		},
		{
			"GET /api/v1/orders with a garbled token",
			"GET",
			"/api/v1/orders",
			"garbage",
			[]int{401, 403},
		},
		{
			"GET /api/v1/orders with an expired token",
			"GET",
			"/api/v1/orders",
			"expired",
			[]int{401, 403},
		},
		{
			"GET /api/v1/orders with a token signed with another key",
			"GET",
			"/api/v1/orders",
			"forged",
			[]int{401, 403},
		},
		{
			"POST /api/v1/orders with a garbled token",
			"POST",
			"/api/v1/orders",
			"garbage",
			[]int{401, 403},
		},
		{
			"POST /api/v1/orders with an expired token",
			"POST",
			"/api/v1/orders",
			"expired",
			[]int{401, 403},
		},
		{
			"POST /api/v1/orders with a token signed with another key",
			"POST",
			"/api/v1/orders",
			"forged",
			[]int{401, 403},
		},
		{
			"GET /api/v1/orders/{id} with a garbled token",
			"GET",
			"/api/v1/orders/1",
			"garbage",
			[]int{401, 403},
		},
		{
			"GET /api/v1/orders/{id} with an expired token",
			"GET",
			"/api/v1/orders/1",
			"expired",
			[]int{401, 403},
		},
		{
			"GET /api/v1/orders/{id} with a token signed with another key",
			"GET",
			"/api/v1/orders/1",
			"forged",
			[]int{401, 403},
		},
		{
			"POST /api/v1/orders/{id}/pay with a garbled token",
			"POST",
			"/api/v1/orders/1/pay",
			"garbage",
			[]int{401, 403},
		},
		{
			"POST /api/v1/orders/{id}/pay with an expired token",
			"POST",
			"/api/v1/orders/1/pay",
			"expired",
			[]int{401, 403},
		},
		{
			"POST /api/v1/orders/{id}/pay with a token signed with another key",
			"POST",
			"/api/v1/orders/1/pay",
			"forged",
			[]int{401, 403},
		},
		{
			"POST /api/v1/orders/{id}/cancel with a garbled token",
			"POST",
			"/api/v1/orders/1/cancel",
			"garbage",
			[]int{401, 403},
		},
		{
			"POST /api/v1/orders/{id}/cancel with an expired token",
			"POST",
			"/api/v1/orders/1/cancel",
			"expired",
			[]int{401, 403},
		},
		{
			"POST /api/v1/orders/{id}/cancel with a token signed with another key",
			"POST",
			"/api/v1/orders/1/cancel",
			"forged",
			[]int{401, 403},
		},
		{
			"GET /api/v1/admin/orders with a garbled token",
			"GET",
			"/api/v1/admin/orders",
			"garbage",
			[]int{401, 403},
		},
		{
			"GET /api/v1/admin/orders with an expired token",
			"GET",
			"/api/v1/admin/orders",
			"expired",
			[]int{401, 403},
		},
		{
			"GET /api/v1/admin/orders with a token signed with another key",
			"GET",
			"/api/v1/admin/orders",
			"forged",
			[]int{401, 403},
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)

			response := server.call(t, tc.method, tc.path, request{
				auth: flawedSignIn(t, user, tc.flaw),
			})

			wantStatus(t, response, tc.status...)
		})
	}
}

func TestKeepsAUserFromWhatOthersMayDo(t *testing.T) {
	tests := []struct {
		name   string
		method string
		path   string
	}{
		{"POST /api/v1/authors", "POST", "/api/v1/authors"},
		{"DELETE /api/v1/authors/{id}", "DELETE", "/api/v1/authors/1"},
		{"POST /api/v1/books", "POST", "/api/v1/books"},
		{"PATCH /api/v1/books/{id}", "PATCH", "/api/v1/books/1"},
		{"DELETE /api/v1/books/{id}", "DELETE", "/api/v1/books/1"},
		{"GET /api/v1/admin/orders", "GET", "/api/v1/admin/orders"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)

			response := server.call(t, tc.method, tc.path, request{auth: signIn(t, user)})

			wantStatus(t, response, 403)
		})
	}
}
