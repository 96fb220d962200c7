package integration

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestListsOnlyTheCallersOwnOrders(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	seedOrder(t, row{
		"user_id":     user["id"],
		"total_cents": 2400,
		"created_at":  time.Date(2024, 3, 8, 12, 0, 0, 0, time.UTC),
	})
	seedOrder(t, row{
		"user_id":     user["id"],
		"total_cents": 975,
		"created_at":  time.Date(2024, 3, 20, 12, 0, 0, 0, time.UTC),
	})
	seedOrder(t, row{
		"user_id":     user["id"],
		"total_cents": 4360,
		"created_at":  time.Date(2024, 3, 4, 12, 0, 0, 0, time.UTC),
	})
	seedOrder(t)

	response := server.call(t, "GET", "/api/v1/orders", request{auth: signIn(t, user)})

	wantStatus(t, response, 200)
	equal(t, pluck(response.body, "total_cents"), list{975, 2400, 4360})
}

func TestCreatesAnOrder(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	book := seedBook(t, row{"stock": 12})

	response := server.call(t, "POST", "/api/v1/orders", request{
		auth: signIn(t, user),
		body: object{"items": list{object{"book_id": book["id"], "quantity": 3}}},
	})

	wantStatus(t, response, 201)
	contains(t, response.body, object{"user_id": user["id"], "status": "pending"})
	savedBook := findRow(t, "books", row{"id": book["id"]})
	equal(t, savedBook["stock"], number(book["stock"])-3)
	order := findRow(t, "orders", row{"id": response.at("id")})
	contains(t, order, object{"user_id": user["id"], "status": "pending"})
	orderItem := findRow(t, "order_items", row{"order_id": response.at("id")})
	contains(t, orderItem, object{
		"book_id":          book["id"],
		"quantity":         3,
		"unit_price_cents": book["price_cents"],
	})
}

func TestRefusesAnOrderWithABookThatIsNotThere(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	seedBook(t, row{"stock": 12})
	before := snapshot(t, "books", "orders", "order_items")

	response := server.call(t, "POST", "/api/v1/orders", request{
		auth: signIn(t, user),
		body: object{"items": list{object{"book_id": 999999, "quantity": 3}}},
	})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "books", "orders", "order_items"), before)
}

func TestRefusesAnOrderForABookWithTooLittleStock(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	book := seedBook(t, row{"stock": 1})
	before := snapshot(t, "books", "orders", "order_items")

	response := server.call(t, "POST", "/api/v1/orders", request{
		auth: signIn(t, user),
		body: object{"items": list{object{"book_id": book["id"], "quantity": 3}}},
	})

	wantStatus(t, response, 409)
	equal(t, snapshot(t, "books", "orders", "order_items"), before)
}

func TestRefusesAnInvalidOrder(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value any
	}{
		{"no items", "items", missing},
		{"null items", "items", nil},
		{"items that are no list", "items", "amber"},
		{"too few items", "items", list{}},
		{"no book id", "items.0.book_id", missing},
		{"a null book id", "items.0.book_id", nil},
		{"a book id that is no number", "items.0.book_id", "plenty"},
		{"a book id of 0", "items.0.book_id", 0},
		{"no quantity", "items.0.quantity", missing},
		{"a null quantity", "items.0.quantity", nil},
		{"a quantity that is no number", "items.0.quantity", "plenty"},
		{"a quantity of 0", "items.0.quantity", 0},
		{"a quantity of 101", "items.0.quantity", 101},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)
			book := seedBook(t, row{"stock": 12})
			before := snapshot(t, "books", "orders", "order_items")

			response := server.call(t, "POST", "/api/v1/orders", request{
				auth: signIn(t, user),
				body: altered(object{
					"items": list{object{"book_id": book["id"], "quantity": 3}},
				}, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
			equal(t, snapshot(t, "books", "orders", "order_items"), before)
		})
	}
}

func TestRefusesAnEmptyOrder(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	seedBook(t, row{"stock": 12})
	before := snapshot(t, "books", "orders", "order_items")

	response := server.call(t, "POST", "/api/v1/orders", request{
		auth: signIn(t, user),
		body: object{},
	})

	wantStatus(t, response, 400)
	equal(t, snapshot(t, "books", "orders", "order_items"), before)
}

func TestLeavesNothingBehindWhenABookCannotBeChanged(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	book := seedBook(t, row{"stock": 12})
	before := snapshot(t, "books", "orders", "order_items")
	refuse(t, "books", "update", 1)

	response := server.call(t, "POST", "/api/v1/orders", request{
		auth: signIn(t, user),
		body: object{"items": list{object{"book_id": book["id"], "quantity": 3}}},
	})

	wantOtherStatus(t, response, 201)
	equal(t, snapshot(t, "books", "orders", "order_items"), before)
}

func TestLeavesNothingBehindWhenAnOrderCannotBeStored(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	book := seedBook(t, row{"stock": 12})
	before := snapshot(t, "books", "orders", "order_items")
	refuse(t, "orders", "insert", 1)

	response := server.call(t, "POST", "/api/v1/orders", request{
		auth: signIn(t, user),
		body: object{"items": list{object{"book_id": book["id"], "quantity": 3}}},
	})

	wantOtherStatus(t, response, 201)
	equal(t, snapshot(t, "books", "orders", "order_items"), before)
}

func TestLeavesNothingBehindWhenAnOrderItemCannotBeStored(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	book := seedBook(t, row{"stock": 12})
	before := snapshot(t, "books", "orders", "order_items")
	refuse(t, "order_items", "insert", 1)

	response := server.call(t, "POST", "/api/v1/orders", request{
		auth: signIn(t, user),
		body: object{"items": list{object{"book_id": book["id"], "quantity": 3}}},
	})

	wantOtherStatus(t, response, 201)
	equal(t, snapshot(t, "books", "orders", "order_items"), before)
}

func TestLetsOnlyTwoOfFourOrdersAtOnceHaveTheLastStock(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	book := seedBook(t, row{"stock": 6})

	together(
		func() *reply {
			return server.call(t, "POST", "/api/v1/orders", request{
				auth: signIn(t, user),
				body: object{"items": list{object{"book_id": book["id"], "quantity": 3}}},
			})
		},
		func() *reply {
			return server.call(t, "POST", "/api/v1/orders", request{
				auth: signIn(t, user),
				body: object{"items": list{object{"book_id": book["id"], "quantity": 3}}},
			})
		},
		func() *reply {
			return server.call(t, "POST", "/api/v1/orders", request{
				auth: signIn(t, user),
				body: object{"items": list{object{"book_id": book["id"], "quantity": 3}}},
			})
		},
		func() *reply {
			return server.call(t, "POST", "/api/v1/orders", request{
				auth: signIn(t, user),
				body: object{"items": list{object{"book_id": book["id"], "quantity": 3}}},
			})
		},
	)

	equal(t, countRows(t, "orders", nil), 2)
	savedBook := findRow(t, "books", row{"id": book["id"]})
	equal(t, savedBook["stock"], 0)
}

func TestShowsAnOrder(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"]})

	response := server.call(t, "GET", fmt.Sprintf("/api/v1/orders/%v", order["id"]), request{
		auth: signIn(t, user),
	})

	wantStatus(t, response, 200)
	contains(t, response.body, object{
		"id":          order["id"],
		"user_id":     order["user_id"],
		"status":      order["status"],
		"total_cents": order["total_cents"],
		"payment_id":  order["payment_id"],
	})
}

func TestSaysThatAnOrderIsMissing(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	seedOrder(t, row{"user_id": user["id"]})

	response := server.call(t, "GET", "/api/v1/orders/999999", request{auth: signIn(t, user)})

	wantStatus(t, response, 404)
}

func TestRefusesAMalformedKeyInThePathFromAUserOfOrders(t *testing.T) {
	tests := []struct {
		name   string
		method string
		path   string
	}{
		{"GET /api/v1/orders/{id}", "GET", "/api/v1/orders/not-a-number"},
		{"POST /api/v1/orders/{id}/pay", "POST", "/api/v1/orders/not-a-number/pay"},
		{"POST /api/v1/orders/{id}/cancel", "POST", "/api/v1/orders/not-a-number/cancel"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)

			response := server.call(t, tc.method, tc.path, request{auth: signIn(t, user)})

			wantStatus(t, response, 400)
		})
	}
}

func TestHidesAnotherUsersOrder(t *testing.T) {
	server := setupTestServer(t)
	otherUser := createTestUser(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": otherUser["id"]})

	response := server.call(t, "GET", fmt.Sprintf("/api/v1/orders/%v", order["id"]), request{
		auth: signIn(t, user),
	})

	wantStatus(t, response, 404)
}

func TestPaysAnOrder(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"]})

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/pay", order["id"]), request{
		auth: signIn(t, user),
		body: object{"token": "tok_mastercard"},
	})

	wantStatus(t, response, 200)
	equal(t, response.at("status"), "paid")
	savedOrder := findRow(t, "orders", row{"id": order["id"]})
	equal(t, savedOrder["status"], "paid")
}

func TestRefusesToPayAnOrderThatIsNotThere(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	seedOrder(t, row{"user_id": user["id"]})
	before := snapshot(t, "orders")

	response := server.call(t, "POST", "/api/v1/orders/999999/pay", request{
		auth: signIn(t, user),
		body: object{"token": "tok_mastercard"},
	})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "orders"), before)
}

func TestRefusesAnInvalidPayment(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value any
	}{
		{"no token", "token", missing},
		{"a null token", "token", nil},
		{"a token that is no text", "token", object{"text": "amber"}},
		{"an empty token", "token", ""},
		{"a token of 256 characters", "token", strings.Repeat("x", 256)},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)
			order := seedOrder(t, row{"user_id": user["id"]})
			before := snapshot(t, "orders")

			response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/pay", order["id"]), request{
				auth: signIn(t, user),
				body: altered(object{"token": "tok_mastercard"}, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
			equal(t, snapshot(t, "orders"), before)
		})
	}
}

func TestRefusesAnEmptyPayment(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"]})
	before := snapshot(t, "orders")

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/pay", order["id"]), request{
		auth: signIn(t, user),
		body: object{},
	})

	wantStatus(t, response, 400)
	equal(t, snapshot(t, "orders"), before)
}

func TestAcceptsAPaymentAtTheEdgeOfItsRules(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value string
	}{
		{"a token of one character", "token", "x"},
		{"a token of 255 characters", "token", strings.Repeat("x", 255)},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)
			order := seedOrder(t, row{"user_id": user["id"]})

			response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/pay", order["id"]), request{
				auth: signIn(t, user),
				body: altered(object{"token": "tok_mastercard"}, tc.field, tc.value),
			})

			wantStatus(t, response, 200)
		})
	}
}

func TestRefusesAUserWhoPaysAnOrderOfAnother(t *testing.T) {
	server := setupTestServer(t)
	otherUser := createTestUser(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": otherUser["id"]})
	before := snapshot(t, "orders")

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/pay", order["id"]), request{
		auth: signIn(t, user),
		body: object{"token": "tok_mastercard"},
	})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "orders"), before)
}

func TestCancelsAnOrder(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"]})
	book := seedBook(t)
	orderItem := seedOrderItem(t, row{"order_id": order["id"], "book_id": book["id"]})

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/cancel", order["id"]), request{
		auth: signIn(t, user),
	})

	wantStatus(t, response, 200)
	equal(t, response.at("status"), "cancelled")
	savedBook := findRow(t, "books", row{"id": book["id"]})
	equal(t, savedBook["stock"], number(book["stock"])+number(orderItem["quantity"]))
	savedOrder := findRow(t, "orders", row{"id": order["id"]})
	equal(t, savedOrder["status"], "cancelled")
}

func TestRefusesToCancelAnOrderThatIsNotThere(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"]})
	book := seedBook(t)
	seedOrderItem(t, row{"order_id": order["id"], "book_id": book["id"]})
	before := snapshot(t, "books", "orders")

	response := server.call(t, "POST", "/api/v1/orders/999999/cancel", request{
		auth: signIn(t, user),
	})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "books", "orders"), before)
}

func TestRefusesToCancelAPaidOrder(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"], "status": "paid"})
	book := seedBook(t)
	seedOrderItem(t, row{"order_id": order["id"], "book_id": book["id"]})
	before := snapshot(t, "books", "orders")

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/cancel", order["id"]), request{
		auth: signIn(t, user),
	})

	wantStatus(t, response, 409)
	equal(t, snapshot(t, "books", "orders"), before)
}

func TestRefusesAUserWhoCancelsAnOrderOfAnother(t *testing.T) {
	server := setupTestServer(t)
	otherUser := createTestUser(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": otherUser["id"]})
	book := seedBook(t)
	seedOrderItem(t, row{"order_id": order["id"], "book_id": book["id"]})
	before := snapshot(t, "books", "orders")

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/cancel", order["id"]), request{
		auth: signIn(t, user),
	})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "books", "orders"), before)
}

func TestLeavesNothingBehindWhenABookCannotBeChangedThroughCancel(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"]})
	book := seedBook(t)
	seedOrderItem(t, row{"order_id": order["id"], "book_id": book["id"]})
	before := snapshot(t, "books", "orders")
	refuse(t, "books", "update", 1)

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/cancel", order["id"]), request{
		auth: signIn(t, user),
	})

	wantOtherStatus(t, response, 200)
	equal(t, snapshot(t, "books", "orders"), before)
}

func TestLeavesNothingBehindWhenAnOrderCannotBeChanged(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"]})
	book := seedBook(t)
	seedOrderItem(t, row{"order_id": order["id"], "book_id": book["id"]})
	before := snapshot(t, "books", "orders")
	refuse(t, "orders", "update", 1)

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/cancel", order["id"]), request{
		auth: signIn(t, user),
	})

	wantOtherStatus(t, response, 200)
	equal(t, snapshot(t, "books", "orders"), before)
}
