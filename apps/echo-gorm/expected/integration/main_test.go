package integration

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

// The tests run where the app does.
const root = "."

// The app lives in the process of the tests: assemble puts it together.
func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	if err := os.Chdir("../.."); err != nil {
		return 1, err
	}
	if err := openDatabase(); err != nil {
		return 1, err
	}
	defer db.Close()
	if err := migrate(); err != nil {
		return 1, err
	}
	if err := startDoubles(); err != nil {
		return 1, err
	}
	defer stopDoubles()
	for _, each := range environment() {
		name, value, _ := strings.Cut(each, "=")
		if err := os.Setenv(name, value); err != nil {
			return 1, err
		}
	}
	if err := app.log.open(); err != nil {
		return 1, err
	}
	defer app.log.close()
	code, err := assemble(func(handler http.Handler) (int, error) {
		app.log.release()
		app.handler = handler
		return begin(m)
	})
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, app.log.after(0))
	}
	return code, err
}

// begin runs the tests, once the app has made its tables.
func begin(m *testing.M) (int, error) {
	if err := emptyTables(); err != nil {
		return 1, err
	}
	if err := spreadIDs(); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// environment is what the app is told for the tests.
func environment() []string {
	return []string{
		"DATABASE_DSN=" + address,
		"JWT_SECRET=integration-tests-only-0123456789abcdefABCDEF",
		"LISTEN_ADDRESS=:8080",
		"MAIL_FROM=bench@example.com",
		"PAYMENT_KEY=integration-tests-only-0123456789abcdefABCDEF",
		"PAYMENT_URL=" + payment.url,
		"PAYMENT_WEBHOOK_SECRET=integration-tests-only-0123456789abcdefABCDEF",
		"SMTP_HOST=" + mailbox.host,
		"SMTP_PASSWORD=Bench-pass-0123",
		"SMTP_PORT=" + mailbox.port,
		"TOKEN_TTL=1h",
	}
}
