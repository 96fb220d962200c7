package integration

import (
	"testing"
)

func TestStoresAnAuthorWithWhatIsRequired(t *testing.T) {
	cleanDB(t)

	author := insert(t, "authors", row{"name": "Tomas Berg"})

	found := queryRow(t, "SELECT * FROM authors WHERE id = ?", author["id"])

	equal(t, found["name"], "Tomas Berg")
	equal(t, found["bio"], nil)
}

func TestFindsAnAuthorByIdAndName(t *testing.T) {
	cleanDB(t)
	author := seedAuthor(t)
	seedAuthor(t)

	found := queryRow(t, "SELECT * FROM authors WHERE id = ?", author["id"])

	equal(t, found["id"], author["id"])

	foundByName := queryRow(t, "SELECT * FROM authors WHERE name = ?", author["name"])

	equal(t, foundByName["id"], author["id"])
}

func TestChangesOnlyTheBioOfAnAuthor(t *testing.T) {
	cleanDB(t)
	author := seedAuthor(t)
	seedAuthor(t)
	before := snapshot(t, "authors", "-authors.bio")

	update(t, "authors", row{"id": author["id"]}, row{"bio": "Kept short on purpose."})

	savedAuthor := findRow(t, "authors", row{"id": author["id"]})
	equal(t, savedAuthor["bio"], "Kept short on purpose.")
	equal(t, snapshot(t, "authors", "-authors.bio"), before)
}

func TestChangesTheBioAndNameOfAnAuthorTogether(t *testing.T) {
	cleanDB(t)
	author := seedAuthor(t)
	seedAuthor(t)
	before := snapshot(t, "authors", "-authors.bio", "-authors.name")

	update(t, "authors", row{"id": author["id"]}, row{
		"bio":  "Kept short on purpose.",
		"name": "Tomas Berg",
	})

	savedAuthor := findRow(t, "authors", row{"id": author["id"]})
	contains(t, savedAuthor, object{"bio": "Kept short on purpose.", "name": "Tomas Berg"})
	equal(t, snapshot(t, "authors", "-authors.bio", "-authors.name"), before)
}

func TestRemovesAnAuthorAndNoOther(t *testing.T) {
	cleanDB(t)
	author := seedAuthor(t)
	otherAuthor := seedAuthor(t)

	remove(t, "authors", row{"id": author["id"]})

	equal(t, countRows(t, "authors", row{"id": author["id"]}), 0)
	equal(t, countRows(t, "authors", row{"id": otherAuthor["id"]}), 1)
}

func TestRefusesTwoAuthorsWithTheSameName(t *testing.T) {
	cleanDB(t)
	author := seedAuthor(t)

	_, err := tryInsert("authors", row{"name": author["name"]})
	refused(t, err, "unique")
}

func TestRefusesAnAuthorWithoutARequiredField(t *testing.T) {
	cleanDB(t)

	_, err := tryInsert("authors", row{"name": nil})
	refused(t, err, "not_null")
}
