package store

import (
	"context"
	"time"
)

// Roles of a user.
const (
	RoleCustomer = "customer"
	RoleAdmin    = "admin"
)

// User is somebody with an account. The e-mail is stored in lower case.
type User struct {
	ID           int64     `json:"id"`
	Email        string    `json:"email"`
	Name         string    `json:"name"`
	PasswordHash string    `json:"-"`
	Role         string    `json:"role"`
	CreatedAt    time.Time `json:"created_at"`
}

const userColumns = "id, email, name, password_hash, role, created_at"

func (u *User) targets() []any {
	return []any{&u.ID, &u.Email, &u.Name, &u.PasswordHash, &u.Role, &u.CreatedAt}
}

// CreateUser adds a customer.
func (s *Store) CreateUser(ctx context.Context, email, name, hash string) (User, error) {
	var user User
	row := s.db.QueryRowContext(ctx,
		"INSERT INTO users (email, name, password_hash) VALUES (?, ?, ?) RETURNING "+userColumns, email, name, hash)
	return user, translated(row.Scan(user.targets()...))
}

// User finds a user by id.
func (s *Store) User(ctx context.Context, id int64) (User, error) {
	var user User
	row := s.db.QueryRowContext(ctx, "SELECT "+userColumns+" FROM users WHERE id = ?", id)
	return user, translated(row.Scan(user.targets()...))
}

// UserByEmail finds a user by e-mail, which must be in lower case.
func (s *Store) UserByEmail(ctx context.Context, email string) (User, error) {
	var user User
	row := s.db.QueryRowContext(ctx, "SELECT "+userColumns+" FROM users WHERE email = ?", email)
	return user, translated(row.Scan(user.targets()...))
}

// UpdateUser stores e-mail, name and password.
func (s *Store) UpdateUser(ctx context.Context, user User) error {
	_, err := s.db.ExecContext(ctx, "UPDATE users SET email = ?, name = ?, password_hash = ? WHERE id = ?",
		user.Email, user.Name, user.PasswordHash, user.ID)
	return translated(err)
}
