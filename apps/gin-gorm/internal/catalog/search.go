package catalog

import (
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/bookshop/internal/models"
	"example.com/bookshop/internal/web"
)

type searchQuery struct {
	web.Page
	Q string `form:"q" binding:"required,max=200,text"`
}

type searchResult struct {
	bookList
	Degraded bool `json:"degraded"`
}

func (h *Handler) searchBooks(c *gin.Context) {
	var query searchQuery
	if !web.Query(c, &query) {
		return
	}
	result := searchResult{bookList: bookList{Items: []models.Book{}, Page: query.Page.Page, PerPage: query.PerPage}}
	found, err := h.search.Books(c.Request.Context(), query.Q, (query.Page.Page-1)*query.PerPage, query.PerPage)
	if err != nil {
		slog.Warn("the search service failed, the database answers", "error", err)
		h.searchDatabase(c, query, result)
		return
	}
	var books []models.Book
	if err := h.db.WithContext(c.Request.Context()).Where("id IN ?", found.IDs).Find(&books).Error; err != nil {
		web.Internal(c, err)
		return
	}
	byID := map[int64]models.Book{}
	for _, book := range books {
		byID[book.ID] = book
	}
	for _, id := range found.IDs {
		if book, ok := byID[id]; ok {
			result.Items = append(result.Items, book)
		}
	}
	result.Total = found.Total
	c.JSON(http.StatusOK, result)
}

func (h *Handler) searchDatabase(c *gin.Context, query searchQuery, result searchResult) {
	result.Degraded = true
	found := h.db.WithContext(c.Request.Context()).Model(&models.Book{}).Scopes(titleContains(query.Q))
	if err := found.Count(&result.Total).Error; err != nil {
		web.Internal(c, err)
		return
	}
	if err := found.Order("title, id").Scopes(query.Slice).Find(&result.Items).Error; err != nil {
		web.Internal(c, err)
		return
	}
	c.JSON(http.StatusOK, result)
}
