package integration

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// double stands in for a service: it answers well until it is told to fail, and remembers what it was asked.
type double struct {
	mutex    sync.Mutex
	calls    []call
	failing  string
	times    int
	answered *answer
	answers  map[string]answer

	url, host, port string
	close           func()
}

// call is a request that a double got; of a mail the body has to, from, subject and text.
type call struct {
	method, path string
	header       http.Header
	body         any
}

type answer struct {
	status int
	body   any
}

var (
	mailbox = &double{}
	payment = &double{
		answers: map[string]answer{
			"POST /v1/charges": {
				200,
				object{
					"id":       "ch_3MmlLrLkdIwHu7ix0snN0B15",
					"object":   "charge",
					"amount":   1099,
					"currency": "eur",
					"paid":     true,
					"status":   "succeeded",
					"captured": true,
				},
			},
		},
	}
	doubles = []*double{mailbox, payment}
)

func startDoubles() error {
	if err := mailbox.serveSMTP(); err != nil {
		return err
	}
	if err := payment.serveHTTP(); err != nil {
		return err
	}
	return nil
}

func stopDoubles() {
	for _, each := range doubles {
		each.close()
	}
}

// forgetCalls lets every double start anew: nothing asked, nothing wrong.
func forgetCalls() {
	for _, each := range doubles {
		each.mutex.Lock()
		each.calls, each.failing, each.times, each.answered = nil, "", 0, nil
		each.mutex.Unlock()
	}
}

// answer lets the double answer so from now on.
func (d *double) answer(status int, body any) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.failing, d.answered = "", &answer{status, body}
}

// fail lets the double fail so from now on, or only so many times.
func (d *double) fail(kind string, times int) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.failing, d.times = kind, times
}

// sent are the calls so far.
func (d *double) sent() []call {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return append([]call{}, d.calls...)
}

func last(t *testing.T, calls []call) call {
	t.Helper()
	if len(calls) == 0 {
		t.Fatal("the service was not asked")
	}
	return calls[len(calls)-1]
}

// asked remembers a call, and says how to fail it.
func (d *double) asked(got call) string {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.calls = append(d.calls, got)
	kind := d.failing
	if d.times > 0 {
		if d.times--; d.times == 0 {
			d.failing = ""
		}
	}
	return kind
}

var failures = map[string]answer{
	"declined": {
		402,
		object{
			"error": object{
				"type":         "card_error",
				"code":         "card_declined",
				"decline_code": "generic_decline",
				"message":      "Your card was declined.",
			},
		},
	},
	"rate_limit": {429, object{"error": object{"message": "too many requests"}}},
	"shape":      {200, object{"unexpected": true}},
	"status500":  {500, object{"error": object{"message": "internal error"}}},
}

// known is the answer to a request.
func (d *double) known(kind, method, path string) answer {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if failure, ok := failures[kind]; ok {
		return failure
	}
	if d.answered != nil {
		return *d.answered
	}
	if good, ok := d.answers[method+" "+path]; ok {
		return good
	}
	return answer{http.StatusOK, object{}}
}

func (d *double) serveHTTP() error {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		kind := d.asked(call{
			r.Method,
			r.URL.Path,
			r.Header,
			parsed(content, r.Header.Get("Content-Type")),
		})
		if kind == "timeout" {
			time.Sleep(2 * time.Second)
		}
		if kind == "timeout" || kind == "network" {
			panic(http.ErrAbortHandler)
		}
		said := d.known(kind, r.Method, r.URL.Path)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(said.status)
		_, _ = io.WriteString(w, jsonText(said.body))
	}))
	d.url, d.close = server.URL, server.Close
	d.host, d.port, _ = net.SplitHostPort(server.Listener.Addr().String())
	return nil
}

// parsed is a request's content as data, by its type.
func parsed(content []byte, media string) any {
	if strings.Contains(media, "form-urlencoded") {
		fields := object{}
		values, _ := url.ParseQuery(string(content))
		for name := range values {
			fields[name] = values.Get(name)
		}
		return fields
	}
	var document any
	if json.Unmarshal(content, &document) == nil {
		return document
	}
	return string(content)
}

// serveSMTP is a mail server.
func (d *double) serveSMTP() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d.close = func() { listener.Close() }
	d.host, d.port, err = net.SplitHostPort(listener.Addr().String())
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go d.receive(connection)
		}
	}()
	return err
}

func (d *double) receive(connection net.Conn) {
	defer connection.Close()
	d.mutex.Lock()
	failing := d.failing
	d.mutex.Unlock()
	if failing == "network" {
		d.asked(call{method: "SEND"})
		return
	}
	lines := textproto.NewReader(bufio.NewReader(connection))
	say := func(line string) { _, _ = io.WriteString(connection, line+"\r\n") }
	say("220 ready")
	for {
		line, err := lines.ReadLine()
		if err != nil {
			return
		}
		switch command, _, _ := strings.Cut(strings.ToUpper(line), " "); command {
		case "EHLO":
			say("250-here\r\n250 AUTH PLAIN LOGIN")
		case "AUTH":
			say("235 welcome")
		case "DATA":
			say("354 go on")
			content, err := io.ReadAll(lines.DotReader())
			if err != nil {
				return
			}
			say(d.delivered(string(content)))
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 fine")
		}
	}
}

// delivered remembers a mail, and is what the server says to it.
func (d *double) delivered(content string) string {
	got := call{method: "SEND"}
	if message, err := mail.ReadMessage(strings.NewReader(content)); err == nil {
		subject, _ := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
		got.path, got.header = message.Header.Get("To"), http.Header(message.Header)
		got.body = object{
			"to":      got.path,
			"from":    message.Header.Get("From"),
			"subject": subject,
			"text":    letter(message),
		}
	}
	switch d.asked(got) {
	case "timeout":
		time.Sleep(2 * time.Second)
	case "status500":
		return "554 failed"
	case "rate_limit":
		return "451 later"
	case "shape":
		return "what?"
	}
	return "250 sent"
}

func letter(message *mail.Message) string {
	body := message.Body
	switch strings.ToLower(message.Header.Get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	content, _ := io.ReadAll(body)
	return string(content)
}
