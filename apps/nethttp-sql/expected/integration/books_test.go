package integration

import (
	"fmt"
	"strings"
	"testing"
)

func TestListsBooks(t *testing.T) {
	server := setupTestServer(t)
	seedBook(t, row{"title": "Night Ferry"})
	seedBook(t, row{"title": "A Map of Rain"})
	seedBook(t, row{"title": "The Quiet Harbour"})

	response := server.call(t, "GET", "/api/v1/books")

	wantStatus(t, response, 200)
	sameItems(t, pluck(response.at("items"), "title"), list{
		"Night Ferry",
		"A Map of Rain",
		"The Quiet Harbour",
	})
	equal(t, response.at("total"), 3)
}

func TestPagesThroughBooks(t *testing.T) {
	tests := []struct {
		name     string
		queryRow any
		found    any
	}{
		{
			"the first page",
			object{"sort": "title", "page": 1, "per_page": 2},
			list{"A Map of Rain", "Letters from Ostia"},
		},
		{
			"the middle page",
			object{"sort": "title", "page": 2, "per_page": 2},
			list{"Night Ferry", "The Glass Orchard"},
		},
		{
			"the last page",
			object{"sort": "title", "page": 3, "per_page": 2},
			list{"The Quiet Harbour"},
		},
		{"beyond the last page", object{"sort": "title", "page": 4, "per_page": 2}, list{}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			seedBook(t, row{"title": "Night Ferry"})
			seedBook(t, row{"title": "A Map of Rain"})
			seedBook(t, row{"title": "The Quiet Harbour"})
			seedBook(t, row{"title": "Letters from Ostia"})
			seedBook(t, row{"title": "The Glass Orchard"})

			response := server.call(t, "GET", "/api/v1/books", request{query: tc.queryRow})

			wantStatus(t, response, 200)
			equal(t, pluck(response.at("items"), "title"), tc.found)
			equal(t, response.at("total"), 5)
		})
	}
}

func TestFiltersBooks(t *testing.T) {
	tests := []struct {
		name     string
		queryRow any
		found    any
	}{
		{
			"min price",
			object{"min_price": 2400},
			list{"A Map of Rain", "Letters from Ostia", "The Glass Orchard"},
		},
		{
			"max price",
			object{"max_price": 2400},
			list{"Night Ferry", "The Quiet Harbour", "The Glass Orchard"},
		},
		{"all together", object{"min_price": 2400, "max_price": 2400}, list{"The Glass Orchard"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			seedBook(t, row{"title": "Night Ferry", "price_cents": 1850})
			seedBook(t, row{"title": "A Map of Rain", "price_cents": 4360})
			seedBook(t, row{"title": "The Quiet Harbour", "price_cents": 975})
			seedBook(t, row{"title": "Letters from Ostia", "price_cents": 3120})
			seedBook(t, row{"title": "The Glass Orchard", "price_cents": 2400})

			response := server.call(t, "GET", "/api/v1/books", request{query: tc.queryRow})

			wantStatus(t, response, 200)
			sameItems(t, pluck(response.at("items"), "title"), tc.found)
		})
	}
}

func TestSortsBooks(t *testing.T) {
	tests := []struct {
		name     string
		queryRow any
		found    any
	}{
		{
			"title ascending",
			object{"sort": "title"},
			list{
				"A Map of Rain",
				"Letters from Ostia",
				"Night Ferry",
				"The Glass Orchard",
				"The Quiet Harbour",
			},
		},
		{
			"title descending",
			object{"sort": "-title"},
			list{
				"The Quiet Harbour",
				"The Glass Orchard",
				"Night Ferry",
				"Letters from Ostia",
				"A Map of Rain",
			},
		},
		{
			"price cents ascending",
			object{"sort": "price"},
			list{
				"The Quiet Harbour",
				"Night Ferry",
				"The Glass Orchard",
				"Letters from Ostia",
				"A Map of Rain",
			},
		},
		{
			"price cents descending",
			object{"sort": "-price"},
			list{
				"A Map of Rain",
				"Letters from Ostia",
				"The Glass Orchard",
				"Night Ferry",
				"The Quiet Harbour",
			},
		},
		{
			"created at descending",
			object{"sort": "newest"},
			list{
				"Letters from Ostia",
				"Night Ferry",
				"The Quiet Harbour",
				"A Map of Rain",
				"The Glass Orchard",
			},
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			seedBook(t, row{
				"title":       "Night Ferry",
				"price_cents": 1850,
				"created_at":  "2024-03-16 12:00:00",
			})
			seedBook(t, row{
				"title":       "A Map of Rain",
				"price_cents": 4360,
				"created_at":  "2024-03-08 12:00:00",
			})
			seedBook(t, row{
				"title":       "The Quiet Harbour",
				"price_cents": 975,
				"created_at":  "2024-03-12 12:00:00",
			})
			seedBook(t, row{
				"title":       "Letters from Ostia",
				"price_cents": 3120,
				"created_at":  "2024-03-20 12:00:00",
			})
			seedBook(t, row{
				"title":       "The Glass Orchard",
				"price_cents": 2400,
				"created_at":  "2024-03-04 12:00:00",
			})

			response := server.call(t, "GET", "/api/v1/books", request{query: tc.queryRow})

			wantStatus(t, response, 200)
			equal(t, pluck(response.at("items"), "title"), tc.found)
		})
	}
}

func TestFiltersBooksByAuthor(t *testing.T) {
	server := setupTestServer(t)
	author := seedAuthor(t)
	seedBook(t, row{"author_id": author["id"], "title": "Night Ferry"})
	seedBook(t, row{"title": "A Map of Rain"})
	seedBook(t, row{"author_id": author["id"], "title": "The Quiet Harbour"})

	response := server.call(t, "GET", "/api/v1/books", request{
		query: object{"author_id": author["id"]},
	})

	wantStatus(t, response, 200)
	sameItems(t, pluck(response.at("items"), "title"), list{"Night Ferry", "The Quiet Harbour"})
}

func TestRefusesAnInvalidQueryForBooks(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value string
	}{
		{"an author id that is no number", "author_id", "plenty"},
		{"a min price that is no number", "min_price", "plenty"},
		{"a max price that is no number", "max_price", "plenty"},
		{"a page that is no number", "page", "plenty"},
		{"a per page that is no number", "per_page", "plenty"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)

			response := server.call(t, "GET", "/api/v1/books", request{
				query: altered(object{}, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
		})
	}
}

func TestCreatesABook(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	author := seedAuthor(t)

	response := server.call(t, "POST", "/api/v1/books", request{
		auth: signIn(t, admin),
		body: object{
			"isbn":         "9783161484100",
			"title":        "A Map of Rain",
			"author_id":    author["id"],
			"price_cents":  2400,
			"stock":        7,
			"published_on": "2022-08-09",
		},
	})

	wantStatus(t, response, 201)
	contains(t, response.body, object{
		"isbn":        "9783161484100",
		"title":       "A Map of Rain",
		"author_id":   author["id"],
		"price_cents": 2400,
		"stock":       7,
	})
	book := findRow(t, "books", row{"id": response.at("id")})
	contains(t, book, object{
		"isbn":         "9783161484100",
		"title":        "A Map of Rain",
		"author_id":    author["id"],
		"price_cents":  2400,
		"stock":        7,
		"published_on": "2022-08-09",
	})
}

func TestRefusesABookWithAnAuthorThatIsNotThere(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	seedAuthor(t)
	before := snapshot(t, "books")

	response := server.call(t, "POST", "/api/v1/books", request{
		auth: signIn(t, admin),
		body: object{
			"isbn":         "9783161484100",
			"title":        "A Map of Rain",
			"author_id":    999999,
			"price_cents":  2400,
			"stock":        7,
			"published_on": "2022-08-09",
		},
	})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "books"), before)
}

func TestRefusesASecondBookWithTheSameIsbn(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	author := seedAuthor(t)
	seedBook(t, row{"isbn": "9783161484100"})
	before := snapshot(t, "books")

	response := server.call(t, "POST", "/api/v1/books", request{
		auth: signIn(t, admin),
		body: object{
			"isbn":         "9783161484100",
			"title":        "A Map of Rain",
			"author_id":    author["id"],
			"price_cents":  2400,
			"stock":        7,
			"published_on": "2022-08-09",
		},
	})

	wantStatus(t, response, 409)
	equal(t, snapshot(t, "books"), before)
}

func TestKeepsABookFromItsCreationToItsDeletion(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	author := seedAuthor(t)

	created := server.call(t, "POST", "/api/v1/books", request{
		auth: signIn(t, admin),
		body: object{
			"isbn":         "9783161484100",
			"title":        "A Map of Rain",
			"author_id":    author["id"],
			"price_cents":  2400,
			"stock":        7,
			"published_on": "2022-08-09",
		},
	})

	wantStatus(t, created, 201)

	read := server.call(t, "GET", fmt.Sprintf("/api/v1/books/%v", created.at("id")))

	wantStatus(t, read, 200)
	contains(t, read.body, object{
		"isbn":        "9783161484100",
		"title":       "A Map of Rain",
		"author_id":   author["id"],
		"price_cents": 2400,
		"stock":       7,
	})

	updated := server.call(t, "PATCH", fmt.Sprintf("/api/v1/books/%v", created.at("id")), request{
		auth: signIn(t, admin),
		body: object{
			"isbn":         "9783161484100",
			"title":        "A Map of Rain",
			"author_id":    author["id"],
			"price_cents":  2400,
			"stock":        7,
			"published_on": "2022-08-09",
		},
	})

	wantStatus(t, updated, 200)

	readAgain := server.call(t, "GET", fmt.Sprintf("/api/v1/books/%v", created.at("id")))

	contains(t, readAgain.body, object{
		"isbn":        "9783161484100",
		"title":       "A Map of Rain",
		"author_id":   author["id"],
		"price_cents": 2400,
		"stock":       7,
	})

	deleted := server.call(t, "DELETE", fmt.Sprintf("/api/v1/books/%v", created.at("id")), request{
		auth: signIn(t, admin),
	})

	wantStatus(t, deleted, 204)

	gone := server.call(t, "GET", fmt.Sprintf("/api/v1/books/%v", created.at("id")))

	wantStatus(t, gone, 404)
}

func TestRefusesAnInvalidBook(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value any
	}{
		{"no isbn", "isbn", missing},
		{"a null isbn", "isbn", nil},
		{"an isbn that is no text", "isbn", object{"text": "amber"}},
		{"an isbn of another form", "isbn", "?"},
		{"no title", "title", missing},
		{"a null title", "title", nil},
		{"a title that is no text", "title", object{"text": "amber"}},
		{"an empty title", "title", ""},
		{"a title of 201 characters", "title", strings.Repeat("x", 201)},
		{"no author id", "author_id", missing},
		{"a null author id", "author_id", nil},
		{"an author id that is no number", "author_id", "plenty"},
		{"an author id of 0", "author_id", 0},
		{"no price cents", "price_cents", missing},
		{"null price cents", "price_cents", nil},
		{"price cents that is no number", "price_cents", "plenty"},
		{"price cents of 0", "price_cents", 0},
		{"price cents of 1000000001", "price_cents", 1000000001},
		{"no stock", "stock", missing},
		{"a null stock", "stock", nil},
		{"a stock that is no number", "stock", "plenty"},
		{"a stock of -1", "stock", -1},
		{"a badly formed published on", "published_on", "someday"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			admin := createTestUser(t, row{"role": "admin"})
			author := seedAuthor(t)
			before := snapshot(t, "books")
			valid := object{
				"isbn":         "9783161484100",
				"title":        "A Map of Rain",
				"author_id":    author["id"],
				"price_cents":  2400,
				"stock":        7,
				"published_on": "2022-08-09",
			}

			response := server.call(t, "POST", "/api/v1/books", request{
				auth: signIn(t, admin),
				body: altered(valid, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
			equal(t, snapshot(t, "books"), before)
		})
	}
}

func TestRefusesAnEmptyBook(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	seedAuthor(t)
	before := snapshot(t, "books")

	response := server.call(t, "POST", "/api/v1/books", request{
		auth: signIn(t, admin),
		body: object{},
	})

	wantStatus(t, response, 400)
	equal(t, snapshot(t, "books"), before)
}

func TestShowsABook(t *testing.T) {
	server := setupTestServer(t)
	book := seedBook(t)

	response := server.call(t, "GET", fmt.Sprintf("/api/v1/books/%v", book["id"]))

	wantStatus(t, response, 200)
	contains(t, response.body, object{
		"id":          book["id"],
		"isbn":        book["isbn"],
		"title":       book["title"],
		"author_id":   book["author_id"],
		"price_cents": book["price_cents"],
		"stock":       book["stock"],
	})
	hasType(t, response.at("author"), "object")
}

func TestSaysThatABookIsMissing(t *testing.T) {
	server := setupTestServer(t)
	seedBook(t)

	response := server.call(t, "GET", "/api/v1/books/999999")

	wantStatus(t, response, 404)
}

func TestRefusesAMalformedKeyInThePathOfBooks(t *testing.T) {
	tests := []struct {
		name   string
		method string
		path   string
	}{
		{"GET /api/v1/books/{id}", "GET", "/api/v1/books/not-a-number"},
		{"GET /api/v1/books/{id}/reviews", "GET", "/api/v1/books/not-a-number/reviews"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)

			response := server.call(t, tc.method, tc.path)

			wantStatus(t, response, 400)
		})
	}
}

func TestUpdatesABook(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	book := seedBook(t)
	author := seedAuthor(t)

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
		body: object{
			"isbn":         "9783161484100",
			"title":        "A Map of Rain",
			"author_id":    author["id"],
			"price_cents":  2400,
			"stock":        7,
			"published_on": "2022-08-09",
		},
	})

	wantStatus(t, response, 200)
	contains(t, response.body, object{
		"isbn":        "9783161484100",
		"title":       "A Map of Rain",
		"author_id":   author["id"],
		"price_cents": 2400,
		"stock":       7,
	})
	savedBook := findRow(t, "books", row{"id": book["id"]})
	contains(t, savedBook, object{
		"isbn":         "9783161484100",
		"title":        "A Map of Rain",
		"author_id":    author["id"],
		"price_cents":  2400,
		"stock":        7,
		"published_on": "2022-08-09",
	})
}

func TestRefusesToChangeABookThatIsNotThere(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	seedBook(t)
	author := seedAuthor(t)
	before := snapshot(t, "books")

	response := server.call(t, "PATCH", "/api/v1/books/999999", request{
		auth: signIn(t, admin),
		body: object{
			"isbn":         "9783161484100",
			"title":        "A Map of Rain",
			"author_id":    author["id"],
			"price_cents":  2400,
			"stock":        7,
			"published_on": "2022-08-09",
		},
	})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "books"), before)
}

func TestRefusesAChangeOfABookWithAnAuthorThatIsNotThere(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	book := seedBook(t)
	seedAuthor(t)
	before := snapshot(t, "books")

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
		body: object{
			"isbn":         "9783161484100",
			"title":        "A Map of Rain",
			"author_id":    999999,
			"price_cents":  2400,
			"stock":        7,
			"published_on": "2022-08-09",
		},
	})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "books"), before)
}

func TestRefusesAChangeToAnIsbnThatAnotherBookHas(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	book := seedBook(t)
	author := seedAuthor(t)
	seedBook(t, row{"isbn": "9783161484100"})
	before := snapshot(t, "books")

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
		body: object{
			"isbn":         "9783161484100",
			"title":        "A Map of Rain",
			"author_id":    author["id"],
			"price_cents":  2400,
			"stock":        7,
			"published_on": "2022-08-09",
		},
	})

	wantStatus(t, response, 409)
	equal(t, snapshot(t, "books"), before)
}

func TestChangesNothingElseOfABookWhenTheIsbnIsSent(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	book := seedBook(t, row{"published_on": "2023-03-15"})
	seedAuthor(t)

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
		body: object{"isbn": "9783161484100"},
	})

	wantStatus(t, response, 200)
	savedBook := findRow(t, "books", row{"id": book["id"]})
	contains(t, savedBook, object{
		"isbn":         "9783161484100",
		"title":        book["title"],
		"author_id":    book["author_id"],
		"price_cents":  book["price_cents"],
		"stock":        book["stock"],
		"published_on": book["published_on"],
	})
}

func TestChangesNothingElseOfABookWhenTheTitleIsSent(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	book := seedBook(t, row{"published_on": "2023-03-15"})
	seedAuthor(t)

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
		body: object{"title": "A Map of Rain"},
	})

	wantStatus(t, response, 200)
	savedBook := findRow(t, "books", row{"id": book["id"]})
	contains(t, savedBook, object{
		"isbn":         book["isbn"],
		"title":        "A Map of Rain",
		"author_id":    book["author_id"],
		"price_cents":  book["price_cents"],
		"stock":        book["stock"],
		"published_on": book["published_on"],
	})
}

func TestChangesNothingElseOfABookWhenTheAuthorIdIsSent(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	book := seedBook(t, row{"published_on": "2023-03-15"})
	author := seedAuthor(t)

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
		body: object{"author_id": author["id"]},
	})

	wantStatus(t, response, 200)
	savedBook := findRow(t, "books", row{"id": book["id"]})
	contains(t, savedBook, object{
		"isbn":         book["isbn"],
		"title":        book["title"],
		"author_id":    author["id"],
		"price_cents":  book["price_cents"],
		"stock":        book["stock"],
		"published_on": book["published_on"],
	})
}

func TestChangesNothingElseOfABookWhenThePriceCentsIsSent(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	book := seedBook(t, row{"published_on": "2023-03-15"})
	seedAuthor(t)

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
		body: object{"price_cents": 2400},
	})

	wantStatus(t, response, 200)
	savedBook := findRow(t, "books", row{"id": book["id"]})
	contains(t, savedBook, object{
		"isbn":         book["isbn"],
		"title":        book["title"],
		"author_id":    book["author_id"],
		"price_cents":  2400,
		"stock":        book["stock"],
		"published_on": book["published_on"],
	})
}

func TestChangesNothingElseOfABookWhenTheStockIsSent(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	book := seedBook(t, row{"published_on": "2023-03-15"})
	seedAuthor(t)

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
		body: object{"stock": 7},
	})

	wantStatus(t, response, 200)
	savedBook := findRow(t, "books", row{"id": book["id"]})
	contains(t, savedBook, object{
		"isbn":         book["isbn"],
		"title":        book["title"],
		"author_id":    book["author_id"],
		"price_cents":  book["price_cents"],
		"stock":        7,
		"published_on": book["published_on"],
	})
}

func TestChangesNothingElseOfABookWhenThePublishedOnIsSent(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	book := seedBook(t, row{"published_on": "2023-03-15"})
	seedAuthor(t)

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
		body: object{"published_on": "2022-08-09"},
	})

	wantStatus(t, response, 200)
	savedBook := findRow(t, "books", row{"id": book["id"]})
	contains(t, savedBook, object{
		"isbn":         book["isbn"],
		"title":        book["title"],
		"author_id":    book["author_id"],
		"price_cents":  book["price_cents"],
		"stock":        book["stock"],
		"published_on": "2022-08-09",
	})
}

func TestRefusesAnInvalidChangeOfABook(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value any
	}{
		{"an isbn that is no text", "isbn", object{"text": "amber"}},
		{"an isbn of another form", "isbn", "?"},
		{"a title that is no text", "title", object{"text": "amber"}},
		{"an empty title", "title", ""},
		{"a title of 201 characters", "title", strings.Repeat("x", 201)},
		{"an author id that is no number", "author_id", "plenty"},
		{"an author id of 0", "author_id", 0},
		{"price cents that is no number", "price_cents", "plenty"},
		{"price cents of 0", "price_cents", 0},
		{"price cents of 1000000001", "price_cents", 1000000001},
		{"a stock that is no number", "stock", "plenty"},
		{"a stock of -1", "stock", -1},
		{"a badly formed published on", "published_on", "someday"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			admin := createTestUser(t, row{"role": "admin"})
			book := seedBook(t)
			author := seedAuthor(t)
			before := snapshot(t, "books")
			valid := object{
				"isbn":         "9783161484100",
				"title":        "A Map of Rain",
				"author_id":    author["id"],
				"price_cents":  2400,
				"stock":        7,
				"published_on": "2022-08-09",
			}

			response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
				auth: signIn(t, admin),
				body: altered(valid, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
			equal(t, snapshot(t, "books"), before)
		})
	}
}

func TestNeverEmptiesARequiredFieldOfABook(t *testing.T) {
	tests := []struct {
		name  string
		field string
	}{
		{"a null isbn", "isbn"},
		{"a null title", "title"},
		{"a null author id", "author_id"},
		{"a null price cents", "price_cents"},
		{"a null stock", "stock"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			admin := createTestUser(t, row{"role": "admin"})
			book := seedBook(t)
			seedAuthor(t)

			response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
				auth: signIn(t, admin),
				body: altered(object{}, tc.field, nil),
			})

			wantStatus(t, response, 200, 400)
			savedBook := findRow(t, "books", row{"id": book["id"]})
			contains(t, savedBook, object{
				"isbn":        book["isbn"],
				"title":       book["title"],
				"author_id":   book["author_id"],
				"price_cents": book["price_cents"],
				"stock":       book["stock"],
			})
		})
	}
}

func TestRefusesAMalformedKeyInThePathFromAnAdminOfBooks(t *testing.T) {
	tests := []struct {
		name   string
		method string
		path   string
	}{
		{"PATCH /api/v1/books/{id}", "PATCH", "/api/v1/books/not-a-number"},
		{"DELETE /api/v1/books/{id}", "DELETE", "/api/v1/books/not-a-number"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			admin := createTestUser(t, row{"role": "admin"})

			response := server.call(t, tc.method, tc.path, request{auth: signIn(t, admin)})

			wantStatus(t, response, 400)
		})
	}
}

func TestDeletesABookAndNoOther(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	book := seedBook(t)
	otherBook := seedBook(t)

	response := server.call(t, "DELETE", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
	})

	wantStatus(t, response, 204)
	equal(t, countRows(t, "books", row{"id": book["id"]}), 0)
	equal(t, countRows(t, "books", row{"id": otherBook["id"]}), 1)
}

func TestRefusesToDeleteABookThatIsNotThere(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	seedBook(t)
	before := snapshot(t, "books")

	response := server.call(t, "DELETE", "/api/v1/books/999999", request{auth: signIn(t, admin)})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "books"), before)
}

func TestHasNoBookLeftToDeleteASecondTime(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	book := seedBook(t)

	first := server.call(t, "DELETE", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
	})

	response := server.call(t, "DELETE", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
	})

	wantStatus(t, first, 204)
	wantStatus(t, response, 404)
}

func TestDeletesTheReviewTogetherWithABook(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	book := seedBook(t)
	review := seedReview(t, row{"book_id": book["id"]})

	response := server.call(t, "DELETE", fmt.Sprintf("/api/v1/books/%v", book["id"]), request{
		auth: signIn(t, admin),
	})

	wantStatus(t, response, 204)
	equal(t, countRows(t, "reviews", row{"id": review["id"]}), 0)
}

func TestListsReviewsOfABookAndOfNoOther(t *testing.T) {
	server := setupTestServer(t)
	book := seedBook(t)
	seedReview(t, row{"book_id": book["id"], "rating": 3, "created_at": "2024-03-08 12:00:00"})
	seedReview(t, row{"book_id": book["id"], "rating": 1, "created_at": "2024-03-20 12:00:00"})
	seedReview(t, row{"book_id": book["id"], "rating": 5, "created_at": "2024-03-04 12:00:00"})
	seedReview(t)

	response := server.call(t, "GET", fmt.Sprintf("/api/v1/books/%v/reviews", book["id"]))

	wantStatus(t, response, 200)
	equal(t, pluck(response.body, "rating"), list{1, 3, 5})
}

func TestFindsNoReviewsOfABookThatIsNotThere(t *testing.T) {
	server := setupTestServer(t)
	seedBook(t)

	response := server.call(t, "GET", "/api/v1/books/999999/reviews")

	wantStatus(t, response, 404)
}

func TestCreatesAReviewOfABook(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	book := seedBook(t)

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/books/%v/reviews", book["id"]), request{
		auth: signIn(t, user),
		body: object{"rating": 2, "body": "A little slow at first."},
	})

	wantStatus(t, response, 201)
	contains(t, response.body, object{
		"book_id": book["id"],
		"user_id": user["id"],
		"rating":  2,
		"body":    "A little slow at first.",
	})
	review := findRow(t, "reviews", row{"id": response.at("id")})
	contains(t, review, object{
		"book_id": book["id"],
		"user_id": user["id"],
		"rating":  2,
		"body":    "A little slow at first.",
	})
}

func TestRefusesAReviewOfABookThatIsNotThere(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	seedBook(t)
	before := snapshot(t, "reviews")

	response := server.call(t, "POST", "/api/v1/books/999999/reviews", request{
		auth: signIn(t, user),
		body: object{"rating": 2, "body": "A little slow at first."},
	})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "reviews"), before)
}

func TestRefusesASecondReviewOfTheSameBook(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	book := seedBook(t)
	seedReview(t, row{"book_id": book["id"], "user_id": user["id"]})
	before := snapshot(t, "reviews")

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/books/%v/reviews", book["id"]), request{
		auth: signIn(t, user),
		body: object{"rating": 2, "body": "A little slow at first."},
	})

	wantStatus(t, response, 409)
	equal(t, snapshot(t, "reviews"), before)
}

func TestRefusesAnInvalidReview(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value any
	}{
		{"no rating", "rating", missing},
		{"a null rating", "rating", nil},
		{"a rating that is no number", "rating", "plenty"},
		{"a rating of 0", "rating", 0},
		{"a rating of 6", "rating", 6},
		{"a body that is no text", "body", object{"text": "amber"}},
		{"a body of 2001 characters", "body", strings.Repeat("x", 2001)},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)
			book := seedBook(t)
			before := snapshot(t, "reviews")

			response := server.call(t, "POST", fmt.Sprintf("/api/v1/books/%v/reviews", book["id"]), request{
				auth: signIn(t, user),
				body: altered(object{
					"rating": 2,
					"body":   "A little slow at first.",
				}, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
			equal(t, snapshot(t, "reviews"), before)
		})
	}
}

func TestRefusesAnEmptyReview(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	book := seedBook(t)
	before := snapshot(t, "reviews")

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/books/%v/reviews", book["id"]), request{
		auth: signIn(t, user),
		body: object{},
	})

	wantStatus(t, response, 400)
	equal(t, snapshot(t, "reviews"), before)
}

func TestRefusesAMalformedKeyInThePathFromAUser(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)

	response := server.call(t, "POST", "/api/v1/books/not-a-number/reviews", request{
		auth: signIn(t, user),
	})

	wantStatus(t, response, 400)
}
