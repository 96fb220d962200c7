// Package server puts the bookshop together.
package server

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"example.com/bookshop/internal/accounts"
	"example.com/bookshop/internal/catalog"
	"example.com/bookshop/internal/config"
	"example.com/bookshop/internal/mail"
	"example.com/bookshop/internal/orders"
	"example.com/bookshop/internal/payment"
	"example.com/bookshop/internal/search"
	"example.com/bookshop/internal/security"
	"example.com/bookshop/internal/web"
)

// New builds the API on a database.
func New(cfg config.Config, db *gorm.DB) *gin.Engine {
	if err := web.RegisterRules(); err != nil {
		panic(err)
	}
	passwords, err := security.NewPasswords(cfg.BcryptCost)
	if err != nil {
		panic(err)
	}
	tokens := security.NewTokens(cfg.JWTSecret, cfg.TokenTTL)
	mailer := mail.New(cfg.Mail)
	requireUser := web.RequireUser(db, tokens)

	router := gin.New()
	router.Use(gin.Logger(), gin.Recovery())
	router.GET("/health", health(db))

	api := router.Group(cfg.APIPrefix)
	accounts.New(db, passwords, tokens, mailer).Routes(api, requireUser)
	catalog.New(db, search.New(cfg.Search)).Routes(api, requireUser)
	orders.New(db, payment.New(cfg.Payment), mailer, cfg.Payment.WebhookSecret).Routes(api, requireUser)
	return router
}

func health(db *gorm.DB) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := db.WithContext(c.Request.Context()).Exec("SELECT 1").Error; err != nil {
			web.Fail(c, http.StatusServiceUnavailable, "the database does not answer")
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "ok"})
	}
}
