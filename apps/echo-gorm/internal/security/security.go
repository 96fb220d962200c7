// Package security knows passwords, tokens and signatures.
package security

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/crypto/bcrypt"
)

// Passwords hashes and compares.
type Passwords struct {
	cost   int
	nobody []byte
}

// NewPasswords prepares the hash that is compared when nobody has the e-mail, so that both answers take as long.
func NewPasswords(cost int) (*Passwords, error) {
	nobody, err := bcrypt.GenerateFromPassword([]byte("nobody's password"), cost)
	if err != nil {
		return nil, fmt.Errorf("hash a password: %w", err)
	}
	return &Passwords{cost: cost, nobody: nobody}, nil
}

// Hash gives what is stored of a password.
func (p *Passwords) Hash(password string) (string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), p.cost)
	return string(hash), err
}

// Matches compares a password with a stored hash; with "" it takes as long and says no.
func (p *Passwords) Matches(password, hash string) bool {
	if hash == "" {
		_ = bcrypt.CompareHashAndPassword(p.nobody, []byte(password))
		return false
	}
	return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil
}

// Tokens issues and reads bearer tokens.
type Tokens struct {
	secret []byte
	ttl    time.Duration
}

// NewTokens signs with the secret; a token lives for the ttl.
func NewTokens(secret string, ttl time.Duration) *Tokens {
	return &Tokens{secret: []byte(secret), ttl: ttl}
}

// Issue makes a token for a user.
func (t *Tokens) Issue(userID int64) (string, error) {
	now := time.Now()
	claims := jwt.RegisteredClaims{
		Subject:   strconv.FormatInt(userID, 10),
		IssuedAt:  jwt.NewNumericDate(now),
		ExpiresAt: jwt.NewNumericDate(now.Add(t.ttl)),
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(t.secret)
}

// UserID reads whom a token was given to.
func (t *Tokens) UserID(token string) (int64, error) {
	var claims jwt.RegisteredClaims
	key := func(*jwt.Token) (any, error) { return t.secret, nil }
	_, err := jwt.ParseWithClaims(token, &claims, key,
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithExpirationRequired())
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(claims.Subject, 10, 64)
}

// IsSigned reports whether the signature is the hexadecimal HMAC-SHA256 of the body.
func IsSigned(body []byte, signature, secret string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hmac.Equal([]byte(signature), []byte(hex.EncodeToString(mac.Sum(nil))))
}
