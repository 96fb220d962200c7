// Package accounts registers users, signs them in and keeps their profiles.
package accounts

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"example.com/bookshop/internal/mail"
	"example.com/bookshop/internal/models"
	"example.com/bookshop/internal/security"
	"example.com/bookshop/internal/web"
)

// Handler serves /auth and /me.
type Handler struct {
	db        *gorm.DB
	passwords *security.Passwords
	tokens    *security.Tokens
	mailer    *mail.Mailer
}

// New needs the database and what signs people in.
func New(db *gorm.DB, passwords *security.Passwords, tokens *security.Tokens, mailer *mail.Mailer) *Handler {
	return &Handler{db: db, passwords: passwords, tokens: tokens, mailer: mailer}
}

// Routes registers the endpoints.
func (h *Handler) Routes(api *gin.RouterGroup, requireUser gin.HandlerFunc) {
	auth := api.Group("/auth")
	auth.POST("/register", h.register)
	auth.POST("/login", h.login)

	me := api.Group("/me", requireUser)
	me.GET("", h.show)
	me.PATCH("", h.update)
}

type credentials struct {
	Email    string `json:"email" binding:"required,email,max=254"`
	Password string `json:"password" binding:"required"`
}

type registration struct {
	Email    string `json:"email" binding:"required,email,max=254"`
	Name     string `json:"name" binding:"required,text,max=80"`
	Password string `json:"password" binding:"required,min=10,max=72,bcrypt"`
}

type profile struct {
	Email    *string `json:"email" binding:"omitnil,email,max=254"`
	Name     *string `json:"name" binding:"omitnil,min=1,max=80,text"`
	Password *string `json:"password" binding:"omitnil,min=10,max=72,bcrypt"`
}

func (h *Handler) register(c *gin.Context) {
	var input registration
	if !web.Body(c, &input) {
		return
	}
	hash, err := h.passwords.Hash(input.Password)
	if err != nil {
		web.Internal(c, err)
		return
	}
	user := models.User{
		Email:        strings.ToLower(input.Email),
		Name:         input.Name,
		PasswordHash: hash,
		Role:         models.RoleCustomer,
	}
	if err := h.db.WithContext(c.Request.Context()).Create(&user).Error; err != nil {
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			web.Fail(c, http.StatusConflict, "this e-mail is already registered")
			return
		}
		web.Internal(c, err)
		return
	}
	token, err := h.tokens.Issue(user.ID)
	if err != nil {
		web.Internal(c, err)
		return
	}
	if err := h.mailer.SendWelcome(c.Request.Context(), user); err != nil {
		slog.Error("could not send the welcome e-mail", "user", user.ID, "error", err)
	}
	c.JSON(http.StatusCreated, gin.H{"user": user, "token": token})
}

func (h *Handler) login(c *gin.Context) {
	var input credentials
	if !web.Body(c, &input) {
		return
	}
	var user models.User
	err := h.db.WithContext(c.Request.Context()).First(&user, "email = ?", strings.ToLower(input.Email)).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		web.Internal(c, err)
		return
	}
	if !h.passwords.Matches(input.Password, user.PasswordHash) {
		web.Fail(c, http.StatusUnauthorized, "wrong e-mail or password")
		return
	}
	token, err := h.tokens.Issue(user.ID)
	if err != nil {
		web.Internal(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"token": token})
}

func (h *Handler) show(c *gin.Context) {
	c.JSON(http.StatusOK, web.User(c))
}

func (h *Handler) update(c *gin.Context) {
	var input profile
	if !web.Body(c, &input) {
		return
	}
	user := web.User(c)
	if input.Email != nil {
		user.Email = strings.ToLower(*input.Email)
	}
	if input.Name != nil {
		user.Name = *input.Name
	}
	if input.Password != nil {
		hash, err := h.passwords.Hash(*input.Password)
		if err != nil {
			web.Internal(c, err)
			return
		}
		user.PasswordHash = hash
	}
	if err := h.db.WithContext(c.Request.Context()).Save(user).Error; err != nil {
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			web.Fail(c, http.StatusConflict, "this e-mail is already registered")
			return
		}
		web.Internal(c, err)
		return
	}
	c.JSON(http.StatusOK, user)
}
