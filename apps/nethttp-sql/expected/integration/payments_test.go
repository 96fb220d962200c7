package integration

import (
	"fmt"
	"testing"
)

func TestAsksThePaymentServiceOnceWhilePayingAnOrder(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"]})

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/pay", order["id"]), request{
		auth: signIn(t, user),
		body: object{"token": "tok_mastercard"},
	})

	wantStatus(t, response, 200)
	equal(t, len(payment.sent()), 1)
	sent := last(t, payment.sent())
	equal(t, sent.method, "POST")
	equal(t, sent.path, "/v1/charges")
}

func TestSurvivesAFailingPaymentServiceWhilePayingAnOrder(t *testing.T) {
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
			payment.fail(tc.failure, 0)

			response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/pay", order["id"]), request{
				auth: signIn(t, user),
				body: object{"token": "tok_mastercard"},
			})

			wantOtherStatus(t, response, 500)
		})
	}
}

func TestSurvivesABusyPaymentServiceWhilePayingAnOrder(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	order := seedOrder(t, row{"user_id": user["id"]})
	payment.fail("rate_limit", 0)

	response := server.call(t, "POST", fmt.Sprintf("/api/v1/orders/%v/pay", order["id"]), request{
		auth: signIn(t, user),
		body: object{"token": "tok_mastercard"},
	})

	wantOtherStatus(t, response, 500)
}
