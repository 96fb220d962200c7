package handler

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"gorm.io/gorm"

	"example.com/bookshop/internal/model"
)

type credentials struct {
	Email    string `json:"email" validate:"required,email,max=254"`
	Password string `json:"password" validate:"required"`
}

// bcrypt reads no more than 72 bytes, hence the bound of passwords.
type registration struct {
	Email    string `json:"email" validate:"required,email,max=254"`
	Name     string `json:"name" validate:"required,max=80"`
	Password string `json:"password" validate:"required,min=10,max=72,printascii"`
}

type profile struct {
	Email    *string `json:"email" validate:"omitnil,email,max=254"`
	Name     *string `json:"name" validate:"omitnil,min=1,max=80"`
	Password *string `json:"password" validate:"omitnil,min=10,max=72,printascii"`
}

func (h *Handler) register(c echo.Context) error {
	var input registration
	if err := read(c, &input); err != nil {
		return err
	}
	hash, err := h.passwords.Hash(input.Password)
	if err != nil {
		return err
	}
	user := model.User{
		Email:        strings.ToLower(input.Email),
		Name:         input.Name,
		PasswordHash: hash,
		Role:         model.RoleCustomer,
	}
	if err := h.on(c).Create(&user).Error; err != nil {
		return conflict(err, gorm.ErrDuplicatedKey, "this e-mail is already registered")
	}
	token, err := h.tokens.Issue(user.ID)
	if err != nil {
		return err
	}
	if err := h.mailer.SendWelcome(c.Request().Context(), user); err != nil {
		c.Logger().Errorf("could not send the welcome e-mail: %v", err)
	}
	return c.JSON(http.StatusCreated, echo.Map{"user": user, "token": token})
}

func (h *Handler) login(c echo.Context) error {
	var input credentials
	if err := read(c, &input); err != nil {
		return err
	}
	var user model.User
	err := h.on(c).First(&user, "email = ?", strings.ToLower(input.Email)).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return err
	}
	if !h.passwords.Matches(input.Password, user.PasswordHash) {
		return echo.NewHTTPError(http.StatusUnauthorized, "wrong e-mail or password")
	}
	token, err := h.tokens.Issue(user.ID)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, echo.Map{"token": token})
}

func (h *Handler) showMe(c echo.Context) error {
	return c.JSON(http.StatusOK, caller(c))
}

func (h *Handler) updateMe(c echo.Context) error {
	var input profile
	if err := read(c, &input); err != nil {
		return err
	}
	user := caller(c)
	if input.Email != nil {
		user.Email = strings.ToLower(*input.Email)
	}
	if input.Name != nil {
		user.Name = *input.Name
	}
	if input.Password != nil {
		hash, err := h.passwords.Hash(*input.Password)
		if err != nil {
			return err
		}
		user.PasswordHash = hash
	}
	if err := h.on(c).Save(user).Error; err != nil {
		return conflict(err, gorm.ErrDuplicatedKey, "this e-mail is already registered")
	}
	return c.JSON(http.StatusOK, user)
}
