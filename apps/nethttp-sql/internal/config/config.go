// Package config reads every setting from the environment, once.
package config

import (
	"fmt"
	"os"
	"time"
)

// Config holds the settings of the bookshop.
type Config struct {
	Port         string
	DatabasePath string
	JWTSecret    string
	TokenTTL     time.Duration

	PaymentURL           string
	PaymentKey           string
	PaymentWebhookSecret string
	PaymentTimeout       time.Duration
	PaymentRetryDelay    time.Duration

	SMTPHost    string
	SMTPPort    string
	SMTPTimeout time.Duration
	MailFrom    string
}

// FromEnvironment reads the settings; one that is missing or odd is an error that names it.
func FromEnvironment() (Config, error) {
	cfg := Config{
		Port:                 withDefault("PORT", "8080"),
		DatabasePath:         withDefault("DATABASE_PATH", "bookshop.db"),
		JWTSecret:            os.Getenv("JWT_SECRET"),
		PaymentURL:           withDefault("PAYMENT_URL", "https://api.stripe.com"),
		PaymentKey:           os.Getenv("PAYMENT_KEY"),
		PaymentWebhookSecret: os.Getenv("PAYMENT_WEBHOOK_SECRET"),
		SMTPHost:             withDefault("SMTP_HOST", "localhost"),
		SMTPPort:             withDefault("SMTP_PORT", "25"),
		MailFrom:             withDefault("MAIL_FROM", "shop@bookshop.example.com"),
	}
	for _, name := range []string{"JWT_SECRET", "PAYMENT_KEY", "PAYMENT_WEBHOOK_SECRET"} {
		if os.Getenv(name) == "" {
			return cfg, fmt.Errorf("the setting %s is missing", name)
		}
	}
	durations := []struct {
		target   *time.Duration
		name     string
		fallback string
	}{
		{&cfg.TokenTTL, "TOKEN_TTL", "1h"},
		{&cfg.PaymentTimeout, "PAYMENT_TIMEOUT", "5s"},
		{&cfg.PaymentRetryDelay, "PAYMENT_RETRY_DELAY", "200ms"},
		{&cfg.SMTPTimeout, "SMTP_TIMEOUT", "5s"},
	}
	for _, each := range durations {
		value, err := time.ParseDuration(withDefault(each.name, each.fallback))
		if err != nil {
			return cfg, fmt.Errorf("the setting %s: %w", each.name, err)
		}
		*each.target = value
	}
	return cfg, nil
}

func withDefault(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}
