package orders

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/bookshop/internal/models"
	"example.com/bookshop/internal/web"
)

type orderQuery struct {
	web.Page
	Status *string    `form:"status" binding:"omitnil,oneof=pending paid cancelled"`
	UserID *int64     `form:"user_id" binding:"omitnil,min=1"`
	From   *time.Time `form:"from" time_format:"2006-01-02" time_utc:"1"`
	To     *time.Time `form:"to" time_format:"2006-01-02" time_utc:"1"`
	Sort   string     `form:"sort,default=newest" binding:"oneof=newest oldest total -total"`
}

type orderList struct {
	Items   []models.Order `json:"items"`
	Total   int64          `json:"total"`
	Page    int            `json:"page"`
	PerPage int            `json:"per_page"`
}

var orderSorts = map[string]string{
	"newest": "created_at DESC, id DESC",
	"oldest": "created_at, id",
	"total":  "total_cents, id",
	"-total": "total_cents DESC, id",
}

func (h *Handler) listAll(c *gin.Context) {
	var query orderQuery
	if !web.Query(c, &query) {
		return
	}
	found := h.db.WithContext(c.Request.Context()).Model(&models.Order{})
	if query.Status != nil {
		found = found.Where("status = ?", *query.Status)
	}
	if query.UserID != nil {
		found = found.Where("user_id = ?", *query.UserID)
	}
	if query.From != nil {
		found = found.Where("created_at >= ?", *query.From)
	}
	if query.To != nil {
		// The whole of the last day counts.
		found = found.Where("created_at < ?", query.To.AddDate(0, 0, 1))
	}
	list := orderList{Items: []models.Order{}, Page: query.Page.Page, PerPage: query.PerPage}
	if err := found.Count(&list.Total).Error; err != nil {
		web.Internal(c, err)
		return
	}
	page := found.Preload("Items").Order(orderSorts[query.Sort]).Scopes(query.Slice)
	if err := page.Find(&list.Items).Error; err != nil {
		web.Internal(c, err)
		return
	}
	c.JSON(http.StatusOK, list)
}
