package catalog

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"example.com/bookshop/internal/models"
	"example.com/bookshop/internal/web"
)

type reviewInput struct {
	Rating int16   `json:"rating" binding:"required,min=1,max=5"`
	Body   *string `json:"body" binding:"omitnil,max=2000,text"`
}

type reviewChanges struct {
	Rating *int16  `json:"rating" binding:"omitnil,min=1,max=5"`
	Body   *string `json:"body" binding:"omitnil,max=2000,text"`
}

func (h *Handler) listReviews(c *gin.Context) {
	book, ok := find[models.Book](h.db, c, "there is no such book")
	if !ok {
		return
	}
	reviews := []models.Review{}
	err := h.db.WithContext(c.Request.Context()).Where("book_id = ?", book.ID).Order("created_at DESC, id DESC").Find(&reviews).Error
	if err != nil {
		web.Internal(c, err)
		return
	}
	c.JSON(http.StatusOK, reviews)
}

func (h *Handler) createReview(c *gin.Context) {
	var input reviewInput
	if !web.Body(c, &input) {
		return
	}
	book, ok := find[models.Book](h.db, c, "there is no such book")
	if !ok {
		return
	}
	review := models.Review{BookID: book.ID, UserID: web.User(c).ID, Rating: input.Rating, Body: input.Body}
	if err := h.db.WithContext(c.Request.Context()).Create(&review).Error; err != nil {
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			web.Fail(c, http.StatusConflict, "you have reviewed this book already")
			return
		}
		web.Internal(c, err)
		return
	}
	c.JSON(http.StatusCreated, review)
}

func (h *Handler) updateReview(c *gin.Context) {
	var input reviewChanges
	if !web.Body(c, &input) {
		return
	}
	review, ok := find[models.Review](h.db, c, "there is no such review")
	if !ok {
		return
	}
	if review.UserID != web.User(c).ID {
		web.Fail(c, http.StatusForbidden, "this is not your review")
		return
	}
	if input.Rating != nil {
		review.Rating = *input.Rating
	}
	if input.Body != nil {
		review.Body = input.Body
	}
	if err := h.db.WithContext(c.Request.Context()).Save(&review).Error; err != nil {
		web.Internal(c, err)
		return
	}
	c.JSON(http.StatusOK, review)
}

func (h *Handler) deleteReview(c *gin.Context) {
	review, ok := find[models.Review](h.db, c, "there is no such review")
	if !ok {
		return
	}
	user := web.User(c)
	if review.UserID != user.ID && user.Role != models.RoleAdmin {
		web.Fail(c, http.StatusForbidden, "this is not your review")
		return
	}
	if err := h.db.WithContext(c.Request.Context()).Delete(&review).Error; err != nil {
		web.Internal(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}
