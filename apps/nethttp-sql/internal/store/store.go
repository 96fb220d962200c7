// Package store keeps the bookshop's records in SQLite.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/*.sql
var migrations embed.FS

// What the store says when it cannot do as asked.
var (
	ErrNotFound   = errors.New("not found")
	ErrDuplicate  = errors.New("already there")
	ErrReferenced = errors.New("still referred to")
	ErrSoldOut    = errors.New("not enough copies")
	ErrState      = errors.New("the state does not allow it")
)

// Store reads and writes records.
type Store struct{ db *sql.DB }

// New works on an open database.
func New(db *sql.DB) *Store {
	return &Store{db: db}
}

// Open opens the file and brings its schema up to date.
func Open(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	if err := migrate(db); err != nil {
		db.Close()
		return nil, fmt.Errorf("migrate the database: %w", err)
	}
	return db, nil
}

func migrate(db *sql.DB) error {
	if _, err := db.Exec("CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY)"); err != nil {
		return err
	}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := apply(db, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func apply(db *sql.DB, name string) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	result, err := tx.Exec("INSERT OR IGNORE INTO schema_migrations (name) VALUES (?)", name)
	if err != nil {
		return err
	}
	if fresh, err := result.RowsAffected(); err != nil || fresh == 0 {
		return err
	}
	text, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(string(text)); err != nil {
		return err
	}
	return tx.Commit()
}

// Ping asks the database whether it is there.
func (s *Store) Ping(ctx context.Context) error {
	return s.db.PingContext(ctx)
}

// within runs the work in one transaction; an error takes everything back.
func (s *Store) within(ctx context.Context, work func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := work(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// translated is the store's own word for an error of the database.
func translated(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	var failure *sqlite.Error
	if errors.As(err, &failure) {
		switch failure.Code() {
		case sqlite3.SQLITE_CONSTRAINT_UNIQUE:
			return ErrDuplicate
		case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, sqlite3.SQLITE_CONSTRAINT_TRIGGER:
			return ErrReferenced
		}
	}
	return err
}

// deleted is the outcome of a DELETE that should have met one row.
func deleted(result sql.Result, err error) error {
	if err != nil {
		return translated(err)
	}
	if count, err := result.RowsAffected(); err != nil || count > 0 {
		return err
	}
	return ErrNotFound
}
