package catalog

import (
	"database/sql"
	"errors"
	"math"
	"net/http"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"example.com/bookshop/internal/models"
	"example.com/bookshop/internal/web"
)

type bookInput struct {
	ISBN        string  `json:"isbn" binding:"required,len=13,number"`
	Title       string  `json:"title" binding:"required,max=200,text"`
	AuthorID    int64   `json:"author_id" binding:"required,min=1"`
	PriceCents  int32   `json:"price_cents" binding:"required,min=1"`
	Stock       *int32  `json:"stock" binding:"required,min=0"`
	PublishedOn *string `json:"published_on" binding:"omitnil,datetime=2006-01-02"`
}

type bookChanges struct {
	ISBN        *string `json:"isbn" binding:"omitnil,len=13,number"`
	Title       *string `json:"title" binding:"omitnil,min=1,max=200,text"`
	AuthorID    *int64  `json:"author_id" binding:"omitnil,min=1"`
	PriceCents  *int32  `json:"price_cents" binding:"omitnil,min=1"`
	Stock       *int32  `json:"stock" binding:"omitnil,min=0"`
	PublishedOn *string `json:"published_on" binding:"omitnil,datetime=2006-01-02"`
}

type bookQuery struct {
	web.Page
	AuthorID *int64  `form:"author_id" binding:"omitnil,min=1"`
	MinPrice *int32  `form:"min_price" binding:"omitnil,min=0"`
	MaxPrice *int32  `form:"max_price" binding:"omitnil,min=0"`
	Q        *string `form:"q" binding:"omitnil,min=1,max=200,text"`
	Sort     string  `form:"sort,default=newest" binding:"oneof=title -title price -price newest"`
}

type bookList struct {
	Items   []models.Book `json:"items"`
	Total   int64         `json:"total"`
	Page    int           `json:"page"`
	PerPage int           `json:"per_page"`
}

type bookDetails struct {
	models.Book
	RatingAverage *float64 `json:"rating_average"`
}

var bookOrders = map[string]string{
	"title":  "title, id",
	"-title": "title DESC, id",
	"price":  "price_cents, id",
	"-price": "price_cents DESC, id",
	"newest": "created_at DESC, id DESC",
}

func (h *Handler) listBooks(c *gin.Context) {
	var query bookQuery
	if !web.Query(c, &query) {
		return
	}
	found := h.db.WithContext(c.Request.Context()).Model(&models.Book{})
	if query.AuthorID != nil {
		found = found.Where("author_id = ?", *query.AuthorID)
	}
	if query.MinPrice != nil {
		found = found.Where("price_cents >= ?", *query.MinPrice)
	}
	if query.MaxPrice != nil {
		found = found.Where("price_cents <= ?", *query.MaxPrice)
	}
	if query.Q != nil {
		found = found.Scopes(titleContains(*query.Q))
	}
	list := bookList{Items: []models.Book{}, Page: query.Page.Page, PerPage: query.PerPage}
	if err := found.Count(&list.Total).Error; err != nil {
		web.Internal(c, err)
		return
	}
	if err := found.Order(bookOrders[query.Sort]).Scopes(query.Slice).Find(&list.Items).Error; err != nil {
		web.Internal(c, err)
		return
	}
	c.JSON(http.StatusOK, list)
}

func (h *Handler) createBook(c *gin.Context) {
	var input bookInput
	if !web.Body(c, &input) {
		return
	}
	if !h.authorExists(c, input.AuthorID) {
		return
	}
	book := models.Book{
		ISBN:        input.ISBN,
		Title:       input.Title,
		AuthorID:    input.AuthorID,
		PriceCents:  input.PriceCents,
		Stock:       *input.Stock,
		PublishedOn: date(input.PublishedOn),
	}
	if err := h.db.WithContext(c.Request.Context()).Create(&book).Error; err != nil {
		refuse(c, err)
		return
	}
	c.JSON(http.StatusCreated, book)
}

func (h *Handler) showBook(c *gin.Context) {
	book, ok := find[models.Book](h.db.Preload("Author"), c, "there is no such book")
	if !ok {
		return
	}
	var average sql.NullFloat64
	reviews := h.db.WithContext(c.Request.Context()).Model(&models.Review{}).Where("book_id = ?", book.ID)
	if err := reviews.Select("AVG(rating)").Scan(&average).Error; err != nil {
		web.Internal(c, err)
		return
	}
	details := bookDetails{Book: book}
	if average.Valid {
		rounded := math.Round(average.Float64*100) / 100
		details.RatingAverage = &rounded
	}
	c.JSON(http.StatusOK, details)
}

func (h *Handler) updateBook(c *gin.Context) {
	var input bookChanges
	if !web.Body(c, &input) {
		return
	}
	book, ok := find[models.Book](h.db, c, "there is no such book")
	if !ok {
		return
	}
	if input.AuthorID != nil {
		if !h.authorExists(c, *input.AuthorID) {
			return
		}
		book.AuthorID = *input.AuthorID
	}
	if input.ISBN != nil {
		book.ISBN = *input.ISBN
	}
	if input.Title != nil {
		book.Title = *input.Title
	}
	if input.PriceCents != nil {
		book.PriceCents = *input.PriceCents
	}
	if input.Stock != nil {
		book.Stock = *input.Stock
	}
	if input.PublishedOn != nil {
		book.PublishedOn = date(input.PublishedOn)
	}
	if err := h.db.WithContext(c.Request.Context()).Save(&book).Error; err != nil {
		refuse(c, err)
		return
	}
	c.JSON(http.StatusOK, book)
}

func (h *Handler) deleteBook(c *gin.Context) {
	book, ok := find[models.Book](h.db, c, "there is no such book")
	if !ok {
		return
	}
	if err := h.db.WithContext(c.Request.Context()).Delete(&book).Error; err != nil {
		if models.IsReferenced(err) {
			web.Fail(c, http.StatusConflict, "this book has been ordered")
			return
		}
		web.Internal(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// authorExists answers 404 when there is no such author.
func (h *Handler) authorExists(c *gin.Context, id int64) bool {
	var count int64
	if err := h.db.WithContext(c.Request.Context()).Model(&models.Author{}).Where("id = ?", id).Count(&count).Error; err != nil {
		web.Internal(c, err)
		return false
	}
	if count == 0 {
		web.Fail(c, http.StatusNotFound, "there is no such author")
		return false
	}
	return true
}

func refuse(c *gin.Context, err error) {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		web.Fail(c, http.StatusConflict, "there is a book with this ISBN already")
		return
	}
	web.Internal(c, err)
}

// date reads a day that validation has let pass.
func date(text *string) *models.Date {
	if text == nil {
		return nil
	}
	day, err := models.ParseDate(*text)
	if err != nil {
		return nil
	}
	return &day
}
