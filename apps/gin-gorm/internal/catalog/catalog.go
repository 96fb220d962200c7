// Package catalog serves authors, books, their reviews and the search.
package catalog

import (
	"strings"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"example.com/bookshop/internal/search"
	"example.com/bookshop/internal/web"
)

// Handler serves /authors, /books, /reviews and /search.
type Handler struct {
	db     *gorm.DB
	search *search.Client
}

// New needs the database and the search service.
func New(db *gorm.DB, search *search.Client) *Handler {
	return &Handler{db: db, search: search}
}

// Routes registers the endpoints.
func (h *Handler) Routes(api *gin.RouterGroup, requireUser gin.HandlerFunc) {
	authors := api.Group("/authors")
	authors.GET("", h.listAuthors)
	authors.POST("", requireUser, web.RequireAdmin, h.createAuthor)
	authors.GET("/:id", h.showAuthor)
	authors.DELETE("/:id", requireUser, web.RequireAdmin, h.deleteAuthor)

	books := api.Group("/books")
	books.GET("", h.listBooks)
	books.GET("/:id", h.showBook)
	books.GET("/:id/reviews", h.listReviews)
	books.POST("/:id/reviews", requireUser, h.createReview)

	stock := books.Group("", requireUser, web.RequireAdmin)
	stock.POST("", h.createBook)
	stock.PATCH("/:id", h.updateBook)
	stock.DELETE("/:id", h.deleteBook)

	reviews := api.Group("/reviews", requireUser)
	reviews.PATCH("/:id", h.updateReview)
	reviews.DELETE("/:id", h.deleteReview)

	api.GET("/search", h.searchBooks)
}

var wildcards = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// titleContains is a scope: the title holds the text, in any case.
func titleContains(text string) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return db.Where("title ILIKE ?", "%"+wildcards.Replace(text)+"%")
	}
}
