package catalog

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"example.com/bookshop/internal/models"
	"example.com/bookshop/internal/web"
)

type authorInput struct {
	Name string  `json:"name" binding:"required,max=120,text"`
	Bio  *string `json:"bio" binding:"omitnil,text"`
}

func (h *Handler) listAuthors(c *gin.Context) {
	authors := []models.Author{}
	if err := h.db.WithContext(c.Request.Context()).Order("name").Find(&authors).Error; err != nil {
		web.Internal(c, err)
		return
	}
	c.JSON(http.StatusOK, authors)
}

func (h *Handler) createAuthor(c *gin.Context) {
	var input authorInput
	if !web.Body(c, &input) {
		return
	}
	author := models.Author{Name: input.Name, Bio: input.Bio}
	if err := h.db.WithContext(c.Request.Context()).Create(&author).Error; err != nil {
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			web.Fail(c, http.StatusConflict, "there is an author of this name already")
			return
		}
		web.Internal(c, err)
		return
	}
	c.JSON(http.StatusCreated, author)
}

func (h *Handler) showAuthor(c *gin.Context) {
	author, ok := find[models.Author](h.db, c, "there is no such author")
	if !ok {
		return
	}
	c.JSON(http.StatusOK, author)
}

func (h *Handler) deleteAuthor(c *gin.Context) {
	author, ok := find[models.Author](h.db, c, "there is no such author")
	if !ok {
		return
	}
	if err := h.db.WithContext(c.Request.Context()).Delete(&author).Error; err != nil {
		if models.IsReferenced(err) {
			web.Fail(c, http.StatusConflict, "this author has books")
			return
		}
		web.Internal(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// find loads the record whose id stands in the path; false when it has answered.
func find[T any](db *gorm.DB, c *gin.Context, missing string) (T, bool) {
	var record T
	id, ok := web.ID(c)
	if !ok {
		return record, false
	}
	if err := db.WithContext(c.Request.Context()).First(&record, id).Error; err != nil {
		if errors.Is(err, gorm.ErrRecordNotFound) {
			web.Fail(c, http.StatusNotFound, missing)
			return record, false
		}
		web.Internal(c, err)
		return record, false
	}
	return record, true
}
