package store

import (
	"context"
	"time"
)

// Review is what a user thinks of a book; there is one at most.
type Review struct {
	ID        int64     `json:"id"`
	BookID    int64     `json:"book_id"`
	UserID    int64     `json:"user_id"`
	Rating    int64     `json:"rating"`
	Body      *string   `json:"body"`
	CreatedAt time.Time `json:"created_at"`
}

const reviewColumns = "id, book_id, user_id, rating, body, created_at"

func (r *Review) targets() []any {
	return []any{&r.ID, &r.BookID, &r.UserID, &r.Rating, &r.Body, &r.CreatedAt}
}

// Reviews lists what was said of a book, the latest first.
func (s *Store) Reviews(ctx context.Context, bookID int64) ([]Review, error) {
	rows, err := s.db.QueryContext(ctx,
		"SELECT "+reviewColumns+" FROM reviews WHERE book_id = ? ORDER BY created_at DESC, id DESC", bookID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	reviews := []Review{}
	for rows.Next() {
		var review Review
		if err := rows.Scan(review.targets()...); err != nil {
			return nil, err
		}
		reviews = append(reviews, review)
	}
	return reviews, rows.Err()
}

// Review finds a review by id.
func (s *Store) Review(ctx context.Context, id int64) (Review, error) {
	var review Review
	row := s.db.QueryRowContext(ctx, "SELECT "+reviewColumns+" FROM reviews WHERE id = ?", id)
	return review, translated(row.Scan(review.targets()...))
}

// CreateReview adds a review.
func (s *Store) CreateReview(ctx context.Context, review Review) (Review, error) {
	row := s.db.QueryRowContext(ctx,
		"INSERT INTO reviews (book_id, user_id, rating, body) VALUES (?, ?, ?, ?) RETURNING "+reviewColumns,
		review.BookID, review.UserID, review.Rating, review.Body)
	return review, translated(row.Scan(review.targets()...))
}

// UpdateReview stores rating and body.
func (s *Store) UpdateReview(ctx context.Context, review Review) error {
	_, err := s.db.ExecContext(ctx, "UPDATE reviews SET rating = ?, body = ? WHERE id = ?",
		review.Rating, review.Body, review.ID)
	return translated(err)
}

// DeleteReview removes a review.
func (s *Store) DeleteReview(ctx context.Context, id int64) error {
	return deleted(s.db.ExecContext(ctx, "DELETE FROM reviews WHERE id = ?", id))
}
