// Package orders takes orders, has them paid and cancels them.
package orders

import (
	"errors"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"example.com/bookshop/internal/mail"
	"example.com/bookshop/internal/models"
	"example.com/bookshop/internal/payment"
	"example.com/bookshop/internal/web"
)

// Handler serves /orders, /admin/orders and the payment service's webhook.
type Handler struct {
	db            *gorm.DB
	payments      *payment.Client
	mailer        *mail.Mailer
	webhookSecret string
}

// New needs the database, the payment service and the secret that it signs with.
func New(db *gorm.DB, payments *payment.Client, mailer *mail.Mailer, webhookSecret string) *Handler {
	return &Handler{db: db, payments: payments, mailer: mailer, webhookSecret: webhookSecret}
}

// Routes registers the endpoints.
func (h *Handler) Routes(api *gin.RouterGroup, requireUser gin.HandlerFunc) {
	orders := api.Group("/orders", requireUser)
	orders.GET("", h.list)
	orders.POST("", h.create)
	orders.GET("/:id", h.show)
	orders.POST("/:id/pay", h.pay)
	orders.POST("/:id/cancel", h.cancel)

	admin := api.Group("/admin", requireUser, web.RequireAdmin)
	admin.GET("/orders", h.listAll)

	api.POST("/webhooks/payments", h.paymentEvent)
}

type orderInput struct {
	Items []line `json:"items" binding:"required,min=1,max=100,unique=BookID,dive"`
}

type line struct {
	BookID   int64 `json:"book_id" binding:"required,min=1"`
	Quantity int16 `json:"quantity" binding:"required,min=1,max=100"`
}

var (
	errNoOrder    = errors.New("there is no such order")
	errNoBook     = errors.New("there is no such book")
	errSoldOut    = errors.New("there are not enough copies of this book")
	errNotPending = errors.New("this order is already paid or cancelled")
	errPaid       = errors.New("a paid order cannot be cancelled")
)

func (h *Handler) create(c *gin.Context) {
	var input orderInput
	if !web.Body(c, &input) {
		return
	}
	order := models.Order{UserID: web.User(c).ID, Status: models.OrderPending}
	err := h.db.WithContext(c.Request.Context()).Transaction(func(tx *gorm.DB) error {
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
		refuse(c, err)
		return
	}
	c.JSON(http.StatusCreated, order)
}

func (h *Handler) list(c *gin.Context) {
	orders := []models.Order{}
	own := h.db.WithContext(c.Request.Context()).Preload("Items").Where("user_id = ?", web.User(c).ID)
	if err := own.Order("created_at DESC, id DESC").Find(&orders).Error; err != nil {
		web.Internal(c, err)
		return
	}
	c.JSON(http.StatusOK, orders)
}

func (h *Handler) show(c *gin.Context) {
	id, ok := web.ID(c)
	if !ok {
		return
	}
	order, err := findOwn(h.db.WithContext(c.Request.Context()), id, web.User(c).ID)
	if err != nil {
		refuse(c, err)
		return
	}
	c.JSON(http.StatusOK, order)
}

func (h *Handler) cancel(c *gin.Context) {
	id, ok := web.ID(c)
	if !ok {
		return
	}
	var order models.Order
	err := h.db.WithContext(c.Request.Context()).Transaction(func(tx *gorm.DB) error {
		var err error
		order, err = findOwn(locked(tx), id, web.User(c).ID)
		if err != nil {
			return err
		}
		if order.Status == models.OrderPaid {
			return errPaid
		}
		if order.Status == models.OrderCancelled {
			return nil
		}
		if err := putBack(tx, order.Items); err != nil {
			return err
		}
		return tx.Model(&order).Update("status", models.OrderCancelled).Error
	})
	if err != nil {
		refuse(c, err)
		return
	}
	c.JSON(http.StatusOK, order)
}

func locked(tx *gorm.DB) *gorm.DB {
	return tx.Clauses(clause.Locking{Strength: "UPDATE"})
}

func findOwn(db *gorm.DB, id, userID int64) (models.Order, error) {
	var order models.Order
	err := db.Where("user_id = ?", userID).First(&order, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return order, errNoOrder
	}
	if err != nil {
		return order, err
	}
	return order, db.Session(&gorm.Session{NewDB: true}).Order("id").Find(&order.Items, "order_id = ?", id).Error
}

// takeOut lowers the stock of a book; the caller's transaction undoes it.
func takeOut(tx *gorm.DB, wanted line) (models.OrderItem, error) {
	var book models.Book
	if err := locked(tx).First(&book, wanted.BookID).Error; err != nil {
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return models.OrderItem{}, errNoBook
		}
		return models.OrderItem{}, err
	}
	if book.Stock < int32(wanted.Quantity) {
		return models.OrderItem{}, errSoldOut
	}
	if err := tx.Model(&book).Update("stock", book.Stock-int32(wanted.Quantity)).Error; err != nil {
		return models.OrderItem{}, err
	}
	return models.OrderItem{BookID: book.ID, Quantity: wanted.Quantity, UnitPriceCents: book.PriceCents}, nil
}

// putBack raises the stock again; the caller's transaction commits.
func putBack(tx *gorm.DB, items []models.OrderItem) error {
	for _, item := range items {
		raised := gorm.Expr("stock + ?", item.Quantity)
		if err := tx.Model(&models.Book{}).Where("id = ?", item.BookID).Update("stock", raised).Error; err != nil {
			return err
		}
	}
	return nil
}

func refuse(c *gin.Context, err error) {
	switch {
	case errors.Is(err, errNoOrder), errors.Is(err, errNoBook):
		web.Fail(c, http.StatusNotFound, err.Error())
	case errors.Is(err, errSoldOut), errors.Is(err, errNotPending), errors.Is(err, errPaid):
		web.Fail(c, http.StatusConflict, err.Error())
	default:
		web.Internal(c, err)
	}
}
