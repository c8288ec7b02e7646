package pglocal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Create makes the database name, applies the SQL texts to it in order, and
// returns its URL. Each text may hold many statements and is one transaction.
// Nothing is left behind when a text does not apply. It is an error for the
// database to exist.
func (s *Server) Create(ctx context.Context, name string, sql ...string) (string, error) {
	conn, err := s.connect(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := s.create(ctx, conn, name, sql); err != nil {
		return "", err
	}
	s.remember(name)
	return s.URL(name), nil
}

// Clone makes the database name as a copy of the database template, to which
// nobody may be connected, and returns its URL.
func (s *Server) Clone(ctx context.Context, name, template string) (string, error) {
	conn, err := s.connect(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := s.createDatabase(ctx, conn, name, template); err != nil {
		return "", err
	}
	s.remember(name)
	return s.URL(name), nil
}

// Drop removes the database name and cuts the connections to it. A database
// that is not there is no error.
func (s *Server) Drop(ctx context.Context, name string) error {
	conn, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return s.drop(ctx, conn, name)
}

// Template returns the name of a database to which the SQL texts were applied,
// for Clone. The database is made once per server and list of texts, also when
// several processes ask at the same time, and it stays: on a server that Start
// did not start, the next process finds it.
func (s *Server) Template(ctx context.Context, sql ...string) (string, error) {
	name := templateName(sql)
	s.templateMu.Lock()
	defer s.templateMu.Unlock()
	if s.templates[name] {
		return name, nil
	}
	conn, err := s.connect(ctx)
	if err != nil {
		return "", err
	}
	// Closing the connection gives the advisory lock back as well.
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtextextended($1, 0))", name); err != nil {
		return "", fmt.Errorf("locking template %s: %w", name, err)
	}
	var found bool
	const exists = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
	if err := conn.QueryRow(ctx, exists, name).Scan(&found); err != nil {
		return "", fmt.Errorf("looking for template %s: %w", name, err)
	}
	if !found {
		if err := s.makeTemplate(ctx, conn, name, sql); err != nil {
			return "", err
		}
	}
	s.templates[name] = true
	return name, nil
}

// makeTemplate gives the database its name last, so that a process that ends
// halfway leaves no template that looks complete.
func (s *Server) makeTemplate(ctx context.Context, conn *pgx.Conn, name string, sql []string) error {
	partial := name + "_partial"
	if err := s.drop(ctx, conn, partial); err != nil {
		return err
	}
	if err := s.create(ctx, conn, partial, sql); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, fmt.Sprintf("ALTER DATABASE %s RENAME TO %s", quote(partial), quote(name))); err != nil {
		return fmt.Errorf("naming template %s: %w", name, err)
	}
	return nil
}

// templateName tells lists of texts apart, whatever the texts hold.
func templateName(sql []string) string {
	h := sha256.New()
	for _, text := range sql {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(text)))
		h.Write(size[:])
		h.Write([]byte(text))
	}
	return "specgen_template_" + hex.EncodeToString(h.Sum(nil)[:12])
}

// create makes a database and applies sql, or leaves nothing behind.
func (s *Server) create(ctx context.Context, conn *pgx.Conn, name string, sql []string) error {
	// Nobody is ever connected to template0, so the copy never waits.
	if err := s.createDatabase(ctx, conn, name, "template0"); err != nil {
		return err
	}
	if err := s.apply(ctx, name, sql); err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		// The caller's cancelled context may have closed conn with it.
		return errors.Join(err, s.Drop(ctx, name))
	}
	return nil
}

func (s *Server) createDatabase(ctx context.Context, conn *pgx.Conn, name, template string) error {
	stmt := fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", quote(name), quote(template))
	if s.own != nil && s.versionNum >= 150000 {
		// The checkpoints that this strategy takes cost nothing without fsync;
		// the other one writes the copy twice.
		stmt += " STRATEGY file_copy"
	}
	if _, err := conn.Exec(ctx, stmt); err != nil {
		return fmt.Errorf("creating database %s: %w", name, err)
	}
	return nil
}

func (s *Server) drop(ctx context.Context, conn *pgx.Conn, name string) error {
	if _, err := conn.Exec(ctx, fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", quote(name))); err != nil {
		return fmt.Errorf("dropping database %s: %w", name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.created, name)
	return nil
}

func (s *Server) remember(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.created[name] = true
}

func (s *Server) dropCreated() error {
	s.mu.Lock()
	names := slices.Sorted(maps.Keys(s.created))
	s.mu.Unlock()
	if len(names) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var errs []error
	for _, name := range names {
		errs = append(errs, s.drop(ctx, conn, name))
	}
	return errors.Join(errs...)
}

// apply runs each text over the simple protocol, which takes many statements.
func (s *Server) apply(ctx context.Context, name string, sql []string) error {
	if len(sql) == 0 {
		return nil
	}
	conn, err := pgx.Connect(ctx, s.URL(name))
	if err != nil {
		return fmt.Errorf("connecting to database %s: %w", name, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for i, text := range sql {
		if _, err := conn.PgConn().Exec(ctx, text).ReadAll(); err != nil {
			return fmt.Errorf("applying SQL text %d%s to database %s: %w", i+1, lineOf(text, err), name, err)
		}
	}
	return nil
}

// lineOf says on which line of text the server found the error, if it told.
func lineOf(text string, err error) string {
	var pgErr *pgconn.PgError
	if !errors.As(err, &pgErr) || pgErr.Position <= 0 {
		return ""
	}
	runes := []rune(text) // the position counts characters
	before := runes[:min(int(pgErr.Position)-1, len(runes))]
	return fmt.Sprintf(", line %d,", 1+strings.Count(string(before), "\n"))
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
