package integration

import (
	"fmt"
	"testing"
)

func TestSendsOneMailWhileRegisteringAUser(t *testing.T) {
	server := setupTestServer(t)

	response := server.call(t, "POST", "/api/v1/auth/register", request{
		body: object{
			"email":    "tomas@example.com",
			"name":     "Tomas Berg",
			"password": "Amber-Meadow-57",
		},
	})

	wantStatus(t, response, 201)
	equal(t, len(mailbox.sent()), 1)
}

func TestSurvivesAFailingMailServerWhileRegisteringAUser(t *testing.T) {
	tests := []struct {
		name    string
		failure string
	}{
		{"an internal error", "status500"},
		{"an answer of another shape", "shape"},
		{"a broken connection", "network"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			mailbox.fail(tc.failure, 0)

			response := server.call(t, "POST", "/api/v1/auth/register", request{
				body: object{
					"email":    "tomas@example.com",
					"name":     "Tomas Berg",
					"password": "Amber-Meadow-57",
				},
			})

			wantOtherStatus(t, response, 500)
		})
	}
}

func TestSurvivesABusyMailServerWhileRegisteringAUser(t *testing.T) {
	server := setupTestServer(t)
	mailbox.fail("rate_limit", 0)

	response := server.call(t, "POST", "/api/v1/auth/register", request{
		body: object{
			"email":    "tomas@example.com",
			"name":     "Tomas Berg",
			"password": "Amber-Meadow-57",
		},
	})

	wantOtherStatus(t, response, 500)
}

func TestSendsNoMailWhenAUserCannotBeStored(t *testing.T) {
	server := setupTestServer(t)
	before := snapshot(t, "users")
	refuse(t, "users", "insert", 1)

	response := server.call(t, "POST", "/api/v1/auth/register", request{
		body: object{
			"email":    "tomas@example.com",
			"name":     "Tomas Berg",
			"password": "Amber-Meadow-57",
		},
	})

	wantOtherStatus(t, response, 201)
	equal(t, len(mailbox.sent()), 0)
	equal(t, snapshot(t, "users"), before)
}

func TestSendsOneMailWhilePayingAnOrder(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"]})

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/pay", order["id"]), request{
		auth: signIn(t, user),
		body: object{"token": "tok_mastercard"},
	})

	wantStatus(t, response, 200)
	equal(t, len(mailbox.sent()), 1)
}

func TestSurvivesAFailingMailServerWhilePayingAnOrder(t *testing.T) {
	tests := []struct {
		name    string
		failure string
	}{
		{"an internal error", "status500"},
		{"an answer of another shape", "shape"},
		{"a broken connection", "network"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)
			order := seedOrder(t, row{"user_id": user["id"]})
			mailbox.fail(tc.failure, 0)

			response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/pay", order["id"]), request{
				auth: signIn(t, user),
				body: object{"token": "tok_mastercard"},
			})

			wantOtherStatus(t, response, 500)
		})
	}
}

func TestSurvivesABusyMailServerWhilePayingAnOrder(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"]})
	mailbox.fail("rate_limit", 0)

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/pay", order["id"]), request{
		auth: signIn(t, user),
		body: object{"token": "tok_mastercard"},
	})

	wantOtherStatus(t, response, 500)
}

func TestSendsNoMailWhenAnOrderCannotBeChanged(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"]})
	before := snapshot(t, "orders")
	refuse(t, "orders", "update", 1)

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/pay", order["id"]), request{
		auth: signIn(t, user),
		body: object{"token": "tok_mastercard"},
	})

	wantOtherStatus(t, response, 200)
	equal(t, len(mailbox.sent()), 0)
	equal(t, snapshot(t, "orders"), before)
}
