package integration

import (
	"strings"
	"testing"
)

func TestShowsTheCallersOwnUser(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)

	response := server.call(t, "GET", "/api/v1/me", request{auth: signIn(t, user)})

	wantStatus(t, response, 200)
	contains(t, response.body, object{
		"id":    user["id"],
		"email": user["email"],
		"name":  user["name"],
		"role":  user["role"],
	})
	excludes(t, response.text, user["password_hash"])
}

func TestUpdatesTheCallersOwnUser(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)

	response := server.call(t, "PATCH", "/api/v1/me", request{
		auth: signIn(t, user),
		body: object{"email": "tomas@example.com"},
	})

	wantStatus(t, response, 200)
	equal(t, response.at("email"), "tomas@example.com")
	excludes(t, response.text, user["password_hash"])
	savedUser := findRow(t, "users", row{"id": user["id"]})
	equal(t, savedUser["email"], "tomas@example.com")
}

func TestRefusesToChangeOnesOwnEmailIntoThatOfAnotherUser(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	createTestUser(t, row{"email": "tomas@example.com"})
	before := snapshot(t, "users")

	response := server.call(t, "PATCH", "/api/v1/me", request{
		auth: signIn(t, user),
		body: object{"email": "tomas@example.com"},
	})

	wantStatus(t, response, 409)
	equal(t, snapshot(t, "users"), before)
}

func TestChangesNothingElseOfTheCaller(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)

	response := server.call(t, "PATCH", "/api/v1/me", request{
		auth: signIn(t, user),
		body: object{"email": "tomas@example.com"},
	})

	wantStatus(t, response, 200)
	savedUser := findRow(t, "users", row{"id": user["id"]})
	equal(t, savedUser["email"], "tomas@example.com")
}

func TestLetsAUserInByAChangedEmail(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)

	response := server.call(t, "PATCH", "/api/v1/me", request{
		auth: signIn(t, user),
		body: object{"email": "tomas@example.com"},
	})

	login := server.call(t, "POST", "/api/v1/auth/login", request{
		body: object{"email": "tomas@example.com", "password": "Violet-Harbour-42"},
	})

	wantStatus(t, response, 200)
	wantStatus(t, login, 200)
}

func TestRefusesAnInvalidChangeOfTheCallersOwnUser(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value any
	}{
		{"a badly formed email", "email", "rosa.example.com"},
		{"an email of 255 characters", "email", strings.Repeat("x", 255)},
		{"a name that is no text", "name", object{"text": "amber"}},
		{"an empty name", "name", ""},
		{"a name of 81 characters", "name", strings.Repeat("x", 81)},
		{"a password that is no text", "password", object{"text": "amber"}},
		{"a password of 9 characters", "password", strings.Repeat("x", 9)},
		{"a password of 73 characters", "password", strings.Repeat("x", 73)},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)
			before := snapshot(t, "users")

			response := server.call(t, "PATCH", "/api/v1/me", request{
				auth: signIn(t, user),
				body: altered(object{"email": "tomas@example.com"}, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
			equal(t, snapshot(t, "users"), before)
		})
	}
}

func TestNeverEmptiesARequiredFieldOfTheCaller(t *testing.T) {
	tests := []struct {
		name  string
		field string
	}{
		{"a null email", "email"},
		{"a null name", "name"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)

			response := server.call(t, "PATCH", "/api/v1/me", request{
				auth: signIn(t, user),
				body: altered(object{}, tc.field, nil),
			})

			wantStatus(t, response, 200, 400)
			savedUser := findRow(t, "users", row{"id": user["id"]})
			contains(t, savedUser, object{"email": user["email"], "name": user["name"]})
		})
	}
}
