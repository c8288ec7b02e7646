//go:build unix

// Package testpg gives a test an empty PostgreSQL database of its own.
package testpg

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Open returns a pool on a new database to which the *.sql files of schemaDir
// were applied in the order of their names. The server is that of
// SAAS_DATABASE_URL or SPECGEN_DATABASE_URL, else one that lives as long as this
// process. Without either the test fails and says what to install. change may
// change the pool's configuration, such as [Fault.Install] does.
func Open(t testing.TB, schemaDir string, change ...func(*pgxpool.Config)) *pgxpool.Pool {
	t.Helper()
	ctx := context.Background() // t.Context ends before the cleanup that needs it
	url := cmp.Or(os.Getenv("SAAS_DATABASE_URL"), os.Getenv("SPECGEN_DATABASE_URL"))
	if url == "" {
		var err error
		url, err = server()
		must(t, err, "starting PostgreSQL")
	}
	admin, err := pgx.Connect(ctx, url)
	must(t, err, "connecting to PostgreSQL")
	name := "saas_test_" + strings.ToLower(rand.Text())
	_, err = admin.Exec(ctx, "CREATE DATABASE "+name)
	must(t, err, "creating a database")
	t.Cleanup(func() {
		_, err := admin.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
		must(t, errors.Join(err, admin.Close(ctx)), "dropping the database")
	})
	config, err := pgxpool.ParseConfig(url)
	must(t, err, "reading the URL of PostgreSQL")
	config.ConnConfig.Database = name
	for _, c := range change {
		c(config)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	must(t, err, "opening a pool")
	t.Cleanup(pool.Close)
	files, err := filepath.Glob(filepath.Join(schemaDir, "*.sql")) // sorted
	must(t, err, "listing the schema")
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(t, err, "reading the schema")
		_, err = pool.Exec(ctx, string(text))
		must(t, err, "applying "+file)
	}
	return pool
}

// server starts the server of this process when it is needed first.
var server = sync.OnceValues(start)

// watched runs a server until its own standard input ends, which it does when
// this process dies, however that comes.
const watched = `
"$1/initdb" -D data -U postgres -A trust -N -E UTF8 --locale=C >&2 && {
	"$1/postgres" -D data -k "$PWD" -F -c listen_addresses= -c max_connections=300 </dev/null &
	exec 2>/dev/null
	read -r _; kill -QUIT $!; wait $!
}
rm -rf "$PWD"`

// start runs a server in a directory straight below the temporary one: others
// may be closed to the account that the server needs when we are root, or too
// long for a socket's name.
func start() (url string, err error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "saas-pg-")
	if err != nil {
		return "", err
	}
	command := exec.Command("sh", "-c", watched, "sh", bin)
	command.Dir = dir
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the interrupt key is not for the server
	if os.Geteuid() == 0 {                                    // and the server is not for root
		command.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534} // nobody's
		if err := os.Chown(dir, 65534, 65534); err != nil {
			return "", err
		}
	}
	if _, err := command.StdinPipe(); err != nil { // command keeps it open
		return "", err
	}
	stderr, err := command.StderrPipe()
	if err != nil {
		return "", err
	}
	if err := command.Start(); err != nil {
		return "", err
	}
	var log strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		log.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "ready to accept connections") {
			go func() {
				_, _ = io.Copy(io.Discard, stderr)
				_ = command.Wait() // the status is that of a server that was killed
			}()
			return "postgres://postgres@/postgres?host=" + dir, nil
		}
	}
	return "", fmt.Errorf("the server said:\n%s", &log)
}

// binaries returns the directory of initdb and postgres.
func binaries() (string, error) {
	// Debian's are not on the PATH. The only error is that of a malformed pattern.
	candidates, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if path, err := exec.LookPath("postgres"); err == nil {
		candidates = append(candidates, path)
	} else if len(candidates) == 0 {
		return "", errors.New("no PostgreSQL was found: install it (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql), " +
			"or set SAAS_DATABASE_URL to the URL of a server with a role that may create databases")
	}
	return filepath.Dir(candidates[len(candidates)-1]), nil
}

func must(t testing.TB, err error, doing string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", doing, err)
	}
}
