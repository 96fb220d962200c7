package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

// States of an order.
const (
	OrderPending   = "pending"
	OrderPaid      = "paid"
	OrderCancelled = "cancelled"
)

// Order is a purchase of one user.
type Order struct {
	ID         int64       `json:"id"`
	UserID     int64       `json:"user_id"`
	Status     string      `json:"status"`
	TotalCents int64       `json:"total_cents"`
	PaymentID  *string     `json:"payment_id"`
	CreatedAt  time.Time   `json:"created_at"`
	Items      []OrderItem `json:"items"`
}

// OrderItem is one book of an order, at the price that it had then.
type OrderItem struct {
	ID             int64 `json:"id"`
	BookID         int64 `json:"book_id"`
	Quantity       int64 `json:"quantity"`
	UnitPriceCents int64 `json:"unit_price_cents"`
}

// Line is what somebody wants of a book.
type Line struct {
	BookID   int64 `json:"book_id"`
	Quantity int64 `json:"quantity"`
}

const orderColumns = "id, user_id, status, total_cents, payment_id, created_at"

func (o *Order) targets() []any {
	return []any{&o.ID, &o.UserID, &o.Status, &o.TotalCents, &o.PaymentID, &o.CreatedAt}
}

// queries is what a database and a transaction have in common.
type queries interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// CreateOrder takes the books out of stock and stores the order, all or nothing.
func (s *Store) CreateOrder(ctx context.Context, userID int64, lines []Line) (Order, error) {
	var order Order
	err := s.within(ctx, func(tx *sql.Tx) error {
		prices, total, err := takeOut(ctx, tx, lines)
		if err != nil {
			return err
		}
		row := tx.QueryRowContext(ctx, "INSERT INTO orders (user_id, total_cents) VALUES (?, ?) RETURNING id", userID, total)
		if err := row.Scan(&order.ID); err != nil {
			return err
		}
		for i, line := range lines {
			_, err := tx.ExecContext(ctx,
				"INSERT INTO order_items (order_id, book_id, quantity, unit_price_cents) VALUES (?, ?, ?, ?)",
				order.ID, line.BookID, line.Quantity, prices[i])
			if err != nil {
				return err
			}
		}
		order, err = orderOf(ctx, tx, order.ID, userID)
		return err
	})
	return order, err
}

func takeOut(ctx context.Context, tx *sql.Tx, lines []Line) (prices []int64, total int64, err error) {
	for _, line := range lines {
		var price, stock int64
		row := tx.QueryRowContext(ctx, "SELECT price_cents, stock FROM books WHERE id = ?", line.BookID)
		if err := row.Scan(&price, &stock); err != nil {
			return nil, 0, translated(err)
		}
		if stock < line.Quantity {
			return nil, 0, ErrSoldOut
		}
		_, err := tx.ExecContext(ctx, "UPDATE books SET stock = stock - ? WHERE id = ?", line.Quantity, line.BookID)
		if err != nil {
			return nil, 0, err
		}
		prices = append(prices, price)
		total += price * line.Quantity
	}
	return prices, total, nil
}

// Orders lists a user's orders, the latest first.
func (s *Store) Orders(ctx context.Context, userID int64) ([]Order, error) {
	return listOrders(ctx, s.db, "WHERE user_id = ? ORDER BY created_at DESC, id DESC", userID)
}

// Order finds a user's own order.
func (s *Store) Order(ctx context.Context, id, userID int64) (Order, error) {
	return orderOf(ctx, s.db, id, userID)
}

// Pay has a pending order charged and marks it paid; the transaction is held meanwhile.
func (s *Store) Pay(ctx context.Context, id, userID int64, charge func(Order) (string, error)) (Order, error) {
	var order Order
	err := s.within(ctx, func(tx *sql.Tx) error {
		found, err := orderOf(ctx, tx, id, userID)
		if err != nil {
			return err
		}
		if found.Status != OrderPending {
			return ErrState
		}
		paymentID, err := charge(found)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE orders SET status = ?, payment_id = ? WHERE id = ?", OrderPaid, paymentID, id)
		if err != nil {
			return err
		}
		order, err = orderOf(ctx, tx, id, userID)
		return err
	})
	return order, err
}

// Cancel puts the books of an unpaid order back.
func (s *Store) Cancel(ctx context.Context, id, userID int64) (Order, error) {
	var order Order
	err := s.within(ctx, func(tx *sql.Tx) error {
		found, err := orderOf(ctx, tx, id, userID)
		if err != nil {
			return err
		}
		if found.Status == OrderPaid {
			return ErrState
		}
		if found.Status == OrderPending {
			if err := putBack(ctx, tx, found); err != nil {
				return err
			}
		}
		order, err = orderOf(ctx, tx, id, userID)
		return err
	})
	return order, err
}

// Refund cancels a paid order. Only the first of several events finds it paid: a replay is harmless.
func (s *Store) Refund(ctx context.Context, id int64, paymentID string) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		found, err := listOrders(ctx, tx, "WHERE id = ? AND payment_id = ? AND status = ?", id, paymentID, OrderPaid)
		if err != nil || len(found) == 0 {
			return err
		}
		return putBack(ctx, tx, found[0])
	})
}

// OrderFilter chooses orders; what is nil does not matter. To is exclusive.
type OrderFilter struct {
	Status  *string
	UserID  *int64
	From    *time.Time
	To      *time.Time
	Sort    string
	Page    int64
	PerPage int64
}

var orderSorts = map[string]string{
	"newest": "created_at DESC, id DESC",
	"oldest": "created_at, id",
	"total":  "total_cents, id",
	"-total": "total_cents DESC, id",
}

// AllOrders lists one page of everybody's orders, and how many match in all.
func (s *Store) AllOrders(ctx context.Context, filter OrderFilter) ([]Order, int64, error) {
	conditions := []string{"TRUE"}
	var arguments []any
	if filter.Status != nil {
		conditions = append(conditions, "status = ?")
		arguments = append(arguments, *filter.Status)
	}
	if filter.UserID != nil {
		conditions = append(conditions, "user_id = ?")
		arguments = append(arguments, *filter.UserID)
	}
	if filter.From != nil {
		conditions = append(conditions, "datetime(created_at) >= datetime(?)")
		arguments = append(arguments, filter.From.Format(time.DateTime))
	}
	if filter.To != nil {
		conditions = append(conditions, "datetime(created_at) < datetime(?)")
		arguments = append(arguments, filter.To.Format(time.DateTime))
	}
	where := "WHERE " + strings.Join(conditions, " AND ")
	var total int64
	if err := s.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM orders "+where, arguments...).Scan(&total); err != nil {
		return nil, 0, err
	}
	arguments = append(arguments, filter.PerPage, (filter.Page-1)*filter.PerPage)
	orders, err := listOrders(ctx, s.db, where+" ORDER BY "+orderSorts[filter.Sort]+" LIMIT ? OFFSET ?", arguments...)
	return orders, total, err
}

func orderOf(ctx context.Context, db queries, id, userID int64) (Order, error) {
	found, err := listOrders(ctx, db, "WHERE id = ? AND user_id = ?", id, userID)
	if err != nil {
		return Order{}, err
	}
	if len(found) == 0 {
		return Order{}, ErrNotFound
	}
	return found[0], nil
}

func listOrders(ctx context.Context, db queries, rest string, arguments ...any) (orders []Order, err error) {
	rows, err := db.QueryContext(ctx, "SELECT "+orderColumns+" FROM orders "+rest, arguments...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	orders = []Order{}
	for rows.Next() {
		var order Order
		if err := rows.Scan(order.targets()...); err != nil {
			return nil, err
		}
		orders = append(orders, order)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range orders {
		if orders[i].Items, err = itemsOf(ctx, db, orders[i].ID); err != nil {
			return nil, err
		}
	}
	return orders, nil
}

func itemsOf(ctx context.Context, db queries, orderID int64) ([]OrderItem, error) {
	rows, err := db.QueryContext(ctx,
		"SELECT id, book_id, quantity, unit_price_cents FROM order_items WHERE order_id = ? ORDER BY id", orderID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	items := []OrderItem{}
	for rows.Next() {
		var item OrderItem
		if err := rows.Scan(&item.ID, &item.BookID, &item.Quantity, &item.UnitPriceCents); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, rows.Err()
}

// putBack cancels an order and raises the stock again; the caller's transaction commits.
func putBack(ctx context.Context, tx *sql.Tx, order Order) error {
	for _, item := range order.Items {
		_, err := tx.ExecContext(ctx, "UPDATE books SET stock = stock + ? WHERE id = ?", item.Quantity, item.BookID)
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "UPDATE orders SET status = ? WHERE id = ?", OrderCancelled, order.ID)
	return err
}
