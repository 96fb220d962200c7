package api

import (
	"net/http"
	"unicode/utf8"

	"example.com/bookshop/internal/store"
)

const (
	noAuthor = "there is no such author"
	noBook   = "there is no such book"
	noReview = "there is no such review"
)

// page is a part of a list.
type page[T any] struct {
	Items   []T   `json:"items"`
	Total   int64 `json:"total"`
	Page    int64 `json:"page"`
	PerPage int64 `json:"per_page"`
}

type bookDetails struct {
	store.Book
	Author        store.Author `json:"author"`
	RatingAverage *float64     `json:"rating_average"`
}

func (a *API) listAuthors(w http.ResponseWriter, r *http.Request) {
	authors, err := a.store.Authors(r.Context())
	if err != nil {
		internal(w, r, err)
		return
	}
	respond(w, http.StatusOK, authors)
}

func (a *API) createAuthor(w http.ResponseWriter, r *http.Request) {
	var input authorInput
	if !decode(w, r, &input) {
		return
	}
	author, err := a.store.CreateAuthor(r.Context(), input.Name, input.Bio)
	if err != nil {
		refuse(w, r, err, "", "there is an author of this name already")
		return
	}
	respond(w, http.StatusCreated, author)
}

func (a *API) showAuthor(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(w, r)
	if !ok {
		return
	}
	author, err := a.store.Author(r.Context(), id)
	if err != nil {
		refuse(w, r, err, noAuthor, "")
		return
	}
	respond(w, http.StatusOK, author)
}

func (a *API) deleteAuthor(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(w, r)
	if !ok {
		return
	}
	if err := a.store.DeleteAuthor(r.Context(), id); err != nil {
		refuse(w, r, err, noAuthor, "this author has books")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (a *API) listBooks(w http.ResponseWriter, r *http.Request) {
	q := query{values: r.URL.Query(), problems: problems{}}
	filter := store.BookFilter{
		AuthorID: q.number("author_id", 1, 1<<31-1),
		MinPrice: q.number("min_price", 0, maxCents),
		MaxPrice: q.number("max_price", 0, maxCents),
		Sort:     "newest",
	}
	filter.Page, filter.PerPage = q.page()
	if sort := q.choice("sort", "title", "-title", "price", "-price", "newest"); sort != nil {
		filter.Sort = *sort
	}
	if q.values.Has("q") {
		text := q.values.Get("q")
		if length := utf8.RuneCountInString(text); length < 1 || length > 200 {
			q.problems.add("q", "must have 1 to 200 characters")
		}
		filter.Title = &text
	}
	if len(q.problems) > 0 {
		invalid(w, q.problems)
		return
	}
	books, total, err := a.store.Books(r.Context(), filter)
	if err != nil {
		internal(w, r, err)
		return
	}
	respond(w, http.StatusOK, page[store.Book]{Items: books, Total: total, Page: filter.Page, PerPage: filter.PerPage})
}

func (a *API) createBook(w http.ResponseWriter, r *http.Request) {
	var input bookInput
	if !decode(w, r, &input) {
		return
	}
	if _, err := a.store.Author(r.Context(), *input.AuthorID); err != nil {
		refuse(w, r, err, noAuthor, "")
		return
	}
	var book store.Book
	(*bookChanges)(&input).apply(&book)
	book, err := a.store.CreateBook(r.Context(), book)
	if err != nil {
		refuse(w, r, err, "", "there is a book with this ISBN already")
		return
	}
	respond(w, http.StatusCreated, book)
}

func (a *API) showBook(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(w, r)
	if !ok {
		return
	}
	book, err := a.store.Book(r.Context(), id)
	if err != nil {
		refuse(w, r, err, noBook, "")
		return
	}
	author, err := a.store.Author(r.Context(), book.AuthorID)
	if err != nil {
		internal(w, r, err)
		return
	}
	average, err := a.store.RatingAverage(r.Context(), id)
	if err != nil {
		internal(w, r, err)
		return
	}
	respond(w, http.StatusOK, bookDetails{Book: book, Author: author, RatingAverage: average})
}

func (a *API) updateBook(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(w, r)
	if !ok {
		return
	}
	var input bookChanges
	if !decode(w, r, &input) {
		return
	}
	book, err := a.store.Book(r.Context(), id)
	if err != nil {
		refuse(w, r, err, noBook, "")
		return
	}
	if input.AuthorID != nil {
		if _, err := a.store.Author(r.Context(), *input.AuthorID); err != nil {
			refuse(w, r, err, noAuthor, "")
			return
		}
	}
	input.apply(&book)
	book, err = a.store.UpdateBook(r.Context(), book)
	if err != nil {
		refuse(w, r, err, noBook, "there is a book with this ISBN already")
		return
	}
	respond(w, http.StatusOK, book)
}

func (a *API) deleteBook(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(w, r)
	if !ok {
		return
	}
	if err := a.store.DeleteBook(r.Context(), id); err != nil {
		refuse(w, r, err, noBook, "this book has been ordered")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (a *API) listReviews(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(w, r)
	if !ok {
		return
	}
	if _, err := a.store.Book(r.Context(), id); err != nil {
		refuse(w, r, err, noBook, "")
		return
	}
	reviews, err := a.store.Reviews(r.Context(), id)
	if err != nil {
		internal(w, r, err)
		return
	}
	respond(w, http.StatusOK, reviews)
}

func (a *API) createReview(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(w, r)
	if !ok {
		return
	}
	var input reviewInput
	if !decode(w, r, &input) {
		return
	}
	if _, err := a.store.Book(r.Context(), id); err != nil {
		refuse(w, r, err, noBook, "")
		return
	}
	review, err := a.store.CreateReview(r.Context(), store.Review{
		BookID: id,
		UserID: caller(r).ID,
		Rating: *input.Rating,
		Body:   input.Body,
	})
	if err != nil {
		refuse(w, r, err, "", "you have reviewed this book already")
		return
	}
	respond(w, http.StatusCreated, review)
}

func (a *API) updateReview(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(w, r)
	if !ok {
		return
	}
	var input reviewChanges
	if !decode(w, r, &input) {
		return
	}
	review, err := a.store.Review(r.Context(), id)
	if err != nil {
		refuse(w, r, err, noReview, "")
		return
	}
	if review.UserID != caller(r).ID {
		fail(w, http.StatusForbidden, "this is not your review")
		return
	}
	if input.Rating != nil {
		review.Rating = *input.Rating
	}
	if input.Body != nil {
		review.Body = input.Body
	}
	if err := a.store.UpdateReview(r.Context(), review); err != nil {
		internal(w, r, err)
		return
	}
	respond(w, http.StatusOK, review)
}

func (a *API) deleteReview(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(w, r)
	if !ok {
		return
	}
	review, err := a.store.Review(r.Context(), id)
	if err != nil {
		refuse(w, r, err, noReview, "")
		return
	}
	if user := caller(r); review.UserID != user.ID && user.Role != store.RoleAdmin {
		fail(w, http.StatusForbidden, "this is not your review")
		return
	}
	if err := a.store.DeleteReview(r.Context(), id); err != nil {
		refuse(w, r, err, noReview, "")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
