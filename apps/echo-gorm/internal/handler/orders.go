package handler

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"example.com/bookshop/internal/model"
	"example.com/bookshop/internal/payment"
	"example.com/bookshop/internal/security"
)

type orderInput struct {
	Items []line `json:"items" validate:"required,min=1,max=100,unique=BookID,dive"`
}

type line struct {
	BookID   int64 `json:"book_id" validate:"required,min=1"`
	Quantity int16 `json:"quantity" validate:"required,min=1,max=100"`
}

type paymentInput struct {
	Token string `json:"token" validate:"required,max=255"`
}

type orderQuery struct {
	Page
	Status *string `query:"status" validate:"omitnil,oneof=pending paid cancelled"`
	UserID *int64  `query:"user_id" validate:"omitnil,min=1"`
	From   *string `query:"from" validate:"omitnil,datetime=2006-01-02"`
	To     *string `query:"to" validate:"omitnil,datetime=2006-01-02"`
	Sort   string  `query:"sort" validate:"oneof=newest oldest total -total"`
}

var orderSorts = map[string]string{
	"newest": "created_at DESC, id DESC",
	"oldest": "created_at, id",
	"total":  "total_cents, id",
	"-total": "total_cents DESC, id",
}

func (h *Handler) createOrder(c echo.Context) error {
	var input orderInput
	if err := read(c, &input); err != nil {
		return err
	}
	order := model.Order{UserID: caller(c).ID, Status: model.OrderPending}
	err := h.on(c).Transaction(func(tx *gorm.DB) error {
		// Books are locked in the order of their ids, so that two orders never wait for each other.
		slices.SortFunc(input.Items, func(a, b line) int { return int(a.BookID - b.BookID) })
		for _, each := range input.Items {
			item, err := takeOut(tx, each)
			if err != nil {
				return err
			}
			order.Items = append(order.Items, item)
			order.TotalCents += int64(item.Quantity) * int64(item.UnitPriceCents)
		}
		return tx.Create(&order).Error
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, order)
}

func (h *Handler) listOrders(c echo.Context) error {
	orders := []model.Order{}
	own := h.on(c).Preload("Items").Where("user_id = ?", caller(c).ID)
	if err := own.Order("created_at DESC, id DESC").Find(&orders).Error; err != nil {
		return err
	}
	return c.JSON(http.StatusOK, orders)
}

func (h *Handler) showOrder(c echo.Context) error {
	order, err := ownOrder(c, h.on(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, order)
}

func (h *Handler) payOrder(c echo.Context) error {
	var input paymentInput
	if err := read(c, &input); err != nil {
		return err
	}
	ctx := c.Request().Context()
	var order model.Order
	// The lock is held while the card is charged: nobody can pay or cancel the order meanwhile.
	err := h.on(c).Transaction(func(tx *gorm.DB) error {
		var err error
		if order, err = ownOrder(c, locked(tx)); err != nil {
			return err
		}
		if order.Status != model.OrderPending {
			return echo.NewHTTPError(http.StatusConflict, "this order is already "+order.Status)
		}
		charge, err := h.payments.Charge(ctx, order.ID, order.TotalCents, input.Token)
		if err != nil {
			return asAnswer(err)
		}
		return tx.Model(&order).Updates(model.Order{Status: model.OrderPaid, PaymentID: &charge}).Error
	})
	if err != nil {
		return err
	}
	if err := h.mailer.SendReceipt(ctx, *caller(c), order); err != nil {
		c.Logger().Errorf("could not send the receipt of order %d: %v", order.ID, err)
	}
	return c.JSON(http.StatusOK, order)
}

func (h *Handler) cancelOrder(c echo.Context) error {
	var order model.Order
	err := h.on(c).Transaction(func(tx *gorm.DB) error {
		var err error
		if order, err = ownOrder(c, locked(tx)); err != nil {
			return err
		}
		switch order.Status {
		case model.OrderPaid:
			return echo.NewHTTPError(http.StatusConflict, "a paid order cannot be cancelled")
		case model.OrderCancelled:
			return nil
		}
		if err := putBack(tx, order.Items); err != nil {
			return err
		}
		return tx.Model(&order).Update("status", model.OrderCancelled).Error
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, order)
}

func (h *Handler) listAllOrders(c echo.Context) error {
	query := orderQuery{Page: firstPage(), Sort: "newest"}
	if err := read(c, &query); err != nil {
		return err
	}
	found := h.on(c).Model(&model.Order{})
	if query.Status != nil {
		found = found.Where("status = ?", *query.Status)
	}
	if query.UserID != nil {
		found = found.Where("user_id = ?", *query.UserID)
	}
	if from := date(query.From); from != nil {
		found = found.Where("created_at >= ?", from.Time)
	}
	if to := date(query.To); to != nil {
		// The whole of the last day counts.
		found = found.Where("created_at < ?", to.Add(24*time.Hour))
	}
	var total int64
	if err := found.Count(&total).Error; err != nil {
		return err
	}
	orders := []model.Order{}
	listed := found.Preload("Items").Order(orderSorts[query.Sort]).Scopes(query.slice)
	if err := listed.Find(&orders).Error; err != nil {
		return err
	}
	return c.JSON(http.StatusOK, echo.Map{
		"items": orders, "total": total, "page": query.Page.Page, "per_page": query.PerPage,
	})
}

type paymentEvent struct {
	Type string `json:"type" validate:"required"`
	Data struct {
		OrderID   int64  `json:"order_id" validate:"required,min=1"`
		PaymentID string `json:"payment_id" validate:"required"`
	} `json:"data"`
}

func (h *Handler) paymentEvent(c echo.Context) error {
	body, err := io.ReadAll(io.LimitReader(c.Request().Body, 1<<16))
	if err != nil || !security.IsSigned(body, c.Request().Header.Get("X-Payment-Signature"), h.webhookSecret) {
		return echo.NewHTTPError(http.StatusBadRequest, "bad signature")
	}
	var event paymentEvent
	if err := json.Unmarshal(body, &event); err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, "odd event")
	}
	if err := c.Validate(&event); err != nil {
		return err
	}
	if event.Type == "payment.refunded" {
		if err := h.cancelRefunded(c, event.Data.OrderID, event.Data.PaymentID); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, echo.Map{"received": true})
}

func (h *Handler) cancelRefunded(c echo.Context, id int64, paymentID string) error {
	return h.on(c).Transaction(func(tx *gorm.DB) error {
		// Only the first of several events finds the order paid: a replay is harmless.
		paid := tx.Model(&model.Order{}).
			Where("id = ? AND payment_id = ? AND status = ?", id, paymentID, model.OrderPaid).
			Update("status", model.OrderCancelled)
		if paid.Error != nil || paid.RowsAffected == 0 {
			return paid.Error
		}
		var items []model.OrderItem
		if err := tx.Order("book_id").Find(&items, "order_id = ?", id).Error; err != nil {
			return err
		}
		return putBack(tx, items)
	})
}

func locked(tx *gorm.DB) *gorm.DB {
	return tx.Clauses(clause.Locking{Strength: "UPDATE"})
}

// ownOrder is the caller's own order whose id stands in the path.
func ownOrder(c echo.Context, db *gorm.DB) (model.Order, error) {
	return find[model.Order](c, db.Preload("Items").Where("user_id = ?", caller(c).ID), "there is no such order")
}

// takeOut lowers the stock of a book; the caller's transaction undoes it.
func takeOut(tx *gorm.DB, wanted line) (model.OrderItem, error) {
	var book model.Book
	err := locked(tx).First(&book, wanted.BookID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return model.OrderItem{}, echo.NewHTTPError(http.StatusNotFound, noBook)
	}
	if err != nil {
		return model.OrderItem{}, err
	}
	if book.Stock < int32(wanted.Quantity) {
		return model.OrderItem{}, echo.NewHTTPError(http.StatusConflict, "there are not enough copies of this book")
	}
	if err := tx.Model(&book).Update("stock", book.Stock-int32(wanted.Quantity)).Error; err != nil {
		return model.OrderItem{}, err
	}
	return model.OrderItem{BookID: book.ID, Quantity: wanted.Quantity, UnitPriceCents: book.PriceCents}, nil
}

// putBack raises the stock again; the caller's transaction commits.
func putBack(tx *gorm.DB, items []model.OrderItem) error {
	for _, item := range items {
		raised := gorm.Expr("stock + ?", item.Quantity)
		if err := tx.Model(&model.Book{}).Where("id = ?", item.BookID).Update("stock", raised).Error; err != nil {
			return err
		}
	}
	return nil
}

func asAnswer(err error) error {
	switch {
	case errors.Is(err, payment.ErrDeclined):
		return echo.NewHTTPError(http.StatusPaymentRequired, payment.ErrDeclined.Error())
	case errors.Is(err, payment.ErrBusy):
		return echo.NewHTTPError(http.StatusServiceUnavailable, payment.ErrBusy.Error())
	case errors.Is(err, payment.ErrTimeout):
		return echo.NewHTTPError(http.StatusGatewayTimeout, payment.ErrTimeout.Error())
	case errors.Is(err, payment.ErrFailed):
		return echo.NewHTTPError(http.StatusBadGateway, payment.ErrFailed.Error())
	}
	return err
}
