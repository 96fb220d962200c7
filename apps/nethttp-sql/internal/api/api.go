// Package api serves the bookshop over HTTP.
package api

import (
	"log/slog"
	"net/http"

	"golang.org/x/crypto/bcrypt"

	"example.com/bookshop/internal/config"
	"example.com/bookshop/internal/mail"
	"example.com/bookshop/internal/payment"
	"example.com/bookshop/internal/store"
)

// API holds what the handlers need.
type API struct {
	cfg      config.Config
	store    *store.Store
	payments *payment.Client
	mailer   *mail.Mailer
	nobody   []byte
}

// New builds the handler of the whole service.
func New(cfg config.Config, records *store.Store, payments *payment.Client, mailer *mail.Mailer) http.Handler {
	// Compared when nobody has the e-mail, so that both answers take as long.
	nobody, err := bcrypt.GenerateFromPassword([]byte("nobody's password"), bcrypt.DefaultCost)
	if err != nil {
		panic(err)
	}
	a := &API{cfg: cfg, store: records, payments: payments, mailer: mailer, nobody: nobody}

	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", a.health)
	mux.Handle("/api/v1/", http.StripPrefix("/api/v1", a.routes()))
	return recovered(mux)
}

func (a *API) routes() *http.ServeMux {
	mux := http.NewServeMux()

	mux.HandleFunc("POST /auth/register", a.register)
	mux.HandleFunc("POST /auth/login", a.login)
	mux.HandleFunc("GET /me", a.user(a.showMe))
	mux.HandleFunc("PATCH /me", a.user(a.updateMe))

	mux.HandleFunc("GET /authors", a.listAuthors)
	mux.HandleFunc("POST /authors", a.admin(a.createAuthor))
	mux.HandleFunc("GET /authors/{id}", a.showAuthor)
	mux.HandleFunc("DELETE /authors/{id}", a.admin(a.deleteAuthor))

	mux.HandleFunc("GET /books", a.listBooks)
	mux.HandleFunc("POST /books", a.admin(a.createBook))
	mux.HandleFunc("GET /books/{id}", a.showBook)
	mux.HandleFunc("PATCH /books/{id}", a.admin(a.updateBook))
	mux.HandleFunc("DELETE /books/{id}", a.admin(a.deleteBook))

	mux.HandleFunc("GET /books/{id}/reviews", a.listReviews)
	mux.HandleFunc("POST /books/{id}/reviews", a.user(a.createReview))
	mux.HandleFunc("PATCH /reviews/{id}", a.user(a.updateReview))
	mux.HandleFunc("DELETE /reviews/{id}", a.user(a.deleteReview))

	mux.HandleFunc("GET /orders", a.user(a.listOrders))
	mux.HandleFunc("POST /orders", a.user(a.createOrder))
	mux.HandleFunc("GET /orders/{id}", a.user(a.showOrder))
	mux.HandleFunc("POST /orders/{id}/pay", a.user(a.payOrder))
	mux.HandleFunc("POST /orders/{id}/cancel", a.user(a.cancelOrder))
	mux.HandleFunc("GET /admin/orders", a.admin(a.listAllOrders))

	mux.HandleFunc("POST /webhooks/payments", a.paymentEvent)
	return mux
}

func (a *API) health(w http.ResponseWriter, r *http.Request) {
	if err := a.store.Ping(r.Context()); err != nil {
		fail(w, http.StatusServiceUnavailable, "the database does not answer")
		return
	}
	respond(w, http.StatusOK, map[string]string{"status": "ok"})
}

// recovered answers 500 where a handler panics.
func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if failure := recover(); failure != nil {
				slog.Error("panic", "method", r.Method, "path", r.URL.Path, "error", failure)
				fail(w, http.StatusInternalServerError, "internal server error")
			}
		}()
		next.ServeHTTP(w, r)
	})
}
