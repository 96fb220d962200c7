// Package mail sends the bookshop's e-mails.
package mail

import (
	"context"
	"fmt"
	"net"
	"net/smtp"
	"strings"
	"time"

	"example.com/bookshop/internal/config"
	"example.com/bookshop/internal/store"
)

// Mailer hands e-mails to an SMTP server.
type Mailer struct{ cfg config.Config }

// New sends through the server of the settings.
func New(cfg config.Config) *Mailer {
	return &Mailer{cfg: cfg}
}

// SendWelcome greets a new customer.
func (m *Mailer) SendWelcome(ctx context.Context, user store.User) error {
	text := fmt.Sprintf("Hello %s,\n\nyour account is ready. Enjoy your reading!\n", user.Name)
	return m.send(ctx, user.Email, "Welcome to the bookshop", text)
}

// SendReceipt confirms a paid order.
func (m *Mailer) SendReceipt(ctx context.Context, user store.User, order store.Order) error {
	var text strings.Builder
	fmt.Fprintf(&text, "Hello %s,\n\n", user.Name)
	for _, item := range order.Items {
		fmt.Fprintf(&text, "%d x book %d at %s\n", item.Quantity, item.BookID, euros(item.UnitPriceCents))
	}
	fmt.Fprintf(&text, "\nTotal: %s\n", euros(order.TotalCents))
	return m.send(ctx, user.Email, fmt.Sprintf("Receipt for order %d", order.ID), text.String())
}

func (m *Mailer) send(ctx context.Context, to, subject, text string) error {
	dialer := net.Dialer{Timeout: m.cfg.SMTPTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(m.cfg.SMTPHost, m.cfg.SMTPPort))
	if err != nil {
		return fmt.Errorf("reach the mail server: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(m.cfg.SMTPTimeout)); err != nil {
		return err
	}
	client, err := smtp.NewClient(conn, m.cfg.SMTPHost)
	if err != nil {
		return fmt.Errorf("greet the mail server: %w", err)
	}
	defer client.Close()
	if err := client.Mail(m.cfg.MailFrom); err != nil {
		return err
	}
	if err := client.Rcpt(to); err != nil {
		return err
	}
	body, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := body.Write(message(m.cfg.MailFrom, to, subject, text)); err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return err
	}
	return client.Quit()
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
