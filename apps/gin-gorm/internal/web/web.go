// Package web holds what all handlers share: answers, checked input, the signed-in user.
package web

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"example.com/bookshop/internal/models"
	"example.com/bookshop/internal/security"
)

const userKey = "user"

// Fail answers with an error and ends the chain.
func Fail(c *gin.Context, status int, message string) {
	c.AbortWithStatusJSON(status, gin.H{"error": message})
}

// Internal logs an error that nobody expected and answers 500.
func Internal(c *gin.Context, err error) {
	slog.Error("request failed", "method", c.Request.Method, "path", c.Request.URL.Path, "error", err)
	Fail(c, http.StatusInternalServerError, "internal server error")
}

// RequireUser lets only callers with a valid bearer token pass.
func RequireUser(db *gorm.DB, tokens *security.Tokens) gin.HandlerFunc {
	return func(c *gin.Context) {
		token, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
		if !ok {
			Fail(c, http.StatusUnauthorized, "sign in first")
			return
		}
		id, err := tokens.UserID(token)
		if err != nil {
			Fail(c, http.StatusUnauthorized, "the token is not valid")
			return
		}
		var users []models.User
		if err := db.WithContext(c.Request.Context()).Limit(1).Find(&users, id).Error; err != nil {
			Internal(c, err)
			return
		}
		if len(users) == 0 {
			Fail(c, http.StatusUnauthorized, "the token is not valid")
			return
		}
		c.Set(userKey, &users[0])
		c.Next()
	}
}

// RequireAdmin lets only admins pass. It stands behind RequireUser.
func RequireAdmin(c *gin.Context) {
	if User(c).Role != models.RoleAdmin {
		Fail(c, http.StatusForbidden, "this is for admins")
		return
	}
	c.Next()
}

// User is the signed-in user.
func User(c *gin.Context) *models.User {
	return c.MustGet(userKey).(*models.User)
}

// Page is the part of a list that a caller asks for.
type Page struct {
	Page    int `form:"page,default=1" binding:"min=1,max=2147483647"`
	PerPage int `form:"per_page,default=20" binding:"min=1,max=100"`
}

// Slice is a GORM scope that reads only the page.
func (p Page) Slice(db *gorm.DB) *gorm.DB {
	return db.Offset((p.Page - 1) * p.PerPage).Limit(p.PerPage)
}
