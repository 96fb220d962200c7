// Package config reads every setting from the environment, once.
package config

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// Config holds the settings of the bookshop.
type Config struct {
	Address     string
	DatabaseDSN string
	JWTSecret   string
	TokenTTL    time.Duration
	BcryptCost  int
	Payment     Payment
	Mail        Mail
}

// Payment configures the payment service (Stripe's charges API).
type Payment struct {
	URL           string
	Key           string
	WebhookSecret string
	Timeout       time.Duration
	RetryDelay    time.Duration
}

// Mail configures the SMTP server that e-mails leave through.
type Mail struct {
	Host     string
	Port     string
	Username string
	Password string
	From     string
	Timeout  time.Duration
}

// Load reads the environment; a missing setting is an error that names it.
func Load() (Config, error) {
	cfg := Config{
		Address:     env("LISTEN_ADDRESS", ":8080"),
		DatabaseDSN: os.Getenv("DATABASE_DSN"),
		JWTSecret:   os.Getenv("JWT_SECRET"),
		TokenTTL:    duration("TOKEN_TTL", time.Hour),
		BcryptCost:  number("BCRYPT_COST", 10),
		Payment: Payment{
			URL:           env("PAYMENT_URL", "https://api.stripe.com"),
			Key:           os.Getenv("PAYMENT_KEY"),
			WebhookSecret: os.Getenv("PAYMENT_WEBHOOK_SECRET"),
			Timeout:       duration("PAYMENT_TIMEOUT", 5*time.Second),
			RetryDelay:    duration("PAYMENT_RETRY_DELAY", 200*time.Millisecond),
		},
		Mail: Mail{
			Host:     env("SMTP_HOST", "localhost"),
			Port:     env("SMTP_PORT", "25"),
			Username: os.Getenv("SMTP_USERNAME"),
			Password: os.Getenv("SMTP_PASSWORD"),
			From:     env("MAIL_FROM", "shop@bookshop.example.com"),
			Timeout:  duration("SMTP_TIMEOUT", 5*time.Second),
		},
	}
	required := map[string]string{
		"DATABASE_DSN":           cfg.DatabaseDSN,
		"JWT_SECRET":             cfg.JWTSecret,
		"PAYMENT_KEY":            cfg.Payment.Key,
		"PAYMENT_WEBHOOK_SECRET": cfg.Payment.WebhookSecret,
	}
	for name, value := range required {
		if value == "" {
			return cfg, fmt.Errorf("the setting %s is missing", name)
		}
	}
	return cfg, nil
}

func env(name, fallback string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return fallback
}

func duration(name string, fallback time.Duration) time.Duration {
	value, err := time.ParseDuration(os.Getenv(name))
	if err != nil {
		return fallback
	}
	return value
}

func number(name string, fallback int) int {
	value, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		return fallback
	}
	return value
}
