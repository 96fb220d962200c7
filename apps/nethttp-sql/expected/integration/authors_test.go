package integration

import (
	"fmt"
	"strings"
	"testing"
)

func TestListsAuthors(t *testing.T) {
	server := setupTestServer(t)
	seedAuthor(t, row{"name": "Karel Novak"})
	seedAuthor(t, row{"name": "Amina Diallo"})
	seedAuthor(t, row{"name": "Tomas Berg"})

	response := server.call(t, "GET", "/api/v1/authors")

	wantStatus(t, response, 200)
	equal(t, pluck(response.body, "name"), list{"Amina Diallo", "Karel Novak", "Tomas Berg"})
}

func TestCreatesAnAuthor(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})

	response := server.call(t, "POST", "/api/v1/authors", request{
		auth: signIn(t, admin),
		body: object{"name": "Tomas Berg", "bio": "Kept short on purpose."},
	})

	wantStatus(t, response, 201)
	contains(t, response.body, object{"name": "Tomas Berg", "bio": "Kept short on purpose."})
	author := findRow(t, "authors", row{"id": response.at("id")})
	contains(t, author, object{"name": "Tomas Berg", "bio": "Kept short on purpose."})
}

func TestRefusesASecondAuthorWithTheSameName(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	seedAuthor(t, row{"name": "Tomas Berg"})
	before := snapshot(t, "authors")

	response := server.call(t, "POST", "/api/v1/authors", request{
		auth: signIn(t, admin),
		body: object{"name": "Tomas Berg", "bio": "Kept short on purpose."},
	})

	wantStatus(t, response, 409)
	equal(t, snapshot(t, "authors"), before)
}

func TestKeepsAnAuthorFromItsCreationToItsDeletion(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})

	created := server.call(t, "POST", "/api/v1/authors", request{
		auth: signIn(t, admin),
		body: object{"name": "Tomas Berg", "bio": "Kept short on purpose."},
	})

	wantStatus(t, created, 201)

	read := server.call(t, "GET", fmt.Sprintf("/api/v1/authors/%v", created.at("id")))

	wantStatus(t, read, 200)
	contains(t, read.body, object{"name": "Tomas Berg", "bio": "Kept short on purpose."})

	deleted := server.call(t, "DELETE", fmt.Sprintf("/api/v1/authors/%v", created.at("id")), request{
		auth: signIn(t, admin),
	})

	wantStatus(t, deleted, 204)

	gone := server.call(t, "GET", fmt.Sprintf("/api/v1/authors/%v", created.at("id")))

	wantStatus(t, gone, 404)
}

func TestRefusesAnInvalidAuthor(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value any
	}{
		{"no name", "name", missing},
		{"a null name", "name", nil},
		{"a name that is no text", "name", object{"text": "amber"}},
		{"an empty name", "name", ""},
		{"a name of 121 characters", "name", strings.Repeat("x", 121)},
		{"a bio that is no text", "bio", object{"text": "amber"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			admin := createTestUser(t, row{"role": "admin"})
			before := snapshot(t, "authors")

			response := server.call(t, "POST", "/api/v1/authors", request{
				auth: signIn(t, admin),
				body: altered(object{
					"name": "Tomas Berg",
					"bio":  "Kept short on purpose.",
				}, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
			equal(t, snapshot(t, "authors"), before)
		})
	}
}

func TestRefusesAnEmptyAuthor(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	before := snapshot(t, "authors")

	response := server.call(t, "POST", "/api/v1/authors", request{
		auth: signIn(t, admin),
		body: object{},
	})

	wantStatus(t, response, 400)
	equal(t, snapshot(t, "authors"), before)
}

func TestShowsAnAuthor(t *testing.T) {
	server := setupTestServer(t)
	author := seedAuthor(t)

	response := server.call(t, "GET", fmt.Sprintf("/api/v1/authors/%v", author["id"]))

	wantStatus(t, response, 200)
	contains(t, response.body, object{
		"id":   author["id"],
		"name": author["name"],
		"bio":  author["bio"],
	})
}

func TestSaysThatAnAuthorIsMissing(t *testing.T) {
	server := setupTestServer(t)
	seedAuthor(t)

	response := server.call(t, "GET", "/api/v1/authors/999999")

	wantStatus(t, response, 404)
}

func TestRefusesAMalformedKeyInThePath(t *testing.T) {
	server := setupTestServer(t)

	response := server.call(t, "GET", "/api/v1/authors/not-a-number")

	wantStatus(t, response, 400)
}

func TestDeletesAnAuthorAndNoOther(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	author := seedAuthor(t)
	otherAuthor := seedAuthor(t)

	response := server.call(t, "DELETE", fmt.Sprintf("/api/v1/authors/%v", author["id"]), request{
		auth: signIn(t, admin),
	})

	wantStatus(t, response, 204)
	equal(t, countRows(t, "authors", row{"id": author["id"]}), 0)
	equal(t, countRows(t, "authors", row{"id": otherAuthor["id"]}), 1)
}

func TestRefusesToDeleteAnAuthorThatIsNotThere(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	seedAuthor(t)
	before := snapshot(t, "authors")

	response := server.call(t, "DELETE", "/api/v1/authors/999999", request{auth: signIn(t, admin)})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "authors"), before)
}

func TestHasNoAuthorLeftToDeleteASecondTime(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})
	author := seedAuthor(t)

	first := server.call(t, "DELETE", fmt.Sprintf("/api/v1/authors/%v", author["id"]), request{
		auth: signIn(t, admin),
	})

	response := server.call(t, "DELETE", fmt.Sprintf("/api/v1/authors/%v", author["id"]), request{
		auth: signIn(t, admin),
	})

	wantStatus(t, first, 204)
	wantStatus(t, response, 404)
}

func TestRefusesAMalformedKeyInThePathFromAnAdmin(t *testing.T) {
	server := setupTestServer(t)
	admin := createTestUser(t, row{"role": "admin"})

	response := server.call(t, "DELETE", "/api/v1/authors/not-a-number", request{
		auth: signIn(t, admin),
	})

	wantStatus(t, response, 400)
}
