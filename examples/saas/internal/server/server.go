// Package server is the HTTP interface of the service: it reads requests, calls
// package scopes, and says in JSON what came of it.
package server

import (
	"log/slog"
	"net/http"

	"example.com/saas/saasfunc"
	"example.com/saas/scopes"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Config is what a server may be told. The zero value works.
type Config struct {
	Publish saasfunc.Publisher // hears of new workspaces; nil for nobody
	Log     *slog.Logger       // nil for slog.Default()
}

// New returns the handler of the service. It uses the pool and does not close it.
func New(pool *pgxpool.Pool, config Config) http.Handler {
	s := &server{
		scopes:  scopes.NewProvider(pool, scopes.ContextValues{Actor: actorFrom}),
		publish: config.Publish,
		log:     config.Log,
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /organisations", s.createOrganisation)
	mux.HandleFunc("DELETE /organisations/{id}", s.purgeOrganisation)
	mux.HandleFunc("POST /workspaces", s.createWorkspace)
	mux.HandleFunc("DELETE /workspaces/{id}", s.purgeWorkspace)
	mux.HandleFunc("POST /environments", s.createEnvironment)
	mux.HandleFunc("DELETE /environments/{id}", s.purgeEnvironment)
	return s.withActor(s.withPublisher(mux))
}

type server struct {
	scopes  *scopes.Provider
	publish saasfunc.Publisher
	log     *slog.Logger
}

func (s *server) withPublisher(next http.Handler) http.Handler {
	if s.publish == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(saasfunc.WithPublisher(r.Context(), s.publish)))
	})
}
