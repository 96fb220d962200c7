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
		body: object{
			"email":    "tomas@example.com",
			"name":     "Tomas Berg",
			"password": "Amber-Meadow-57",
		},
	})

	wantStatus(t, response, 200)
	contains(t, response.body, object{"email": "tomas@example.com", "name": "Tomas Berg"})
	excludes(t, response.text, "Amber-Meadow-57")
	excludes(t, response.text, user["password_hash"])
	savedUser := findRow(t, "users", row{"id": user["id"]})
	contains(t, savedUser, object{"email": "tomas@example.com", "name": "Tomas Berg"})
	notEqual(t, savedUser["password_hash"], "Amber-Meadow-57")
}

func TestRefusesToChangeOnesOwnEmailIntoThatOfAnotherUser(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	createTestUser(t, row{"email": "tomas@example.com"})
	before := snapshot(t, "users")

	response := server.call(t, "PATCH", "/api/v1/me", request{
		auth: signIn(t, user),
		body: object{
			"email":    "tomas@example.com",
			"name":     "Tomas Berg",
			"password": "Amber-Meadow-57",
		},
	})

	wantStatus(t, response, 409)
	equal(t, snapshot(t, "users"), before)
}

func TestChangesNothingElseOfTheCallerWhenTheEmailIsSent(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)

	response := server.call(t, "PATCH", "/api/v1/me", request{
		auth: signIn(t, user),
		body: object{"email": "tomas@example.com"},
	})

	wantStatus(t, response, 200)
	savedUser := findRow(t, "users", row{"id": user["id"]})
	contains(t, savedUser, object{"email": "tomas@example.com", "name": user["name"]})
}

func TestChangesNothingElseOfTheCallerWhenTheNameIsSent(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)

	response := server.call(t, "PATCH", "/api/v1/me", request{
		auth: signIn(t, user),
		body: object{"name": "Tomas Berg"},
	})

	wantStatus(t, response, 200)
	savedUser := findRow(t, "users", row{"id": user["id"]})
	contains(t, savedUser, object{"email": user["email"], "name": "Tomas Berg"})
}

func TestLetsAUserInByTheNewPasswordAndNoMoreByTheOldOne(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)

	response := server.call(t, "PATCH", "/api/v1/me", request{
		auth: signIn(t, user),
		body: object{"password": "Amber-Meadow-57"},
	})

	withNew := server.call(t, "POST", "/api/v1/auth/login", request{
		body: object{"email": user["email"], "password": "Amber-Meadow-57"},
	})

	withOld := server.call(t, "POST", "/api/v1/auth/login", request{
		body: object{"email": user["email"], "password": "Violet-Harbour-42"},
	})

	wantStatus(t, response, 200)
	wantStatus(t, withNew, 200)
	wantStatus(t, withOld, 401)
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
			valid := object{
				"email":    "tomas@example.com",
				"name":     "Tomas Berg",
				"password": "Amber-Meadow-57",
			}

			response := server.call(t, "PATCH", "/api/v1/me", request{
				auth: signIn(t, user),
				body: altered(valid, tc.field, tc.value),
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
