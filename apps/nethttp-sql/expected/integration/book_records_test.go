package integration

import (
	"testing"
)

func TestStoresABookWithWhatIsRequired(t *testing.T) {
	cleanDB(t)
	author := seedAuthor(t)

	book := insert(t, "books", row{
		"author_id":   author["id"],
		"isbn":        "9783161484100",
		"title":       "A Map of Rain",
		"price_cents": 2400,
		"stock":       7,
	})

	found := queryRow(t, "SELECT * FROM books WHERE id = ?", book["id"])

	equal(t, found["author_id"], author["id"])
	equal(t, found["isbn"], "9783161484100")
	equal(t, found["title"], "A Map of Rain")
	equal(t, found["price_cents"], 2400)
	equal(t, found["stock"], 7)
	equal(t, found["published_on"], nil)
}

func TestFindsABookByIdAndIsbn(t *testing.T) {
	cleanDB(t)
	book := seedBook(t)
	seedBook(t)

	found := queryRow(t, "SELECT * FROM books WHERE id = ?", book["id"])

	equal(t, found["id"], book["id"])

	foundByISBN := queryRow(t, "SELECT * FROM books WHERE isbn = ?", book["isbn"])

	equal(t, foundByISBN["id"], book["id"])
}

func TestChangesOnlyTheTitleOfABook(t *testing.T) {
	cleanDB(t)
	book := seedBook(t)
	seedBook(t)
	before := snapshot(t, "books", "-books.title")

	update(t, "books", row{"id": book["id"]}, row{"title": "A Map of Rain"})

	savedBook := findRow(t, "books", row{"id": book["id"]})
	equal(t, savedBook["title"], "A Map of Rain")
	equal(t, snapshot(t, "books", "-books.title"), before)
}

func TestChangesTheTitlePriceCentsStockAndPublishedOnOfABookTogether(t *testing.T) {
	cleanDB(t)
	book := seedBook(t)
	seedBook(t)
	before := snapshot(
		t,
		"books",
		"-books.price_cents",
		"-books.published_on",
		"-books.stock",
		"-books.title",
	)

	update(t, "books", row{"id": book["id"]}, row{
		"title":        "A Map of Rain",
		"price_cents":  2400,
		"stock":        7,
		"published_on": "2022-08-09",
	})

	savedBook := findRow(t, "books", row{"id": book["id"]})
	contains(t, savedBook, object{
		"title":        "A Map of Rain",
		"price_cents":  2400,
		"stock":        7,
		"published_on": "2022-08-09",
	})
	equal(
		t,
		snapshot(
			t,
			"books",
			"-books.price_cents",
			"-books.published_on",
			"-books.stock",
			"-books.title",
		),
		before,
	)
}

func TestRemovesABookAndNoOther(t *testing.T) {
	cleanDB(t)
	book := seedBook(t)
	otherBook := seedBook(t)

	remove(t, "books", row{"id": book["id"]})

	equal(t, countRows(t, "books", row{"id": book["id"]}), 0)
	equal(t, countRows(t, "books", row{"id": otherBook["id"]}), 1)
}

func TestRefusesTwoBooksWithTheSameIsbn(t *testing.T) {
	cleanDB(t)
	author := seedAuthor(t)
	book := seedBook(t)

	_, err := tryInsert("books", row{
		"author_id":   author["id"],
		"title":       "A Map of Rain",
		"price_cents": 2400,
		"stock":       7,
		"isbn":        book["isbn"],
	})
	refused(t, err, "unique")
}

func TestRefusesABookWithoutARequiredField(t *testing.T) {
	tests := []struct {
		name       string
		isbn       any
		title      any
		priceCents any
		stock      any
	}{
		{"no isbn", nil, "A Map of Rain", 2400, 7},
		{"no title", "9783161484100", nil, 2400, 7},
		{"no price cents", "9783161484100", "A Map of Rain", nil, 7},
		{"no stock", "9783161484100", "A Map of Rain", 2400, nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			cleanDB(t)
			author := seedAuthor(t)

			_, err := tryInsert("books", row{
				"author_id":   author["id"],
				"isbn":        tc.isbn,
				"title":       tc.title,
				"price_cents": tc.priceCents,
				"stock":       tc.stock,
			})
			refused(t, err, "not_null")
		})
	}
}

func TestRefusesABookOutsideItsChecks(t *testing.T) {
	tests := []struct {
		name       string
		priceCents int
		stock      int
	}{
		{"price cents of 0", 0, 7},
		{"a stock of -1", 2400, -1},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			cleanDB(t)
			author := seedAuthor(t)

			_, err := tryInsert("books", row{
				"author_id":   author["id"],
				"isbn":        "9783161484100",
				"title":       "A Map of Rain",
				"price_cents": tc.priceCents,
				"stock":       tc.stock,
			})
			refused(t, err, "check")
		})
	}
}

func TestCountsAndSumsOnlyTheBooksOfOneAuthor(t *testing.T) {
	cleanDB(t)
	author := seedAuthor(t)
	seedBook(t, row{"author_id": author["id"], "price_cents": 1850})
	seedBook(t, row{"author_id": author["id"], "price_cents": 2400})
	seedBook(t, row{"price_cents": 1850})

	count := queryValue(t, "SELECT COUNT(*) FROM books WHERE author_id = ?", author["id"])

	total := queryValue(t, "SELECT SUM(price_cents) FROM books WHERE author_id = ?", author["id"])

	equal(t, count, 2)
	equal(t, total, 4250)
}

func TestSlicesBooksInTheOrderOfPriceCents(t *testing.T) {
	cleanDB(t)
	seedBook(t, row{"price_cents": 1850})
	seedBook(t, row{"price_cents": 2400})
	seedBook(t, row{"price_cents": 975})

	found := queryRows(t, "SELECT * FROM books ORDER BY price_cents LIMIT 1 OFFSET 1")

	equal(t, pluck(found, "price_cents"), list{1850})
}
