package integration

import (
	"strings"
	"testing"
)

func TestRegistersAUser(t *testing.T) {
	server := setupTestServer(t)

	response := server.call(t, "POST", "/api/v1/auth/register", request{
		body: object{
			"email":    "tomas@example.com",
			"name":     "Tomas Berg",
			"password": "Amber-Meadow-57",
		},
	})

	wantStatus(t, response, 201)
	contains(t, response.at("user"), object{"email": "tomas@example.com", "name": "Tomas Berg"})
	excludes(t, response.text, "Amber-Meadow-57")
	lacksKey(t, response.at("user"), "password_hash")
	user := findRow(t, "users", row{"id": response.at("user", "id")})
	contains(t, user, object{
		"email": "tomas@example.com",
		"name":  "Tomas Berg",
		"role":  "customer",
	})
	notEqual(t, user["password_hash"], "Amber-Meadow-57")
}

func TestRefusesToRegisterTheSameEmailTwice(t *testing.T) {
	server := setupTestServer(t)
	createTestUser(t, row{"email": "tomas@example.com"})
	before := snapshot(t, "users")

	response := server.call(t, "POST", "/api/v1/auth/register", request{
		body: object{
			"email":    "tomas@example.com",
			"name":     "Tomas Berg",
			"password": "Amber-Meadow-57",
		},
	})

	wantStatus(t, response, 409)
	equal(t, snapshot(t, "users"), before)
}

func TestLetsAUserInWhoHasJustRegistered(t *testing.T) {
	server := setupTestServer(t)

	response := server.call(t, "POST", "/api/v1/auth/register", request{
		body: object{
			"email":    "tomas@example.com",
			"name":     "Tomas Berg",
			"password": "Amber-Meadow-57",
		},
	})

	login := server.call(t, "POST", "/api/v1/auth/login", request{
		body: object{"email": "tomas@example.com", "password": "Amber-Meadow-57"},
	})

	wantStatus(t, response, 201)
	wantStatus(t, login, 200)
}

func TestRefusesAnInvalidRegistration(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value any
	}{
		{"no email", "email", missing},
		{"a null email", "email", nil},
		{"a badly formed email", "email", "rosa.example.com"},
		{"an email of 255 characters", "email", strings.Repeat("x", 255)},
		{"no name", "name", missing},
		{"a null name", "name", nil},
		{"a name that is no text", "name", object{"text": "amber"}},
		{"an empty name", "name", ""},
		{"a name of 81 characters", "name", strings.Repeat("x", 81)},
		{"no password", "password", missing},
		{"a null password", "password", nil},
		{"a password that is no text", "password", object{"text": "amber"}},
		{"a password of 9 characters", "password", strings.Repeat("x", 9)},
		{"a password of 73 characters", "password", strings.Repeat("x", 73)},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			before := snapshot(t, "users")
			valid := object{
				"email":    "tomas@example.com",
				"name":     "Tomas Berg",
				"password": "Amber-Meadow-57",
			}

			response := server.call(t, "POST", "/api/v1/auth/register", request{
				body: altered(valid, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
			equal(t, snapshot(t, "users"), before)
		})
	}
}

func TestRefusesAnEmptyRegistration(t *testing.T) {
	server := setupTestServer(t)
	before := snapshot(t, "users")

	response := server.call(t, "POST", "/api/v1/auth/register", request{body: object{}})

	wantStatus(t, response, 400)
	equal(t, snapshot(t, "users"), before)
}

func TestLogsInWithTheRightPassword(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)

	response := server.call(t, "POST", "/api/v1/auth/login", request{
		body: object{"email": user["email"], "password": "Violet-Harbour-42"},
	})

	wantStatus(t, response, 200)
	excludes(t, response.text, "Violet-Harbour-42")
}

func TestRefusesInvalidCredentials(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value any
	}{
		{"no email", "email", missing},
		{"a null email", "email", nil},
		{"a badly formed email", "email", "rosa.example.com"},
		{"an email of 255 characters", "email", strings.Repeat("x", 255)},
		{"no password", "password", missing},
		{"a null password", "password", nil},
		{"a password that is no text", "password", object{"text": "amber"}},
		{"an empty password", "password", ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)

			response := server.call(t, "POST", "/api/v1/auth/login", request{
				body: altered(object{
					"email":    user["email"],
					"password": "Violet-Harbour-42",
				}, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
		})
	}
}

func TestRefusesEmptyCredentials(t *testing.T) {
	server := setupTestServer(t)
	createTestUser(t)

	response := server.call(t, "POST", "/api/v1/auth/login", request{body: object{}})

	wantStatus(t, response, 400)
}

func TestRefusesAWrongPasswordAndAnUnknownNameAlike(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value string
	}{
		{"a wrong password", "password", "Wrong-Harbour-17"},
		{"an unknown email", "email", "tomas@example.com"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)

			response := server.call(t, "POST", "/api/v1/auth/login", request{
				body: altered(object{
					"email":    user["email"],
					"password": "Violet-Harbour-42",
				}, tc.field, tc.value),
			})

			wantStatus(t, response, 401)
		})
	}
}
