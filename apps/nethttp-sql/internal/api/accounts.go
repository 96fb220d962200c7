package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/crypto/bcrypt"

	"example.com/bookshop/internal/store"
)

type callerKey struct{}

// user lets only callers with a valid bearer token pass.
func (a *API) user(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			fail(w, http.StatusUnauthorized, "sign in first")
			return
		}
		id, err := a.readToken(token)
		if err != nil {
			fail(w, http.StatusUnauthorized, "the token is not valid")
			return
		}
		user, err := a.store.User(r.Context(), id)
		if errors.Is(err, store.ErrNotFound) {
			fail(w, http.StatusUnauthorized, "the token is not valid")
			return
		}
		if err != nil {
			internal(w, r, err)
			return
		}
		next(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, user)))
	}
}

// admin lets only admins pass.
func (a *API) admin(next http.HandlerFunc) http.HandlerFunc {
	return a.user(func(w http.ResponseWriter, r *http.Request) {
		if caller(r).Role != store.RoleAdmin {
			fail(w, http.StatusForbidden, "this is for admins")
			return
		}
		next(w, r)
	})
}

func caller(r *http.Request) store.User {
	return r.Context().Value(callerKey{}).(store.User)
}

func (a *API) issueToken(userID int64) (string, error) {
	now := time.Now()
	claims := jwt.RegisteredClaims{
		Subject:   strconv.FormatInt(userID, 10),
		IssuedAt:  jwt.NewNumericDate(now),
		ExpiresAt: jwt.NewNumericDate(now.Add(a.cfg.TokenTTL)),
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(a.cfg.JWTSecret))
}

func (a *API) readToken(token string) (int64, error) {
	var claims jwt.RegisteredClaims
	key := func(*jwt.Token) (any, error) { return []byte(a.cfg.JWTSecret), nil }
	_, err := jwt.ParseWithClaims(token, &claims, key,
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired())
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(claims.Subject, 10, 64)
}

func (a *API) register(w http.ResponseWriter, r *http.Request) {
	var input registration
	if !decode(w, r, &input) {
		return
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(input.Password), bcrypt.DefaultCost)
	if err != nil {
		internal(w, r, err)
		return
	}
	user, err := a.store.CreateUser(r.Context(), strings.ToLower(input.Email), input.Name, string(hash))
	if err != nil {
		refuse(w, r, err, "", "this e-mail is already registered")
		return
	}
	token, err := a.issueToken(user.ID)
	if err != nil {
		internal(w, r, err)
		return
	}
	if err := a.mailer.SendWelcome(r.Context(), user); err != nil {
		slog.Error("could not send the welcome e-mail", "user", user.ID, "error", err)
	}
	respond(w, http.StatusCreated, map[string]any{"user": user, "token": token})
}

func (a *API) login(w http.ResponseWriter, r *http.Request) {
	var input credentials
	if !decode(w, r, &input) {
		return
	}
	user, err := a.store.UserByEmail(r.Context(), strings.ToLower(input.Email))
	hash := []byte(user.PasswordHash)
	if errors.Is(err, store.ErrNotFound) {
		hash = a.nobody
	} else if err != nil {
		internal(w, r, err)
		return
	}
	if bcrypt.CompareHashAndPassword(hash, []byte(input.Password)) != nil || err != nil {
		fail(w, http.StatusUnauthorized, "wrong e-mail or password")
		return
	}
	token, err := a.issueToken(user.ID)
	if err != nil {
		internal(w, r, err)
		return
	}
	respond(w, http.StatusOK, map[string]string{"token": token})
}

func (a *API) showMe(w http.ResponseWriter, r *http.Request) {
	respond(w, http.StatusOK, caller(r))
}

func (a *API) updateMe(w http.ResponseWriter, r *http.Request) {
	var input profile
	if !decode(w, r, &input) {
		return
	}
	user := caller(r)
	if input.Email != nil {
		user.Email = strings.ToLower(*input.Email)
	}
	if input.Name != nil {
		user.Name = *input.Name
	}
	if input.Password != nil {
		hash, err := bcrypt.GenerateFromPassword([]byte(*input.Password), bcrypt.DefaultCost)
		if err != nil {
			internal(w, r, err)
			return
		}
		user.PasswordHash = string(hash)
	}
	if err := a.store.UpdateUser(r.Context(), user); err != nil {
		refuse(w, r, err, "", "this e-mail is already registered")
		return
	}
	respond(w, http.StatusOK, user)
}
