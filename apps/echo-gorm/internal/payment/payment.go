// Package payment charges cards.
package payment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/bookshop/internal/config"
)

const maxTries = 3

// What can go wrong with a charge.
var (
	ErrDeclined = errors.New("the card was declined")
	ErrFailed   = errors.New("the payment service failed")
	ErrBusy     = errors.New("the payment service is busy, try again later")
	ErrTimeout  = errors.New("the payment service did not answer in time")
)

// Client talks to the payment service.
type Client struct {
	cfg  config.Payment
	http *http.Client
}

// New charges through the service of the settings.
func New(cfg config.Payment) *Client {
	return &Client{cfg: cfg, http: &http.Client{Timeout: cfg.Timeout}}
}

// Charge charges the card and gives the id of the charge.
//
// The idempotency key names the order and the card: trying again never charges a card twice, and
// after a refusal the order can still be paid with another card.
func (c *Client) Charge(ctx context.Context, orderID, amountCents int64, token string) (string, error) {
	form := url.Values{
		"amount":             {strconv.FormatInt(amountCents, 10)},
		"currency":           {"eur"},
		"source":             {token},
		"metadata[order_id]": {strconv.FormatInt(orderID, 10)},
	}
	card := sha256.Sum256([]byte(token))
	key := fmt.Sprintf("order-%d-%s", orderID, hex.EncodeToString(card[:8]))
	response, err := c.post(ctx, "/v1/charges", form, key)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusPaymentRequired {
		return "", ErrDeclined
	}
	if response.StatusCode < 200 || response.StatusCode >= 300 {
		return "", fmt.Errorf("%w: status %d", ErrFailed, response.StatusCode)
	}
	var charge struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	}
	if err := json.NewDecoder(response.Body).Decode(&charge); err != nil {
		return "", asFailure(err)
	}
	if charge.ID == "" || len(charge.ID) > 255 || charge.Status != "succeeded" {
		return "", fmt.Errorf("%w: odd answer", ErrFailed)
	}
	return charge.ID, nil
}

func (c *Client) post(ctx context.Context, path string, form url.Values, key string) (*http.Response, error) {
	for try := range maxTries {
		if try > 0 {
			time.Sleep(c.cfg.RetryDelay << (try - 1))
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			return nil, err
		}
		request.Header.Set("Authorization", "Bearer "+c.cfg.Key)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Idempotency-Key", key)
		response, err := c.http.Do(request)
		if err != nil {
			return nil, asFailure(err)
		}
		if response.StatusCode != http.StatusTooManyRequests {
			return response, nil
		}
		response.Body.Close()
	}
	return nil, ErrBusy
}

func asFailure(err error) error {
	var netErr net.Error
	if errors.As(err, &netErr) && netErr.Timeout() {
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	}
	return fmt.Errorf("%w: %w", ErrFailed, err)
}
