// Package mail sends the bookshop's e-mails.
package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/smtp"
	"strings"
	"time"

	"example.com/bookshop/internal/config"
	"example.com/bookshop/internal/model"
)

// Mailer hands e-mails to an SMTP server.
type Mailer struct{ cfg config.Mail }

// New sends through the server of the settings.
func New(cfg config.Mail) *Mailer {
	return &Mailer{cfg: cfg}
}

// SendWelcome greets a new customer.
func (m *Mailer) SendWelcome(ctx context.Context, user model.User) error {
	text := fmt.Sprintf("Hello %s,\n\nyour account is ready. Enjoy your reading!\n", user.Name)
	return m.send(ctx, user.Email, "Welcome to the bookshop", text)
}

// SendReceipt confirms a paid order.
func (m *Mailer) SendReceipt(ctx context.Context, user model.User, order model.Order) error {
	var text strings.Builder
	fmt.Fprintf(&text, "Hello %s,\n\n", user.Name)
	for _, item := range order.Items {
		fmt.Fprintf(&text, "%d x book %d at %s\n", item.Quantity, item.BookID, euros(int64(item.UnitPriceCents)))
	}
	fmt.Fprintf(&text, "\nTotal: %s\n", euros(order.TotalCents))
	return m.send(ctx, user.Email, fmt.Sprintf("Receipt for order %d", order.ID), text.String())
}

func (m *Mailer) send(ctx context.Context, to, subject, text string) error {
	dialer := net.Dialer{Timeout: m.cfg.Timeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(m.cfg.Host, m.cfg.Port))
	if err != nil {
		return fmt.Errorf("reach the mail server: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(m.cfg.Timeout)); err != nil {
		return err
	}
	client, err := smtp.NewClient(conn, m.cfg.Host)
	if err != nil {
		return fmt.Errorf("greet the mail server: %w", err)
	}
	defer client.Close()
	if err := m.introduce(client); err != nil {
		return err
	}
	if err := client.Mail(m.cfg.From); err != nil {
		return err
	}
	if err := client.Rcpt(to); err != nil {
		return err
	}
	body, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := body.Write(message(m.cfg.From, to, subject, text)); err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return err
	}
	return client.Quit()
}

func (m *Mailer) introduce(client *smtp.Client) error {
	if ok, _ := client.Extension("STARTTLS"); ok {
		if err := client.StartTLS(&tls.Config{ServerName: m.cfg.Host}); err != nil {
			return err
		}
	}
	if m.cfg.Username == "" {
		return nil
	}
	return client.Auth(smtp.PlainAuth("", m.cfg.Username, m.cfg.Password, m.cfg.Host))
}

func message(from, to, subject, text string) []byte {
	lines := []string{
		"From: " + from,
		"To: " + to,
		"Subject: " + subject,
		"Content-Type: text/plain; charset=utf-8",
		"",
		strings.ReplaceAll(text, "\n", "\r\n"),
	}
	return []byte(strings.Join(lines, "\r\n"))
}

func euros(cents int64) string {
	return fmt.Sprintf("EUR %d.%02d", cents/100, cents%100)
}
