package orders

import (
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"
	"gorm.io/gorm"

	"example.com/bookshop/internal/models"
	"example.com/bookshop/internal/payment"
	"example.com/bookshop/internal/security"
	"example.com/bookshop/internal/web"
)

type paymentInput struct {
	Token string `json:"token" binding:"required,max=255,text"`
}

func (h *Handler) pay(c *gin.Context) {
	id, ok := web.ID(c)
	if !ok {
		return
	}
	var input paymentInput
	if !web.Body(c, &input) {
		return
	}
	user := web.User(c)
	var order models.Order
	// The lock is held while the card is charged: nobody can pay or cancel the order meanwhile.
	err := h.db.WithContext(c.Request.Context()).Transaction(func(tx *gorm.DB) error {
		var err error
		order, err = findOwn(locked(tx), id, user.ID)
		if err != nil {
			return err
		}
		if order.Status != models.OrderPending {
			return errNotPending
		}
		charge, err := h.payments.Charge(c.Request.Context(), order.ID, order.TotalCents, input.Token)
		if err != nil {
			return err
		}
		return tx.Model(&order).Updates(models.Order{Status: models.OrderPaid, PaymentID: &charge}).Error
	})
	if err != nil {
		refusePayment(c, err)
		return
	}
	if err := h.mailer.SendReceipt(c.Request.Context(), *user, order); err != nil {
		slog.Error("could not send the receipt", "order", order.ID, "error", err)
	}
	c.JSON(http.StatusOK, order)
}

func refusePayment(c *gin.Context, err error) {
	switch {
	case errors.Is(err, payment.ErrDeclined):
		web.Fail(c, http.StatusPaymentRequired, payment.ErrDeclined.Error())
	case errors.Is(err, payment.ErrBusy):
		web.Fail(c, http.StatusServiceUnavailable, payment.ErrBusy.Error())
	case errors.Is(err, payment.ErrTimeout):
		web.Fail(c, http.StatusGatewayTimeout, payment.ErrTimeout.Error())
	case errors.Is(err, payment.ErrFailed):
		web.Fail(c, http.StatusBadGateway, payment.ErrFailed.Error())
	default:
		refuse(c, err)
	}
}

type paymentEvent struct {
	Type string `json:"type" binding:"required"`
	Data struct {
		OrderID   int64  `json:"order_id" binding:"required,min=1"`
		PaymentID string `json:"payment_id" binding:"required,text"`
	} `json:"data"`
}

func (h *Handler) paymentEvent(c *gin.Context) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, 1<<16))
	if err != nil || !security.IsSigned(body, c.GetHeader("X-Payment-Signature"), h.webhookSecret) {
		web.Fail(c, http.StatusBadRequest, "bad signature")
		return
	}
	var event paymentEvent
	if err := binding.JSON.BindBody(body, &event); err != nil {
		web.Fail(c, http.StatusBadRequest, "odd event")
		return
	}
	if event.Type == "payment.refunded" {
		if err := h.cancelRefunded(c, event.Data.OrderID, event.Data.PaymentID); err != nil {
			web.Internal(c, err)
			return
		}
	}
	c.JSON(http.StatusOK, gin.H{"received": true})
}

func (h *Handler) cancelRefunded(c *gin.Context, id int64, paymentID string) error {
	return h.db.WithContext(c.Request.Context()).Transaction(func(tx *gorm.DB) error {
		// Only the first of several events finds the order paid: a replay is harmless.
		paid := tx.Model(&models.Order{}).
			Where("id = ? AND payment_id = ? AND status = ?", id, paymentID, models.OrderPaid).
			Update("status", models.OrderCancelled)
		if paid.Error != nil || paid.RowsAffected == 0 {
			return paid.Error
		}
		var items []models.OrderItem
		if err := tx.Order("book_id").Find(&items, "order_id = ?", id).Error; err != nil {
			return err
		}
		return putBack(tx, items)
	})
}
