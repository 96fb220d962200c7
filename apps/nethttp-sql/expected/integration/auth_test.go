package integration

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

// signIn is a user's valid credential.
func signIn(t *testing.T, user row) string {
	t.Helper()
	return "Bearer " + signed(claims(user, time.Hour), key)
}

// flawedSignIn is a user's credential, made wrong in one way.
func flawedSignIn(t *testing.T, user row, flaw string) string {
	t.Helper()
	switch flaw {
	case "none":
		return ""
	case "garbage":
		return "Bearer " + "not.a.token"
	case "scheme":
		return strings.Replace(signIn(t, user), "Bearer ", "Basic ", 1)
	case "expired":
		return "Bearer " + signed(claims(user, -time.Hour), key)
	case "forged":
		return "Bearer " + signed(
			claims(user, time.Hour),
			[]byte("another key, long enough for every algorithm that signs"),
		)
	case "unsigned":
		return "Bearer " + part(object{
			"alg": "none",
			"typ": "JWT",
		}) + "." + part(claims(user, time.Hour)) + "."
	case "stranger":
		return "Bearer " + signed(claims(row{"id": 2000000000}, time.Hour), key)
	}
	t.Fatalf("no flaw is called %s", flaw)
	return ""
}

var key = []byte("integration-tests-only-0123456789abcdefABCDEF")

// claims are what a token says about a user.
func claims(user row, lifetime time.Duration) object {
	now := time.Now()
	return object{
		"sub": text(user["id"]),
		"iat": now.Add(-time.Minute).Add(min(lifetime, 0)).Unix(),
		"exp": now.Add(lifetime).Unix(),
	}
}

// signed is a JSON web token.
func signed(claims object, key []byte) string {
	content := part(object{"alg": "HS256", "typ": "JWT"}) + "." + part(claims)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(content))
	return content + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func part(content object) string {
	return base64.RawURLEncoding.EncodeToString([]byte(jsonText(content)))
}
