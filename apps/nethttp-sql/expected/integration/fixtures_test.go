package integration

import (
	"maps"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

const password = "Violet-Harbour-42"

var hashes = map[string]string{}

// hashed is the password as the app stores it; each is hashed once, for it takes long on purpose.
func hashed(password string) string {
	if hashes[password] == "" {
		hash, err := bcrypt.GenerateFromPassword([]byte(password), 4)
		if err != nil {
			panic(err)
		}
		hashes[password] = string(hash)
	}
	return hashes[password]
}

// filled is the values of a test over those that it does not care about.
func filled(values []row, others row) row {
	for _, each := range values {
		maps.Copy(others, each)
	}
	return others
}

// inTurn gives the values one after the other, so that unique columns never repeat within a test.
func inTurn(values ...any) func() any {
	turn := -1
	return func() any {
		turn++
		return values[turn%len(values)]
	}
}

var nextUserEmail = inTurn(
	"rosa@example.com",
	"karel@example.com",
	"amina@example.com",
	"hana@example.com",
	"piet@example.com",
	"lucia@example.com",
)

var nextAuthorName = inTurn(
	"Rosa Lind",
	"Karel Novak",
	"Amina Diallo",
	"Hana Sato",
	"Piet Visser",
	"Lucia Ferri",
)

var nextBookIsbn = inTurn(
	"9780306406157",
	"9780140449136",
	"9780679783268",
	"9780262033848",
	"9780132350884",
	"9780201633610",
)

// createTestUser stores an user; what a test does not say is filled in.
func createTestUser(t *testing.T, values ...row) row {
	t.Helper()
	given := filled(values, row{
		"name":          "Rosa Lind",
		"email":         nextUserEmail(),
		"password_hash": hashed(password),
	})
	return insert(t, "users", given)
}

// seedAuthor stores an author; what a test does not say is filled in.
func seedAuthor(t *testing.T, values ...row) row {
	t.Helper()
	given := filled(values, row{"name": nextAuthorName()})
	return insert(t, "authors", given)
}

// seedBook stores a book; what a test does not say is filled in.
func seedBook(t *testing.T, values ...row) row {
	t.Helper()
	given := filled(values, row{
		"title":       "The Quiet Harbour",
		"price_cents": 1850,
		"stock":       12,
		"isbn":        nextBookIsbn(),
	})
	if _, ok := given["author_id"]; !ok {
		given["author_id"] = seedAuthor(t)["id"]
	}
	return insert(t, "books", given)
}

// seedReview stores a review; what a test does not say is filled in.
func seedReview(t *testing.T, values ...row) row {
	t.Helper()
	given := filled(values, row{"rating": 4})
	if _, ok := given["book_id"]; !ok {
		given["book_id"] = seedBook(t)["id"]
	}
	if _, ok := given["user_id"]; !ok {
		given["user_id"] = createTestUser(t)["id"]
	}
	return insert(t, "reviews", given)
}

// seedOrder stores an order; what a test does not say is filled in.
func seedOrder(t *testing.T, values ...row) row {
	t.Helper()
	given := filled(values, row{"total_cents": 1850})
	if _, ok := given["user_id"]; !ok {
		given["user_id"] = createTestUser(t)["id"]
	}
	return insert(t, "orders", given)
}

// seedOrderItem stores an order item; what a test does not say is filled in.
func seedOrderItem(t *testing.T, values ...row) row {
	t.Helper()
	given := filled(values, row{"quantity": 2, "unit_price_cents": 1850})
	if _, ok := given["order_id"]; !ok {
		given["order_id"] = seedOrder(t)["id"]
	}
	if _, ok := given["book_id"]; !ok {
		given["book_id"] = seedBook(t)["id"]
	}
	return insert(t, "order_items", given)
}
