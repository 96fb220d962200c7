package integration

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const root = "../.."

// The router is built in cmd/bookshop: the tests start the program as it is deployed.
func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	if err := openDatabase(); err != nil {
		return 1, err
	}
	defer os.RemoveAll(filepath.Dir(address))
	defer db.Close()
	if err := startDoubles(); err != nil {
		return 1, err
	}
	defer stopDoubles()
	if err := app.start(); err != nil {
		return 1, err
	}
	defer app.stop()
	return m.Run(), nil
}

// app is the running program.
var app program

type program struct {
	folder  string
	url     string
	log     output
	command *exec.Cmd
	ended   chan error
}

// start builds the program and waits until it listens. With GOCOVERDIR set its coverage is measured.
func (p *program) start() error {
	var err error
	if p.folder, err = os.MkdirTemp("", "app-*"); err != nil {
		return err
	}
	binary := filepath.Join(p.folder, "app")
	arguments := []string{"build", "-o", binary}
	if os.Getenv("GOCOVERDIR") != "" {
		arguments = append(arguments, "-cover", "-coverpkg=./...")
	}
	build := exec.Command("go", append(arguments, "./cmd/bookshop")...)
	build.Dir = root
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build ./cmd/bookshop: %w\n%s", err, said)
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	p.command = exec.Command(binary)
	p.command.Dir = root
	p.command.Stdout, p.command.Stderr = &p.log, &p.log
	p.command.Env = append(os.Environ(), environment(port)...)
	if err := p.command.Start(); err != nil {
		return err
	}
	p.ended = make(chan error, 1)
	go func() { p.ended <- p.command.Wait() }()
	p.url = "http://127.0.0.1:" + port
	return p.await(net.JoinHostPort("127.0.0.1", port))
}

func (p *program) await(address string) error {
	deadline := time.After(30 * time.Second)
	for {
		select {
		case err := <-p.ended:
			return fmt.Errorf("the app ended while it started (%v):\n%s", err, p.log.after(0))
		case <-deadline:
			return errors.New("the app did not listen within 30 seconds:\n" + p.log.after(0))
		case <-time.After(20 * time.Millisecond):
			if connection, err := net.Dial("tcp", address); err == nil {
				return connection.Close()
			}
		}
	}
}

func (p *program) stop() {
	defer os.RemoveAll(p.folder)
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(3 * time.Second):
		_ = p.command.Process.Kill()
		<-p.ended
	}
}

// freePort is a port that nobody listens on.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

// environment is what the app is told for the tests.
func environment(port string) []string {
	return []string{
		"DATABASE_PATH=" + address,
		"JWT_SECRET=integration-tests-only-0123456789abcdefABCDEF",
		"MAIL_FROM=bench@example.com",
		"PAYMENT_KEY=integration-tests-only-0123456789abcdefABCDEF",
		"PAYMENT_URL=" + payment.url,
		"PAYMENT_WEBHOOK_SECRET=integration-tests-only-0123456789abcdefABCDEF",
		"PORT=" + port,
		"SMTP_HOST=" + mailbox.host,
		"SMTP_PORT=" + mailbox.port,
	}
}

// output keeps what the app writes.
type output struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (o *output) Write(part []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.Write(part)
}

// mark is the present end of the log.
func (o *output) mark() int {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.Len()
}

// after is what was written since a mark.
func (o *output) after(mark int) string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return strings.TrimSpace(o.text.String()[mark:])
}
