package handler

import (
	"errors"
	"net/http"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"
	"github.com/labstack/echo/v4"
	"gorm.io/gorm"
)

// inputValidator checks bound input by its validate tags.
type inputValidator struct{ validate *validator.Validate }

func newValidator() *inputValidator {
	validate := validator.New(validator.WithRequiredStructEnabled())
	validate.RegisterTagNameFunc(func(field reflect.StructField) string {
		for _, tag := range []string{"json", "query", "param"} {
			if name, _, _ := strings.Cut(field.Tag.Get(tag), ","); name != "" {
				return name
			}
		}
		return field.Name
	})
	return &inputValidator{validate}
}

// Validate answers 400 with the names of the fields that are wrong.
func (v *inputValidator) Validate(input any) error {
	err := v.validate.Struct(input)
	var invalid validator.ValidationErrors
	if !errors.As(err, &invalid) {
		return err
	}
	fields := echo.Map{}
	for _, each := range invalid {
		_, path, _ := strings.Cut(each.Namespace(), ".")
		fields[strings.TrimPrefix(path, "Page.")] = strings.TrimSuffix(each.Tag()+"="+each.Param(), "=")
	}
	return echo.NewHTTPError(http.StatusBadRequest, echo.Map{"message": "invalid input", "fields": fields})
}

// read binds the input from body, query or path and checks it.
func read(c echo.Context, input any) error {
	if err := c.Bind(input); err != nil {
		return err
	}
	return c.Validate(input)
}

// Page is the part of a list that a caller asks for.
type Page struct {
	Page    int `query:"page" validate:"min=1,max=2147483647"`
	PerPage int `query:"per_page" validate:"min=1,max=100"`
}

func firstPage() Page {
	return Page{Page: 1, PerPage: 20}
}

// slice is a GORM scope that reads only the page.
func (p Page) slice(db *gorm.DB) *gorm.DB {
	return db.Offset((p.Page - 1) * p.PerPage).Limit(p.PerPage)
}

type pathID struct {
	ID int64 `param:"id" validate:"min=1"`
}

// find loads the record whose id stands in the path.
func find[T any](c echo.Context, db *gorm.DB, missing string) (T, error) {
	var record T
	var path pathID
	if err := (&echo.DefaultBinder{}).BindPathParams(c, &path); err != nil {
		return record, err
	}
	if err := c.Validate(&path); err != nil {
		return record, err
	}
	err := db.First(&record, path.ID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return record, echo.NewHTTPError(http.StatusNotFound, missing)
	}
	return record, err
}

// conflict answers 409 where the error is the one that is meant, and passes on any other.
func conflict(err, meant error, message string) error {
	if errors.Is(err, meant) {
		return echo.NewHTTPError(http.StatusConflict, message)
	}
	return err
}
