package integration

import (
	"testing"
)

func TestRefusesAnUnsignedEvent(t *testing.T) {
	tests := []struct {
		name      string
		signature string
	}{
		{"an empty signature", ""},
		{"a wrong signature", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			order := seedOrder(t)

			response := server.call(t, "POST", "/api/v1/webhooks/payments", request{
				header: headers{"X-Payment-Signature": text(tc.signature)},
				body: object{
					"type": "birch",
					"data": object{"order_id": order["id"], "payment_id": "birch"},
				},
			})

			wantStatus(t, response, 400)
		})
	}
}
