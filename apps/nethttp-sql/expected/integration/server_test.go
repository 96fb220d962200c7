package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"
)

// testServer is the app behind a server of a test's own, and the client that speaks with it.
type testServer struct {
	*httptest.Server
	client *http.Client
}

// setupTestServer gives a test the app, with an empty database and services that answer well.
func setupTestServer(t *testing.T) *testServer {
	t.Helper()
	cleanDB(t)
	forgetCalls()
	log := app.log.mark()
	t.Cleanup(func() {
		if said := app.log.after(log); t.Failed() && said != "" {
			t.Logf("the app logged:\n%s", said)
		}
	})
	server := httptest.NewServer(app.handler)
	t.Cleanup(server.Close)
	client := server.Client()
	client.Timeout = 30 * time.Second
	client.CheckRedirect = func(
		*http.Request,
		[]*http.Request,
	) error {
		return http.ErrUseLastResponse
	}
	return &testServer{server, client}
}

// request is what goes along with a call; a body is sent as JSON, raw as it is.
type request struct {
	auth   string
	cookie string
	query  any
	header headers
	body   any
	form   any
	parts  object
	raw    []byte
	media  string
}

type headers map[string]any

// reply is an answer, its body also as JSON if it is some.
type reply struct {
	status int
	header http.Header
	text   string
	body   any
}

// at is what stands at a path of names and positions, nil if nothing does.
func (r *reply) at(path ...any) any {
	return at(r.body, path...)
}

// call sends a request. A dropped connection fails the test and has status 0.
func (s *testServer) call(t *testing.T, method, path string, with ...request) *reply {
	t.Helper()
	var given request
	if len(with) > 0 {
		given = with[0]
	}
	answer, err := s.client.Do(s.prepared(t, method, path, given))
	if err != nil {
		t.Errorf("%s %s: the connection was dropped: %v", method, path, err)
		return &reply{header: http.Header{}}
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Errorf("%s %s: the connection was dropped: %v", method, path, err)
	}
	found := &reply{status: answer.StatusCode, header: answer.Header, text: string(content)}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	_ = decoder.Decode(&found.body)
	return found
}

func (s *testServer) prepared(t *testing.T, method, path string, given request) *http.Request {
	t.Helper()
	media, body := encoded(given)
	prepared, err := http.NewRequest(method, s.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if given.query != nil {
		prepared.URL.RawQuery = values(given.query).Encode()
	}
	if media != "" {
		prepared.Header.Set("Content-Type", media)
	}
	if given.auth != "" {
		prepared.Header.Set("Authorization", given.auth)
	}
	if given.cookie != "" {
		prepared.Header.Add("Cookie", given.cookie)
	}
	for name, value := range given.header {
		prepared.Header.Set(name, text(value))
	}
	return prepared
}

// encoded is the content of a request and its type.
func encoded(given request) (media string, content []byte) {
	switch {
	case given.body != nil:
		return "application/json", []byte(jsonText(given.body))
	case given.form != nil:
		return "application/x-www-form-urlencoded", []byte(values(given.form).Encode())
	case given.parts != nil:
		return multiparts(given.parts)
	case given.raw != nil && given.media == "":
		return "application/json", given.raw
	}
	return given.media, given.raw
}

func values(of any) url.Values {
	fields, _ := plain(of).(object)
	found := url.Values{}
	for name, value := range fields {
		if items, ok := value.(list); ok {
			for _, each := range items {
				found.Add(name, text(each))
			}
			continue
		}
		found.Set(name, text(value))
	}
	return found
}

// upload is a file of a multipart body.
type upload struct {
	name, media string
	content     []byte
}

func multiparts(fields object) (media string, content []byte) {
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	for name, value := range fields {
		file, ok := value.(upload)
		if !ok {
			_ = writer.WriteField(name, text(value))
			continue
		}
		header := textproto.MIMEHeader{}
		header.Set(
			"Content-Disposition",
			fmt.Sprintf(`form-data; name=%q; filename=%q`, name, file.name),
		)
		header.Set("Content-Type", file.media)
		if part, err := writer.CreatePart(header); err == nil {
			_, _ = part.Write(file.content)
		}
	}
	_ = writer.Close()
	return writer.FormDataContentType(), body.Bytes()
}

func wantStatus(t *testing.T, got *reply, want ...int) {
	t.Helper()
	for _, each := range want {
		if got.status == each {
			return
		}
	}
	t.Errorf(
		"status %d, want %s: %s",
		got.status,
		strings.Trim(strings.ReplaceAll(fmt.Sprint(want), " ", " or "), "[]"),
		got.text,
	)
}

func wantOtherStatus(t *testing.T, got *reply, unwanted ...int) {
	t.Helper()
	for _, each := range unwanted {
		if got.status == each {
			t.Errorf("status %d, want any other: %s", got.status, got.text)
		}
	}
	if len(unwanted) == 0 && got.status >= 500 {
		t.Errorf("status %d, want an answer below 500: %s", got.status, got.text)
	}
}
