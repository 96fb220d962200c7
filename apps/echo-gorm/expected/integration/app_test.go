package integration

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"

	"example.com/bookshop/internal/config"
	"example.com/bookshop/internal/handler"
)

// assemble puts the app together as cmd/shop/main.go does; where that listens, the tests run.
func assemble(tests func(http.Handler) (int, error)) (int, error) {
	cfg, err := config.Load()
	if err != nil {
		return 1, err
	}
	db, err := gorm.Open(mysql.Open(cfg.DatabaseDSN), &gorm.Config{
		TranslateError: true,
		NowFunc:        func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) },
	})
	if err != nil {
		return 1, fmt.Errorf("open the database: %w", err)
	}
	server, err := handler.NewServer(cfg, db)
	if err != nil {
		return 1, err
	}

	return tests(server)
}

// app is what the tests speak with.
var app struct {
	handler http.Handler
	log     output
}

// output is a file that keeps what the app writes.
type output struct {
	file             *os.File
	standard, errors *os.File
}

// open has the app write to the file: a logger that is made before release keeps to it.
func (o *output) open() error {
	file, err := os.CreateTemp("", "app-*.log")
	if err != nil {
		return err
	}
	o.file, o.standard, o.errors = file, os.Stdout, os.Stderr
	os.Stdout, os.Stderr = file, file
	log.SetOutput(file)
	return nil
}

// release gives the tests their own output back.
func (o *output) release() {
	os.Stdout, os.Stderr = o.standard, o.errors
}

func (o *output) close() {
	o.release()
	log.SetOutput(os.Stderr)
	_ = o.file.Close()
	_ = os.Remove(o.file.Name())
}

// mark is the present end of the log.
func (o *output) mark() int {
	return len(o.text())
}

// after is what was written since a mark.
func (o *output) after(mark int) string {
	return strings.TrimSpace(o.text()[mark:])
}

func (o *output) text() string {
	content, err := os.ReadFile(o.file.Name())
	if err != nil {
		return err.Error()
	}
	return string(content)
}
