package handler

import (
	"database/sql"
	"errors"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"gorm.io/gorm"

	"example.com/bookshop/internal/model"
)

const (
	noAuthor = "there is no such author"
	noBook   = "there is no such book"
	noReview = "there is no such review"
)

type authorInput struct {
	Name string  `json:"name" validate:"required,max=120"`
	Bio  *string `json:"bio" validate:"omitnil,max=16000"`
}

type bookInput struct {
	ISBN        string  `json:"isbn" validate:"required,len=13,number"`
	Title       string  `json:"title" validate:"required,max=200"`
	AuthorID    int64   `json:"author_id" validate:"required,min=1"`
	PriceCents  int32   `json:"price_cents" validate:"required,min=1"`
	Stock       *int32  `json:"stock" validate:"required,min=0"`
	PublishedOn *string `json:"published_on" validate:"omitnil,datetime=2006-01-02"`
}

type bookChanges struct {
	ISBN        *string `json:"isbn" validate:"omitnil,len=13,number"`
	Title       *string `json:"title" validate:"omitnil,min=1,max=200"`
	AuthorID    *int64  `json:"author_id" validate:"omitnil,min=1"`
	PriceCents  *int32  `json:"price_cents" validate:"omitnil,min=1"`
	Stock       *int32  `json:"stock" validate:"omitnil,min=0"`
	PublishedOn *string `json:"published_on" validate:"omitnil,datetime=2006-01-02"`
}

type bookQuery struct {
	Page
	AuthorID *int64  `query:"author_id" validate:"omitnil,min=1"`
	MinPrice *int32  `query:"min_price" validate:"omitnil,min=0"`
	MaxPrice *int32  `query:"max_price" validate:"omitnil,min=0"`
	Q        *string `query:"q" validate:"omitnil,min=1,max=200"`
	Sort     string  `query:"sort" validate:"oneof=title -title price -price newest"`
}

type reviewInput struct {
	Rating int16   `json:"rating" validate:"required,min=1,max=5"`
	Body   *string `json:"body" validate:"omitnil,max=2000"`
}

type reviewChanges struct {
	Rating *int16  `json:"rating" validate:"omitnil,min=1,max=5"`
	Body   *string `json:"body" validate:"omitnil,max=2000"`
}

type bookDetails struct {
	model.Book
	RatingAverage *float64 `json:"rating_average"`
}

var bookOrders = map[string]string{
	"title":  "title, id",
	"-title": "title DESC, id",
	"price":  "price_cents, id",
	"-price": "price_cents DESC, id",
	"newest": "created_at DESC, id DESC",
}

var wildcards = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (h *Handler) listAuthors(c echo.Context) error {
	authors := []model.Author{}
	if err := h.on(c).Order("name").Find(&authors).Error; err != nil {
		return err
	}
	return c.JSON(http.StatusOK, authors)
}

func (h *Handler) createAuthor(c echo.Context) error {
	var input authorInput
	if err := read(c, &input); err != nil {
		return err
	}
	author := model.Author{Name: input.Name, Bio: input.Bio}
	if err := h.on(c).Create(&author).Error; err != nil {
		return conflict(err, gorm.ErrDuplicatedKey, "there is an author of this name already")
	}
	return c.JSON(http.StatusCreated, author)
}

func (h *Handler) showAuthor(c echo.Context) error {
	author, err := find[model.Author](c, h.on(c), noAuthor)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, author)
}

func (h *Handler) deleteAuthor(c echo.Context) error {
	author, err := find[model.Author](c, h.on(c), noAuthor)
	if err != nil {
		return err
	}
	if err := h.on(c).Delete(&author).Error; err != nil {
		return conflict(err, gorm.ErrForeignKeyViolated, "this author has books")
	}
	return c.NoContent(http.StatusNoContent)
}

func (h *Handler) listBooks(c echo.Context) error {
	query := bookQuery{Page: firstPage(), Sort: "newest"}
	if err := read(c, &query); err != nil {
		return err
	}
	found := h.on(c).Model(&model.Book{})
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
		found = found.Where("title LIKE ?", "%"+wildcards.Replace(*query.Q)+"%")
	}
	var total int64
	if err := found.Count(&total).Error; err != nil {
		return err
	}
	books := []model.Book{}
	if err := found.Order(bookOrders[query.Sort]).Scopes(query.slice).Find(&books).Error; err != nil {
		return err
	}
	return c.JSON(http.StatusOK, echo.Map{
		"items": books, "total": total, "page": query.Page.Page, "per_page": query.PerPage,
	})
}

func (h *Handler) createBook(c echo.Context) error {
	var input bookInput
	if err := read(c, &input); err != nil {
		return err
	}
	if err := h.checkAuthor(c, input.AuthorID); err != nil {
		return err
	}
	book := model.Book{
		ISBN:        input.ISBN,
		Title:       input.Title,
		AuthorID:    input.AuthorID,
		PriceCents:  input.PriceCents,
		Stock:       *input.Stock,
		PublishedOn: date(input.PublishedOn),
	}
	if err := h.on(c).Create(&book).Error; err != nil {
		return conflict(err, gorm.ErrDuplicatedKey, "there is a book with this ISBN already")
	}
	return c.JSON(http.StatusCreated, book)
}

func (h *Handler) showBook(c echo.Context) error {
	book, err := find[model.Book](c, h.on(c).Preload("Author"), noBook)
	if err != nil {
		return err
	}
	var average sql.NullFloat64
	reviews := h.on(c).Model(&model.Review{}).Where("book_id = ?", book.ID)
	if err := reviews.Select("AVG(rating)").Scan(&average).Error; err != nil {
		return err
	}
	details := bookDetails{Book: book}
	if average.Valid {
		rounded := math.Round(average.Float64*100) / 100
		details.RatingAverage = &rounded
	}
	return c.JSON(http.StatusOK, details)
}

func (h *Handler) updateBook(c echo.Context) error {
	var input bookChanges
	if err := read(c, &input); err != nil {
		return err
	}
	book, err := find[model.Book](c, h.on(c), noBook)
	if err != nil {
		return err
	}
	if input.AuthorID != nil {
		if err := h.checkAuthor(c, *input.AuthorID); err != nil {
			return err
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
	if err := h.on(c).Save(&book).Error; err != nil {
		return conflict(err, gorm.ErrDuplicatedKey, "there is a book with this ISBN already")
	}
	return c.JSON(http.StatusOK, book)
}

func (h *Handler) deleteBook(c echo.Context) error {
	book, err := find[model.Book](c, h.on(c), noBook)
	if err != nil {
		return err
	}
	if err := h.on(c).Delete(&book).Error; err != nil {
		return conflict(err, gorm.ErrForeignKeyViolated, "this book has been ordered")
	}
	return c.NoContent(http.StatusNoContent)
}

func (h *Handler) listReviews(c echo.Context) error {
	book, err := find[model.Book](c, h.on(c), noBook)
	if err != nil {
		return err
	}
	reviews := []model.Review{}
	of := h.on(c).Where("book_id = ?", book.ID)
	if err := of.Order("created_at DESC, id DESC").Find(&reviews).Error; err != nil {
		return err
	}
	return c.JSON(http.StatusOK, reviews)
}

func (h *Handler) createReview(c echo.Context) error {
	var input reviewInput
	if err := read(c, &input); err != nil {
		return err
	}
	book, err := find[model.Book](c, h.on(c), noBook)
	if err != nil {
		return err
	}
	review := model.Review{BookID: book.ID, UserID: caller(c).ID, Rating: input.Rating, Body: input.Body}
	if err := h.on(c).Create(&review).Error; err != nil {
		return conflict(err, gorm.ErrDuplicatedKey, "you have reviewed this book already")
	}
	return c.JSON(http.StatusCreated, review)
}

func (h *Handler) updateReview(c echo.Context) error {
	var input reviewChanges
	if err := read(c, &input); err != nil {
		return err
	}
	review, err := find[model.Review](c, h.on(c), noReview)
	if err != nil {
		return err
	}
	if review.UserID != caller(c).ID {
		return echo.NewHTTPError(http.StatusForbidden, "this is not your review")
	}
	if input.Rating != nil {
		review.Rating = *input.Rating
	}
	if input.Body != nil {
		review.Body = input.Body
	}
	if err := h.on(c).Save(&review).Error; err != nil {
		return err
	}
	return c.JSON(http.StatusOK, review)
}

func (h *Handler) deleteReview(c echo.Context) error {
	review, err := find[model.Review](c, h.on(c), noReview)
	if err != nil {
		return err
	}
	if user := caller(c); review.UserID != user.ID && user.Role != model.RoleAdmin {
		return echo.NewHTTPError(http.StatusForbidden, "this is not your review")
	}
	if err := h.on(c).Delete(&review).Error; err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (h *Handler) checkAuthor(c echo.Context, id int64) error {
	err := h.on(c).First(&model.Author{}, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return echo.NewHTTPError(http.StatusNotFound, noAuthor)
	}
	return err
}

// date reads a day that validation has let pass.
func date(text *string) *model.Date {
	if text == nil {
		return nil
	}
	day, err := time.Parse(time.DateOnly, *text)
	if err != nil {
		return nil
	}
	return &model.Date{Time: day}
}
