//go:build pgbouncer

package docs_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

// TestPgBouncer runs the complete specification of the language reference behind
// a PgBouncer in transaction mode: docs/howto/pgbouncer.md.
func TestPgBouncer(t *testing.T) {
	t.Parallel()
	dir := newModule(t)
	examples := readExamples(t, reference)
	base := baseOf(t, examples)
	writeList(t, dir, map[string]string{base.name(): generate(t, dir, base, base.text)})
	for _, e := range examples {
		if e.kind == "use" {
			writeUse(t, dir, e)
		}
	}
	url := pgtest.URL(t, read(t, project+"/schema/schema.sql"), read(t, project+"/schema/audit.sql"), read(t, project+"/seed.sql"))
	pooler := startPgBouncer(t, url)
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-v", "-tags", "pgbouncer", "-run", "^TestBehindAPooler$", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod -trimpath", "TEAMS_POOLER_URL="+pooler.url)
	if pooler.prepares {
		cmd.Env = append(cmd.Env, "TEAMS_POOLER_PREPARES=1")
	}
	out, err := cmd.CombinedOutput()
	t.Logf("%s\n%s", pooler.version, out)
	if err != nil || !strings.Contains(string(out), "--- PASS: TestBehindAPooler") {
		t.Error(err)
	}
}

type pgBouncer struct {
	url      string
	version  string
	prepares bool // it follows prepared statements
}

// startPgBouncer starts one in front of a database, with three connections to
// it. It is reached by a socket, and ends with the test.
func startPgBouncer(t *testing.T, url string) pgBouncer {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	p := pgBouncer{version: strings.TrimSpace(output(t, "pgbouncer", "--version"))}
	m := regexp.MustCompile(`PgBouncer 1\.(\d+)`).FindStringSubmatch(p.version)
	if m == nil {
		t.Fatalf("pgbouncer --version says %q", p.version)
	}
	minor, _ := strconv.Atoi(m[1]) // digits
	p.prepares = minor >= 21
	dir, err := os.MkdirTemp("", "pgbouncer-") // t.TempDir is too long for a socket, and closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	password := ""
	if config.Password != "" {
		password = " password=" + config.Password
	}
	ini := fmt.Sprintf(`[databases]
teams = host=%s port=%d user=%s%s dbname=%s
[pgbouncer]
pool_mode = transaction
default_pool_size = 3
auth_type = any
unix_socket_dir = %s
listen_port = 6432
`, config.Host, config.Port, config.User, password, config.Database, dir)
	if p.prepares {
		ini += "max_prepared_statements = 100\n"
	}
	write(t, dir, "pgbouncer.ini", ini)
	cmd := exec.CommandContext(t.Context(), "pgbouncer", filepath.Join(dir, "pgbouncer.ini"))
	if os.Geteuid() == 0 { // it refuses to run as root, and the server's socket may be open to its account alone
		owner := ownerOf(t, config.Host)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
		for _, path := range []string{dir, filepath.Join(dir, "pgbouncer.ini")} {
			if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
				t.Fatal(err)
			}
		}
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // as one that was killed
	})
	var log strings.Builder
	ready := false
	for lines := bufio.NewScanner(stderr); !ready && lines.Scan(); {
		log.WriteString(lines.Text() + "\n")
		ready = strings.Contains(lines.Text(), "process up")
	}
	if !ready {
		t.Fatalf("pgbouncer said:\n%s", &log)
	}
	go func() { _, _ = bufio.NewReader(stderr).WriteTo(&strings.Builder{}) }() // or it would block
	p.url = fmt.Sprintf("postgres://app@/teams?host=%s&port=6432", dir)
	return p
}

// ownerOf is the account that a directory belongs to, or nobody's.
func ownerOf(t *testing.T, dir string) *syscall.Credential {
	t.Helper()
	info, err := os.Stat(dir)
	if err != nil {
		return &syscall.Credential{Uid: 65534, Gid: 65534} // a server elsewhere
	}
	stat := info.Sys().(*syscall.Stat_t)
	return &syscall.Credential{Uid: stat.Uid, Gid: stat.Gid}
}
