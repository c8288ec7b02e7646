package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// maxBody is far above any honest request, in bytes.
const maxBody = 1 << 20

// read decodes the request's body into v, or answers 400.
func (s *server) read(w http.ResponseWriter, r *http.Request, v any) bool {
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	body.DisallowUnknownFields()
	err := body.Decode(v)
	if err == nil && !errors.Is(body.Decode(&struct{}{}), io.EOF) {
		err = errors.New("the body must be one JSON value")
	}
	if err != nil {
		s.reply(w, r, http.StatusBadRequest, problem{"bad_request", err.Error()})
		return false
	}
	return true
}

// number reads the path's id, or answers 404: nothing has an id that is no number.
func (s *server) number(w http.ResponseWriter, r *http.Request) (int64, bool) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		s.reply(w, r, http.StatusNotFound, problem{"not_found", "there is no such thing"})
		return 0, false
	}
	return id, true
}

// created answers 201 with what is at path now.
func (s *server) created(w http.ResponseWriter, r *http.Request, path string, body any) {
	w.Header().Set("Location", path)
	s.reply(w, r, http.StatusCreated, body)
}

// purged answers what a purge removed, or 404 where nothing was to be found.
func (s *server) purged(w http.ResponseWriter, r *http.Request, found bool, counts map[string]int64) {
	if !found {
		s.reply(w, r, http.StatusNotFound, problem{"not_found", "there is no such thing"})
		return
	}
	s.reply(w, r, http.StatusOK, map[string]any{"removed": counts})
}

// fail answers for err and reports true, unless err is nil or came after the
// commit: then the work is done, and what is left is ours to look into.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) bool {
	switch {
	case err == nil:
		return false
	case committed(err):
		s.log.ErrorContext(r.Context(), "after the commit", "path", r.URL.Path, "error", err)
		return false
	}
	status, p := problemOf(err)
	if status >= http.StatusInternalServerError {
		s.log.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
	}
	s.reply(w, r, status, p)
	return true
}

func (s *server) reply(w http.ResponseWriter, r *http.Request, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		s.log.ErrorContext(r.Context(), "encoding an answer", "error", fmt.Errorf("%T: %w", body, err))
		status, text = http.StatusInternalServerError, []byte(`{"code":"internal","message":"something broke on our side"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if _, err := w.Write(append(text, '\n')); err != nil {
		s.log.DebugContext(r.Context(), "the client is gone", "error", err)
	}
}
