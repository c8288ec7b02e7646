// Package pglocal gives tests and demos a PostgreSQL server to throw away.
//
// [Start] uses the server that the environment variable SPECGEN_DATABASE_URL
// names. Without it, it starts a server of its own, from the binaries on this
// machine or else from those of an npm package, reachable through a Unix socket
// only. Such a server gives durability up for speed, and it ends with the process
// that started it, however that process ends. Its files are in a directory of its
// own: below TMPDIR where that is set; on Linux otherwise in /dev/shm, which is
// memory and where a database is made ten times as fast, if there is room; or else
// in /tmp.
//
// PostgreSQL 13 or later is required.
package pglocal

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"

	"github.com/jackc/pgx/v5"
)

const (
	// EnvURL names the variable with the URL of a server to use instead of
	// starting one. Its role must be allowed to create databases.
	EnvURL = "SPECGEN_DATABASE_URL"
	// EnvBinDir names the variable with the directory of initdb and postgres.
	EnvBinDir = "SPECGEN_PG_BINDIR"
)

// Server is a PostgreSQL server in which databases can be made. It is safe for
// use from several goroutines.
type Server struct {
	base       url.URL   // of a database that exists, with a role that may create others
	own        *instance // nil for a server that we did not start
	version    string
	versionNum int // such as 170002

	mu      sync.Mutex
	created map[string]bool // by Create and Clone, not yet dropped
	stopped bool
	kept    bool

	templateMu sync.Mutex      // held while a template is made
	templates  map[string]bool // known to be there and complete
}

// Start returns the server of SPECGEN_DATABASE_URL or starts one. The context
// governs the start alone, not the life of the server. When there is nothing to
// start, the error says what to install.
func Start(ctx context.Context) (*Server, error) {
	s := &Server{created: map[string]bool{}, templates: map[string]bool{}}
	if raw := os.Getenv(EnvURL); raw != "" {
		base, err := parseURL(raw)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", EnvURL, err)
		}
		s.base = *base
	} else {
		own, err := startInstance(ctx, Config{})
		if err != nil {
			return nil, err
		}
		s.own, s.base = own, own.url()
	}
	if err := s.readVersion(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// parseURL checks that raw is a URL whose database can be exchanged.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		// The error of url.Parse repeats the URL, and with it the password.
		return nil, errors.New("not a valid URL")
	}
	if u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, errors.New("the URL must begin with postgres:// or postgresql://")
	}
	return u, nil
}

func (s *Server) readVersion(ctx context.Context) error {
	conn, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	const query = "SELECT current_setting('server_version'), current_setting('server_version_num')::int"
	if err := conn.QueryRow(ctx, query).Scan(&s.version, &s.versionNum); err != nil {
		return fmt.Errorf("asking the server for its version: %w", err)
	}
	if s.versionNum < 130000 {
		return fmt.Errorf("PostgreSQL %s is too old: version 13 or later is needed", s.version)
	}
	return nil
}

// connect opens a connection to the database that is always there.
func (s *Server) connect(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.Connect(ctx, s.base.String())
	if err != nil {
		return nil, fmt.Errorf("connecting to PostgreSQL: %w", err)
	}
	return conn, nil
}

// URL returns the URL of the database db of this server.
func (s *Server) URL(db string) string {
	u := s.base
	u.Path, u.RawPath = "/"+db, ""
	// libpq's query parameters win over the path.
	query := u.Query()
	query.Del("dbname")
	query.Del("database")
	u.RawQuery = query.Encode()
	return u.String()
}

// Version returns what the server says of its version, such as "17.2".
func (s *Server) Version() string { return s.version }

// Keep lets a server that Start started, and its databases, outlive this process. It
// returns the shell command that ends the server, or "" for a server that
// Start did not start. After Keep, Stop leaves everything as it is.
func (s *Server) Keep() (stopCommand string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return "", errors.New("keeping the server: it was stopped")
	}
	if s.own == nil {
		return "", nil
	}
	if !s.kept {
		if err := s.own.keep(); err != nil {
			return "", fmt.Errorf("keeping the server: %w", err)
		}
		s.kept = true
	}
	return s.own.stopCommand(), nil
}

// Stop ends a server that Start started, at once, and removes its files. From a
// server that Start did not start, it drops the databases that this Server
// created. A second call does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	if s.stopped || s.kept {
		s.mu.Unlock()
		return nil
	}
	s.stopped = true
	s.mu.Unlock()
	if s.own != nil {
		return s.own.stop()
	}
	return s.dropCreated()
}
