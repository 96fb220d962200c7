package store

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// Author wrote books.
type Author struct {
	ID   int64   `json:"id"`
	Name string  `json:"name"`
	Bio  *string `json:"bio"`
}

// Book is for sale as long as there is stock.
type Book struct {
	ID          int64     `json:"id"`
	ISBN        string    `json:"isbn"`
	Title       string    `json:"title"`
	AuthorID    int64     `json:"author_id"`
	PriceCents  int64     `json:"price_cents"`
	Stock       int64     `json:"stock"`
	PublishedOn *string   `json:"published_on"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

const bookColumns = "id, isbn, title, author_id, price_cents, stock, date(published_on), created_at, updated_at"

func (b *Book) targets() []any {
	return []any{&b.ID, &b.ISBN, &b.Title, &b.AuthorID, &b.PriceCents, &b.Stock, &b.PublishedOn, &b.CreatedAt, &b.UpdatedAt}
}

// Authors lists all authors by name.
func (s *Store) Authors(ctx context.Context) ([]Author, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, name, bio FROM authors ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	authors := []Author{}
	for rows.Next() {
		var author Author
		if err := rows.Scan(&author.ID, &author.Name, &author.Bio); err != nil {
			return nil, err
		}
		authors = append(authors, author)
	}
	return authors, rows.Err()
}

// Author finds an author by id.
func (s *Store) Author(ctx context.Context, id int64) (Author, error) {
	var author Author
	row := s.db.QueryRowContext(ctx, "SELECT id, name, bio FROM authors WHERE id = ?", id)
	return author, translated(row.Scan(&author.ID, &author.Name, &author.Bio))
}

// CreateAuthor adds an author.
func (s *Store) CreateAuthor(ctx context.Context, name string, bio *string) (Author, error) {
	author := Author{Name: name, Bio: bio}
	row := s.db.QueryRowContext(ctx, "INSERT INTO authors (name, bio) VALUES (?, ?) RETURNING id", name, bio)
	return author, translated(row.Scan(&author.ID))
}

// DeleteAuthor removes an author who has no books.
func (s *Store) DeleteAuthor(ctx context.Context, id int64) error {
	return deleted(s.db.ExecContext(ctx, "DELETE FROM authors WHERE id = ?", id))
}

// BookFilter chooses books; what is nil does not matter.
type BookFilter struct {
	AuthorID *int64
	MinPrice *int64
	MaxPrice *int64
	Title    *string
	Sort     string
	Page     int64
	PerPage  int64
}

var bookOrders = map[string]string{
	"title":  "title, id",
	"-title": "title DESC, id",
	"price":  "price_cents, id",
	"-price": "price_cents DESC, id",
	"newest": "created_at DESC, id DESC",
}

var wildcards = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Books lists one page of the books, and how many match in all.
func (s *Store) Books(ctx context.Context, filter BookFilter) ([]Book, int64, error) {
	var conditions []string
	var arguments []any
	add := func(condition string, argument any) {
		conditions = append(conditions, condition)
		arguments = append(arguments, argument)
	}
	if filter.AuthorID != nil {
		add("author_id = ?", *filter.AuthorID)
	}
	if filter.MinPrice != nil {
		add("price_cents >= ?", *filter.MinPrice)
	}
	if filter.MaxPrice != nil {
		add("price_cents <= ?", *filter.MaxPrice)
	}
	if filter.Title != nil {
		add(`title LIKE ? ESCAPE '\'`, "%"+wildcards.Replace(*filter.Title)+"%")
	}
	where := ""
	if len(conditions) > 0 {
		where = " WHERE " + strings.Join(conditions, " AND ")
	}
	var total int64
	if err := s.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM books"+where, arguments...).Scan(&total); err != nil {
		return nil, 0, err
	}
	statement := "SELECT " + bookColumns + " FROM books" + where + " ORDER BY " + bookOrders[filter.Sort] + " LIMIT ? OFFSET ?"
	rows, err := s.db.QueryContext(ctx, statement, append(arguments, filter.PerPage, (filter.Page-1)*filter.PerPage)...)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	books := []Book{}
	for rows.Next() {
		var book Book
		if err := rows.Scan(book.targets()...); err != nil {
			return nil, 0, err
		}
		books = append(books, book)
	}
	return books, total, rows.Err()
}

// Book finds a book by id.
func (s *Store) Book(ctx context.Context, id int64) (Book, error) {
	var book Book
	row := s.db.QueryRowContext(ctx, "SELECT "+bookColumns+" FROM books WHERE id = ?", id)
	return book, translated(row.Scan(book.targets()...))
}

// CreateBook adds a book.
func (s *Store) CreateBook(ctx context.Context, book Book) (Book, error) {
	row := s.db.QueryRowContext(ctx,
		`INSERT INTO books (isbn, title, author_id, price_cents, stock, published_on)
		VALUES (?, ?, ?, ?, ?, ?) RETURNING `+bookColumns,
		book.ISBN, book.Title, book.AuthorID, book.PriceCents, book.Stock, book.PublishedOn)
	return book, translated(row.Scan(book.targets()...))
}

// UpdateBook stores every field of a book.
func (s *Store) UpdateBook(ctx context.Context, book Book) (Book, error) {
	row := s.db.QueryRowContext(ctx,
		`UPDATE books SET isbn = ?, title = ?, author_id = ?, price_cents = ?, stock = ?, published_on = ?,
		updated_at = CURRENT_TIMESTAMP WHERE id = ? RETURNING `+bookColumns,
		book.ISBN, book.Title, book.AuthorID, book.PriceCents, book.Stock, book.PublishedOn, book.ID)
	return book, translated(row.Scan(book.targets()...))
}

// DeleteBook removes a book that nobody has ordered.
func (s *Store) DeleteBook(ctx context.Context, id int64) error {
	return deleted(s.db.ExecContext(ctx, "DELETE FROM books WHERE id = ?", id))
}

// RatingAverage is the mean of a book's ratings to the hundredth, nil without any.
func (s *Store) RatingAverage(ctx context.Context, bookID int64) (*float64, error) {
	var average sql.NullFloat64
	row := s.db.QueryRowContext(ctx, "SELECT ROUND(AVG(rating), 2) FROM reviews WHERE book_id = ?", bookID)
	if err := row.Scan(&average); err != nil || !average.Valid {
		return nil, err
	}
	return &average.Float64, nil
}
