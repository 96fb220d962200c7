// Package config reads every setting from the environment, once.
package config

import (
	"time"

	"github.com/caarlos0/env/v11"
)

// Config holds the settings of the bookshop.
type Config struct {
	Port        string `env:"PORT" envDefault:"8080"`
	APIPrefix   string `env:"API_PREFIX" envDefault:"/api/v1"`
	DatabaseURL string `env:"DATABASE_URL,required"`

	JWTSecret  string        `env:"JWT_SECRET,required"`
	TokenTTL   time.Duration `env:"TOKEN_TTL" envDefault:"1h"`
	BcryptCost int           `env:"BCRYPT_COST" envDefault:"10"`

	Payment Payment
	Mail    Mail
	Search  Search
}

// Payment configures the payment service (Stripe's charges API).
type Payment struct {
	URL           string        `env:"PAYMENT_URL" envDefault:"https://api.stripe.com"`
	Key           string        `env:"PAYMENT_KEY,required"`
	WebhookSecret string        `env:"PAYMENT_WEBHOOK_SECRET,required"`
	Timeout       time.Duration `env:"PAYMENT_TIMEOUT" envDefault:"5s"`
	RetryDelay    time.Duration `env:"PAYMENT_RETRY_DELAY" envDefault:"200ms"`
}

// Mail configures the SMTP server that e-mails leave through.
type Mail struct {
	Host     string        `env:"SMTP_HOST,required"`
	Port     string        `env:"SMTP_PORT" envDefault:"587"`
	Username string        `env:"SMTP_USERNAME"`
	Password string        `env:"SMTP_PASSWORD"`
	From     string        `env:"MAIL_FROM,required"`
	Timeout  time.Duration `env:"SMTP_TIMEOUT" envDefault:"5s"`
}

// Search configures the search service (Elasticsearch).
type Search struct {
	URL     string        `env:"SEARCH_URL,required"`
	APIKey  string        `env:"SEARCH_API_KEY,required"`
	Timeout time.Duration `env:"SEARCH_TIMEOUT" envDefault:"2s"`
}

// Load reads the environment; a missing setting is an error that names it.
func Load() (Config, error) {
	return env.ParseAs[Config]()
}
