// Package models holds the bookshop's records.
package models

import "time"

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
	ID           int64     `json:"id"`
	Email        string    `json:"email" gorm:"size:254;not null;uniqueIndex"`
	Name         string    `json:"name" gorm:"size:80;not null"`
	PasswordHash string    `json:"-" gorm:"not null"`
	Role         string    `json:"role" gorm:"size:8;not null;default:customer;check:role IN ('customer', 'admin')"`
	CreatedAt    time.Time `json:"created_at" gorm:"not null;default:now()"`
}

// Author wrote books.
type Author struct {
	ID   int64   `json:"id"`
	Name string  `json:"name" gorm:"size:120;not null;uniqueIndex"`
	Bio  *string `json:"bio"`
}

// Book is for sale as long as there is stock.
type Book struct {
	ID          int64     `json:"id"`
	ISBN        string    `json:"isbn" gorm:"column:isbn;size:13;not null;uniqueIndex"`
	Title       string    `json:"title" gorm:"size:200;not null"`
	AuthorID    int64     `json:"author_id" gorm:"not null;index"`
	Author      *Author   `json:"author,omitempty" gorm:"constraint:OnDelete:RESTRICT"`
	PriceCents  int32     `json:"price_cents" gorm:"not null;check:price_cents >= 1"`
	Stock       int32     `json:"stock" gorm:"not null;check:stock >= 0"`
	PublishedOn *Date     `json:"published_on" gorm:"type:date"`
	CreatedAt   time.Time `json:"created_at" gorm:"not null;default:now()"`
	UpdatedAt   time.Time `json:"updated_at" gorm:"not null;default:now()"`
}

// Review is what a user thinks of a book; there is one at most.
type Review struct {
	ID        int64     `json:"id"`
	BookID    int64     `json:"book_id" gorm:"not null;uniqueIndex:idx_reviews_book_user"`
	Book      *Book     `json:"-" gorm:"constraint:OnDelete:CASCADE"`
	UserID    int64     `json:"user_id" gorm:"not null;uniqueIndex:idx_reviews_book_user"`
	User      *User     `json:"-" gorm:"constraint:OnDelete:CASCADE"`
	Rating    int16     `json:"rating" gorm:"not null;check:rating BETWEEN 1 AND 5"`
	Body      *string   `json:"body" gorm:"size:2000"`
	CreatedAt time.Time `json:"created_at" gorm:"not null;default:now()"`
}

// Order is a purchase of one user.
type Order struct {
	ID         int64       `json:"id"`
	UserID     int64       `json:"user_id" gorm:"not null;index"`
	User       *User       `json:"-" gorm:"constraint:OnDelete:RESTRICT"`
	Status     string      `json:"status" gorm:"size:9;not null;default:pending;check:status IN ('pending', 'paid', 'cancelled')"`
	TotalCents int64       `json:"total_cents" gorm:"not null"`
	PaymentID  *string     `json:"payment_id" gorm:"size:255"`
	CreatedAt  time.Time   `json:"created_at" gorm:"not null;default:now()"`
	Items      []OrderItem `json:"items" gorm:"constraint:OnDelete:CASCADE"`
}

// OrderItem is one book of an order, at the price that it had then.
type OrderItem struct {
	ID             int64 `json:"id"`
	OrderID        int64 `json:"-" gorm:"not null;uniqueIndex:idx_order_items_order_book"`
	BookID         int64 `json:"book_id" gorm:"not null;uniqueIndex:idx_order_items_order_book"`
	Book           *Book `json:"-" gorm:"constraint:OnDelete:RESTRICT"`
	Quantity       int16 `json:"quantity" gorm:"not null;check:quantity BETWEEN 1 AND 100"`
	UnitPriceCents int32 `json:"unit_price_cents" gorm:"not null"`
}
