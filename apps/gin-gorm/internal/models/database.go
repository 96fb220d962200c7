package models

import (
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
)

// What PostgreSQL calls a row that others still point to.
const (
	foreignKeyViolation = "23503"
	restrictViolation   = "23001"
)

// GormConfig translates the errors of the database and keeps times as precisely as it does.
func GormConfig() *gorm.Config {
	return &gorm.Config{
		TranslateError: true,
		NowFunc:        func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) },
	}
}

// Migrate brings the schema up to date.
func Migrate(db *gorm.DB) error {
	return db.AutoMigrate(&User{}, &Author{}, &Book{}, &Review{}, &Order{}, &OrderItem{})
}

// IsReferenced reports whether a row could not be deleted because others point to it.
func IsReferenced(err error) bool {
	if errors.Is(err, gorm.ErrForeignKeyViolated) {
		return true
	}
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && (pgErr.Code == foreignKeyViolation || pgErr.Code == restrictViolation)
}
