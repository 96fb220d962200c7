package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"
	"github.com/go-playground/validator/v10"
)

// RegisterRules teaches gin's validator our own rules, and to call fields by the names that callers know.
func RegisterRules() error {
	engine := binding.Validator.Engine().(*validator.Validate)
	engine.RegisterTagNameFunc(publicName)
	if err := engine.RegisterValidation("bcrypt", fitsBcrypt); err != nil {
		return err
	}
	return engine.RegisterValidation("text", hasNoNUL)
}

// bcrypt reads no more than 72 bytes, which may be fewer characters.
func fitsBcrypt(field validator.FieldLevel) bool {
	return len(field.Field().String()) <= 72
}

// PostgreSQL cannot store a NUL character.
func hasNoNUL(field validator.FieldLevel) bool {
	return !strings.ContainsRune(field.Field().String(), 0)
}

// Body reads a JSON body into the target; false when it has answered 400.
func Body(c *gin.Context, target any) bool {
	return checked(c, c.ShouldBindJSON(target))
}

// Query reads the query into the target; false when it has answered 400.
func Query(c *gin.Context, target any) bool {
	return checked(c, c.ShouldBindQuery(target))
}

// ID reads the id in the path; false when it has answered 400.
func ID(c *gin.Context) (int64, bool) {
	var path struct {
		ID int64 `uri:"id" binding:"required,min=1"`
	}
	ok := checked(c, c.ShouldBindUri(&path))
	return path.ID, ok
}

func checked(c *gin.Context, err error) bool {
	if err == nil {
		return true
	}
	c.AbortWithStatusJSON(http.StatusBadRequest, gin.H{"error": "invalid input", "fields": fieldErrors(err)})
	return false
}

func fieldErrors(err error) map[string]string {
	found := map[string]string{}
	var invalid validator.ValidationErrors
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &invalid):
		for _, each := range invalid {
			_, path, _ := strings.Cut(each.Namespace(), ".")
			path = strings.TrimPrefix(path, "Page.")
			found[path] = strings.TrimSuffix(each.Tag()+"="+each.Param(), "=")
		}
	case errors.As(err, &mistyped):
		found[mistyped.Field] = "must be of type " + mistyped.Type.String()
	default:
		found["request"] = err.Error()
	}
	return found
}

func publicName(field reflect.StructField) string {
	for _, tag := range []string{"json", "form", "uri"} {
		if name, _, _ := strings.Cut(field.Tag.Get(tag), ","); name != "" {
			return name
		}
	}
	return field.Name
}
