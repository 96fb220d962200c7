package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"example.com/bookshop/internal/payment"
	"example.com/bookshop/internal/store"
)

const noOrder = "there is no such order"

func (a *API) listOrders(w http.ResponseWriter, r *http.Request) {
	orders, err := a.store.Orders(r.Context(), caller(r).ID)
	if err != nil {
		internal(w, r, err)
		return
	}
	respond(w, http.StatusOK, orders)
}

func (a *API) createOrder(w http.ResponseWriter, r *http.Request) {
	var input orderInput
	if !decode(w, r, &input) {
		return
	}
	order, err := a.store.CreateOrder(r.Context(), caller(r).ID, input.Items)
	if err != nil {
		refuse(w, r, err, noBook, "there are not enough copies of a book")
		return
	}
	respond(w, http.StatusCreated, order)
}

func (a *API) showOrder(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(w, r)
	if !ok {
		return
	}
	order, err := a.store.Order(r.Context(), id, caller(r).ID)
	if err != nil {
		refuse(w, r, err, noOrder, "")
		return
	}
	respond(w, http.StatusOK, order)
}

func (a *API) payOrder(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(w, r)
	if !ok {
		return
	}
	var input paymentInput
	if !decode(w, r, &input) {
		return
	}
	user := caller(r)
	order, err := a.store.Pay(r.Context(), id, user.ID, func(order store.Order) (string, error) {
		return a.payments.Charge(r.Context(), order.ID, order.TotalCents, input.Token)
	})
	switch {
	case errors.Is(err, payment.ErrDeclined):
		fail(w, http.StatusPaymentRequired, payment.ErrDeclined.Error())
	case errors.Is(err, payment.ErrBusy):
		fail(w, http.StatusServiceUnavailable, payment.ErrBusy.Error())
	case errors.Is(err, payment.ErrTimeout):
		fail(w, http.StatusGatewayTimeout, payment.ErrTimeout.Error())
	case errors.Is(err, payment.ErrFailed):
		fail(w, http.StatusBadGateway, payment.ErrFailed.Error())
	case err != nil:
		refuse(w, r, err, noOrder, "this order is already paid or cancelled")
	default:
		if err := a.mailer.SendReceipt(r.Context(), user, order); err != nil {
			slog.Error("could not send the receipt", "order", order.ID, "error", err)
		}
		respond(w, http.StatusOK, order)
	}
}

func (a *API) cancelOrder(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(w, r)
	if !ok {
		return
	}
	order, err := a.store.Cancel(r.Context(), id, caller(r).ID)
	if err != nil {
		refuse(w, r, err, noOrder, "a paid order cannot be cancelled")
		return
	}
	respond(w, http.StatusOK, order)
}

func (a *API) listAllOrders(w http.ResponseWriter, r *http.Request) {
	q := query{values: r.URL.Query(), problems: problems{}}
	filter := store.OrderFilter{
		Status: q.choice("status", store.OrderPending, store.OrderPaid, store.OrderCancelled),
		UserID: q.number("user_id", 1, 1<<31-1),
		From:   q.day("from"),
		To:     q.day("to"),
		Sort:   "newest",
	}
	filter.Page, filter.PerPage = q.page()
	if sort := q.choice("sort", "newest", "oldest", "total", "-total"); sort != nil {
		filter.Sort = *sort
	}
	if len(q.problems) > 0 {
		invalid(w, q.problems)
		return
	}
	if filter.To != nil {
		// The whole of the last day counts.
		next := filter.To.AddDate(0, 0, 1)
		filter.To = &next
	}
	orders, total, err := a.store.AllOrders(r.Context(), filter)
	if err != nil {
		internal(w, r, err)
		return
	}
	respond(w, http.StatusOK, page[store.Order]{Items: orders, Total: total, Page: filter.Page, PerPage: filter.PerPage})
}

type paymentEvent struct {
	Type string `json:"type"`
	Data struct {
		OrderID   int64  `json:"order_id"`
		PaymentID string `json:"payment_id"`
	} `json:"data"`
}

func (a *API) paymentEvent(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	if err != nil || !a.isSigned(body, r.Header.Get("X-Payment-Signature")) {
		fail(w, http.StatusBadRequest, "bad signature")
		return
	}
	var event paymentEvent
	if err := json.Unmarshal(body, &event); err != nil || event.Type == "" {
		fail(w, http.StatusBadRequest, "odd event")
		return
	}
	if event.Type == "payment.refunded" {
		if err := a.store.Refund(r.Context(), event.Data.OrderID, event.Data.PaymentID); err != nil {
			internal(w, r, err)
			return
		}
	}
	respond(w, http.StatusOK, map[string]bool{"received": true})
}

// isSigned reports whether the signature is the hexadecimal HMAC-SHA256 of the body.
func (a *API) isSigned(body []byte, signature string) bool {
	mac := hmac.New(sha256.New, []byte(a.cfg.PaymentWebhookSecret))
	mac.Write(body)
	return hmac.Equal([]byte(signature), []byte(hex.EncodeToString(mac.Sum(nil))))
}
