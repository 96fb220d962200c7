// Package handler serves the bookshop's API.
package handler

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"gorm.io/gorm"

	"example.com/bookshop/internal/config"
	"example.com/bookshop/internal/mail"
	"example.com/bookshop/internal/model"
	"example.com/bookshop/internal/payment"
	"example.com/bookshop/internal/security"
)

// Handler holds what the endpoints need.
type Handler struct {
	db            *gorm.DB
	passwords     *security.Passwords
	tokens        *security.Tokens
	mailer        *mail.Mailer
	payments      *payment.Client
	webhookSecret string
}

type route struct {
	method  string
	path    string
	handler echo.HandlerFunc
}

// NewServer builds the API on a database.
func NewServer(cfg config.Config, db *gorm.DB) (*echo.Echo, error) {
	passwords, err := security.NewPasswords(cfg.BcryptCost)
	if err != nil {
		return nil, err
	}
	h := &Handler{
		db:            db,
		passwords:     passwords,
		tokens:        security.NewTokens(cfg.JWTSecret, cfg.TokenTTL),
		mailer:        mail.New(cfg.Mail),
		payments:      payment.New(cfg.Payment),
		webhookSecret: cfg.Payment.WebhookSecret,
	}

	e := echo.New()
	e.HideBanner = true
	e.Validator = newValidator()
	e.Use(middleware.Recover())
	e.GET("/health", h.health)

	api := e.Group("/api/v1")
	for _, each := range h.public() {
		api.Add(each.method, each.path, each.handler)
	}
	user := api.Group("", h.requireUser)
	for _, each := range h.forUsers() {
		user.Add(each.method, each.path, each.handler)
	}
	admin := api.Group("", h.requireUser, requireAdmin)
	for _, each := range h.forAdmins() {
		admin.Add(each.method, each.path, each.handler)
	}
	return e, nil
}

func (h *Handler) public() []route {
	return []route{
		{http.MethodPost, "/auth/register", h.register},
		{http.MethodPost, "/auth/login", h.login},
		{http.MethodGet, "/authors", h.listAuthors},
		{http.MethodGet, "/authors/:id", h.showAuthor},
		{http.MethodGet, "/books", h.listBooks},
		{http.MethodGet, "/books/:id", h.showBook},
		{http.MethodGet, "/books/:id/reviews", h.listReviews},
		{http.MethodPost, "/webhooks/payments", h.paymentEvent},
	}
}

func (h *Handler) forUsers() []route {
	return []route{
		{http.MethodGet, "/me", h.showMe},
		{http.MethodPatch, "/me", h.updateMe},
		{http.MethodPost, "/books/:id/reviews", h.createReview},
		{http.MethodPatch, "/reviews/:id", h.updateReview},
		{http.MethodDelete, "/reviews/:id", h.deleteReview},
		{http.MethodGet, "/orders", h.listOrders},
		{http.MethodPost, "/orders", h.createOrder},
		{http.MethodGet, "/orders/:id", h.showOrder},
		{http.MethodPost, "/orders/:id/pay", h.payOrder},
		{http.MethodPost, "/orders/:id/cancel", h.cancelOrder},
	}
}

func (h *Handler) forAdmins() []route {
	return []route{
		{http.MethodPost, "/authors", h.createAuthor},
		{http.MethodDelete, "/authors/:id", h.deleteAuthor},
		{http.MethodPost, "/books", h.createBook},
		{http.MethodPatch, "/books/:id", h.updateBook},
		{http.MethodDelete, "/books/:id", h.deleteBook},
		{http.MethodGet, "/admin/orders", h.listAllOrders},
	}
}

func (h *Handler) health(c echo.Context) error {
	if err := h.db.WithContext(c.Request().Context()).Exec("SELECT 1").Error; err != nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable, "the database does not answer")
	}
	return c.JSON(http.StatusOK, echo.Map{"status": "ok"})
}

const callerKey = "caller"

// requireUser lets only callers with a valid bearer token pass.
func (h *Handler) requireUser(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		token, ok := strings.CutPrefix(c.Request().Header.Get(echo.HeaderAuthorization), "Bearer ")
		if !ok {
			return echo.NewHTTPError(http.StatusUnauthorized, "sign in first")
		}
		id, err := h.tokens.UserID(token)
		if err != nil {
			return echo.NewHTTPError(http.StatusUnauthorized, "the token is not valid")
		}
		var user model.User
		err = h.on(c).First(&user, id).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return echo.NewHTTPError(http.StatusUnauthorized, "the token is not valid")
		}
		if err != nil {
			return err
		}
		c.Set(callerKey, &user)
		return next(c)
	}
}

// requireAdmin lets only admins pass. It stands behind requireUser.
func requireAdmin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if caller(c).Role != model.RoleAdmin {
			return echo.NewHTTPError(http.StatusForbidden, "this is for admins")
		}
		return next(c)
	}
}

func caller(c echo.Context) *model.User {
	return c.Get(callerKey).(*model.User)
}

// on is the database for the time of a request.
func (h *Handler) on(c echo.Context) *gorm.DB {
	return h.db.WithContext(c.Request().Context())
}
