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
			before := snapshot(t, "books", "orders")

			response := server.call(t, "POST", "/api/v1/webhooks/payments", request{
				header: headers{"X-Payment-Signature": text(tc.signature)},
				body:   object{"type": "birch"},
			})

			wantStatus(t, response, 400)
			equal(t, snapshot(t, "books", "orders"), before)
		})
	}
}
