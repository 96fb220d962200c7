// Package model holds the bookshop's records. Their tables are made by the migrations.
package model

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Roles of a user.
const (
	RoleCustomer = "customer"
	RoleAdmin    = "admin"
)

// States of an order.
const (
	OrderPending   = "pending"
	OrderPaid      = "paid"
	OrderCancelled = "cancelled"
)

// User is somebody with an account. The e-mail is stored in lower case.
type User struct {
	ID           int64     `gorm:"primaryKey" json:"id"`
	Email        string    `gorm:"size:254;not null;unique" json:"email"`
	Name         string    `gorm:"size:80;not null" json:"name"`
	PasswordHash string    `gorm:"size:255;not null" json:"-"`
	Role         string    `gorm:"size:8;not null;default:customer;check:role IN ('customer', 'admin')" json:"role"`
	CreatedAt    time.Time `gorm:"not null;default:CURRENT_TIMESTAMP(3)" json:"created_at"`
}

// Author wrote books.
type Author struct {
	ID   int64   `gorm:"primaryKey" json:"id"`
	Name string  `gorm:"size:120;not null;unique" json:"name"`
	Bio  *string `json:"bio"`
}

// Book is for sale as long as there is stock.
type Book struct {
	ID          int64     `gorm:"primaryKey" json:"id"`
	ISBN        string    `gorm:"column:isbn;size:13;not null;unique" json:"isbn"`
	Title       string    `gorm:"size:200;not null" json:"title"`
	AuthorID    int64     `gorm:"not null" json:"author_id"`
	Author      *Author   `gorm:"constraint:OnDelete:RESTRICT" json:"author,omitempty"`
	PriceCents  int32     `gorm:"not null;check:price_cents >= 1" json:"price_cents"`
	Stock       int32     `gorm:"not null;check:stock >= 0" json:"stock"`
	PublishedOn *Date     `gorm:"type:date" json:"published_on"`
	CreatedAt   time.Time `gorm:"not null;default:CURRENT_TIMESTAMP(3)" json:"created_at"`
	UpdatedAt   time.Time `gorm:"not null;default:CURRENT_TIMESTAMP(3)" json:"updated_at"`
}

// Review is what a user thinks of a book; there is one at most.
type Review struct {
	ID        int64     `gorm:"primaryKey" json:"id"`
	BookID    int64     `gorm:"not null;uniqueIndex:reviews_once" json:"book_id"`
	Book      *Book     `gorm:"constraint:OnDelete:CASCADE" json:"-"`
	UserID    int64     `gorm:"not null;uniqueIndex:reviews_once" json:"user_id"`
	User      *User     `gorm:"constraint:OnDelete:CASCADE" json:"-"`
	Rating    int16     `gorm:"not null;check:rating BETWEEN 1 AND 5" json:"rating"`
	Body      *string   `gorm:"size:2000" json:"body"`
	CreatedAt time.Time `gorm:"not null;default:CURRENT_TIMESTAMP(3)" json:"created_at"`
}

// Order is a purchase of one user.
type Order struct {
	ID         int64       `gorm:"primaryKey" json:"id"`
	UserID     int64       `gorm:"not null" json:"user_id"`
	User       *User       `gorm:"constraint:OnDelete:RESTRICT" json:"-"`
	Status     string      `gorm:"size:9;not null;default:pending;check:status IN ('pending', 'paid', 'cancelled')" json:"status"`
	TotalCents int64       `gorm:"not null" json:"total_cents"`
	PaymentID  *string     `gorm:"size:255" json:"payment_id"`
	CreatedAt  time.Time   `gorm:"not null;default:CURRENT_TIMESTAMP(3)" json:"created_at"`
	Items      []OrderItem `gorm:"constraint:OnDelete:CASCADE" json:"items"`
}

// OrderItem is one book of an order, at the price that it had then.
type OrderItem struct {
	ID             int64 `gorm:"primaryKey" json:"id"`
	OrderID        int64 `gorm:"not null;uniqueIndex:order_items_once" json:"-"`
	BookID         int64 `gorm:"not null;uniqueIndex:order_items_once" json:"book_id"`
	Book           *Book `gorm:"constraint:OnDelete:RESTRICT" json:"-"`
	Quantity       int16 `gorm:"not null;check:quantity BETWEEN 1 AND 100" json:"quantity"`
	UnitPriceCents int32 `gorm:"not null" json:"unit_price_cents"`
}

// Date is a day without a time; JSON and the database have it as 2006-01-02.
type Date struct{ time.Time }

// MarshalJSON writes the day in quotes.
func (d Date) MarshalJSON() ([]byte, error) {
	return []byte(`"` + d.Format(time.DateOnly) + `"`), nil
}

// Value hands the day to the database.
func (d Date) Value() (driver.Value, error) {
	return d.Format(time.DateOnly), nil
}

// Scan takes the day from the database.
func (d *Date) Scan(value any) error {
	day, ok := value.(time.Time)
	if !ok {
		return fmt.Errorf("cannot read a date from %T", value)
	}
	d.Time = day
	return nil
}
