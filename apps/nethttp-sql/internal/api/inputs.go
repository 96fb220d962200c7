package api

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"example.com/bookshop/internal/store"
)

const maxCents = 1_000_000_000

var isbn = regexp.MustCompile(`^[0-9]{13}$`)

type credentials struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

func (c *credentials) validate(p *problems) {
	checkEmail(p, c.Email)
	if c.Password == "" {
		p.add("password", "is required")
	}
}

type registration struct {
	Email    string `json:"email"`
	Name     string `json:"name"`
	Password string `json:"password"`
}

func (r *registration) validate(p *problems) {
	checkEmail(p, r.Email)
	checkLength(p, "name", r.Name, 1, 80)
	checkPassword(p, r.Password)
}

type profile struct {
	Email    *string `json:"email"`
	Name     *string `json:"name"`
	Password *string `json:"password"`
}

func (f *profile) validate(p *problems) {
	if f.Email != nil {
		checkEmail(p, *f.Email)
	}
	if f.Name != nil {
		checkLength(p, "name", *f.Name, 1, 80)
	}
	if f.Password != nil {
		checkPassword(p, *f.Password)
	}
}

type authorInput struct {
	Name string  `json:"name"`
	Bio  *string `json:"bio"`
}

func (a *authorInput) validate(p *problems) {
	checkLength(p, "name", a.Name, 1, 120)
}

type bookInput struct {
	ISBN        *string `json:"isbn"`
	Title       *string `json:"title"`
	AuthorID    *int64  `json:"author_id"`
	PriceCents  *int64  `json:"price_cents"`
	Stock       *int64  `json:"stock"`
	PublishedOn *string `json:"published_on"`
}

func (b *bookInput) validate(p *problems) {
	if b.ISBN == nil {
		p.add("isbn", "is required")
	}
	if b.Title == nil {
		p.add("title", "is required")
	}
	if b.AuthorID == nil {
		p.add("author_id", "is required")
	}
	if b.PriceCents == nil {
		p.add("price_cents", "is required")
	}
	if b.Stock == nil {
		p.add("stock", "is required")
	}
	(*bookChanges)(b).validate(p)
}

type bookChanges bookInput

func (b *bookChanges) validate(p *problems) {
	if b.ISBN != nil && !isbn.MatchString(*b.ISBN) {
		p.add("isbn", "must have 13 digits")
	}
	if b.Title != nil {
		checkLength(p, "title", *b.Title, 1, 200)
	}
	if b.AuthorID != nil && *b.AuthorID < 1 {
		p.add("author_id", "must be at least 1")
	}
	if b.PriceCents != nil && (*b.PriceCents < 1 || *b.PriceCents > maxCents) {
		p.add("price_cents", "must lie between 1 and %d", maxCents)
	}
	if b.Stock != nil && *b.Stock < 0 {
		p.add("stock", "must be at least 0")
	}
	if b.PublishedOn != nil {
		if _, err := time.Parse(time.DateOnly, *b.PublishedOn); err != nil {
			p.add("published_on", "must be a date")
		}
	}
}

// apply lays the changes over a book.
func (b *bookChanges) apply(book *store.Book) {
	if b.ISBN != nil {
		book.ISBN = *b.ISBN
	}
	if b.Title != nil {
		book.Title = *b.Title
	}
	if b.AuthorID != nil {
		book.AuthorID = *b.AuthorID
	}
	if b.PriceCents != nil {
		book.PriceCents = *b.PriceCents
	}
	if b.Stock != nil {
		book.Stock = *b.Stock
	}
	if b.PublishedOn != nil {
		book.PublishedOn = b.PublishedOn
	}
}

type reviewInput struct {
	Rating *int64  `json:"rating"`
	Body   *string `json:"body"`
}

func (i *reviewInput) validate(p *problems) {
	if i.Rating == nil {
		p.add("rating", "is required")
	}
	(*reviewChanges)(i).validate(p)
}

type reviewChanges reviewInput

func (i *reviewChanges) validate(p *problems) {
	if i.Rating != nil && (*i.Rating < 1 || *i.Rating > 5) {
		p.add("rating", "must lie between 1 and 5")
	}
	if i.Body != nil {
		checkLength(p, "body", *i.Body, 0, 2000)
	}
}

type orderInput struct {
	Items []store.Line `json:"items"`
}

func (o *orderInput) validate(p *problems) {
	if len(o.Items) < 1 || len(o.Items) > 100 {
		p.add("items", "must be between 1 and 100")
	}
	seen := map[int64]bool{}
	for _, line := range o.Items {
		if line.BookID < 1 {
			p.add("book_id", "must be at least 1")
		}
		if line.Quantity < 1 || line.Quantity > 100 {
			p.add("quantity", "must lie between 1 and 100")
		}
		if seen[line.BookID] {
			p.add("items", "must name each book only once")
		}
		seen[line.BookID] = true
	}
}

type paymentInput struct {
	Token string `json:"token"`
}

func (i *paymentInput) validate(p *problems) {
	checkLength(p, "token", i.Token, 1, 255)
}

func checkEmail(p *problems, email string) {
	address, err := mail.ParseAddress(email)
	if err != nil || address.Address != email {
		p.add("email", "must be an e-mail address")
	} else if len(email) > 254 {
		p.add("email", "must have at most 254 characters")
	}
}

// bcrypt reads no more than 72 bytes.
func checkPassword(p *problems, password string) {
	if utf8.RuneCountInString(password) < 10 || len(password) > 72 {
		p.add("password", "must have 10 to 72 characters")
	}
}

func checkLength(p *problems, field, value string, low, high int) {
	if length := utf8.RuneCountInString(value); length < low || length > high {
		p.add(field, "must have %d to %d characters", low, high)
	}
}

// query reads parameters and remembers what is wrong with them.
type query struct {
	values   url.Values
	problems problems
}

func (q *query) number(name string, low, high int64) *int64 {
	if !q.values.Has(name) {
		return nil
	}
	value, err := strconv.ParseInt(q.values.Get(name), 10, 64)
	if err != nil || value < low || value > high {
		q.problems.add(name, "must be a number from %d to %d", low, high)
		return nil
	}
	return &value
}

func (q *query) page() (page, perPage int64) {
	page, perPage = 1, 20
	if value := q.number("page", 1, 1<<31-1); value != nil {
		page = *value
	}
	if value := q.number("per_page", 1, 100); value != nil {
		perPage = *value
	}
	return page, perPage
}

func (q *query) choice(name string, allowed ...string) *string {
	if !q.values.Has(name) {
		return nil
	}
	value := q.values.Get(name)
	if !slices.Contains(allowed, value) {
		q.problems.add(name, "must be one of %v", allowed)
		return nil
	}
	return &value
}

func (q *query) day(name string) *time.Time {
	if !q.values.Has(name) {
		return nil
	}
	day, err := time.Parse(time.DateOnly, q.values.Get(name))
	if err != nil {
		q.problems.add(name, "must be a date")
		return nil
	}
	return &day
}
