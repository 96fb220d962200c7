package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"

	"example.com/bookshop/internal/store"
)

const maxBody = 1 << 20

// respond answers with JSON.
func respond(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		slog.Error("could not write an answer", "error", err)
	}
}

// fail answers with an error.
func fail(w http.ResponseWriter, status int, message string) {
	respond(w, status, map[string]string{"error": message})
}

// refuse answers for an error of the store; missing and conflict say what it means here.
func refuse(w http.ResponseWriter, r *http.Request, err error, missing, conflict string) {
	switch {
	case errors.Is(err, store.ErrNotFound):
		fail(w, http.StatusNotFound, missing)
	case errors.Is(err, store.ErrDuplicate), errors.Is(err, store.ErrReferenced),
		errors.Is(err, store.ErrSoldOut), errors.Is(err, store.ErrState):
		fail(w, http.StatusConflict, conflict)
	default:
		internal(w, r, err)
	}
}

// internal logs an error that nobody expected and answers 500.
func internal(w http.ResponseWriter, r *http.Request, err error) {
	slog.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	fail(w, http.StatusInternalServerError, "internal server error")
}

// decode reads a JSON body and checks it; false when it has answered 400.
func decode[T interface{ validate(*problems) }](w http.ResponseWriter, r *http.Request, target T) bool {
	body := http.MaxBytesReader(w, r.Body, maxBody)
	if err := json.NewDecoder(body).Decode(target); err != nil {
		var mistyped *json.UnmarshalTypeError
		if errors.As(err, &mistyped) {
			invalid(w, problems{mistyped.Field: "must be of another type"})
			return false
		}
		fail(w, http.StatusBadRequest, "the body is not the JSON that is expected")
		return false
	}
	_, _ = io.Copy(io.Discard, body)
	found := problems{}
	target.validate(&found)
	if len(found) > 0 {
		invalid(w, found)
		return false
	}
	return true
}

func invalid(w http.ResponseWriter, found problems) {
	respond(w, http.StatusBadRequest, map[string]any{"error": "invalid input", "fields": found})
}

// pathID reads the id in the path; false when it has answered 400.
func pathID(w http.ResponseWriter, r *http.Request) (int64, bool) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		invalid(w, problems{"id": "must be a positive number"})
		return 0, false
	}
	return id, true
}

// problems are what is wrong with an input, by field.
type problems map[string]string

func (p problems) add(field, format string, arguments ...any) {
	p[field] = fmt.Sprintf(format, arguments...)
}
