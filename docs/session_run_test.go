//go:build session

package docs_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

// TestSessions follows each page that is a session as a newcomer would: one
// shell, in an empty directory, with this module served by a proxy as if it were
// published, and a PostgreSQL that the usual variables name.
func TestSessions(t *testing.T) {
	t.Parallel()
	env := append(sessionEnv(t, moduleProxy(t)), serverEnv(t)...)
	for _, file := range sessionPages() {
		s := readSession(t, file)
		// One after the other: they may use the same port.
		t.Run(strings.TrimSuffix(filepath.Base(file), ".md"), func(t *testing.T) {
			began := time.Now()
			for _, m := range regexp.MustCompile(`# after: createdb (\w+)`).FindAllStringSubmatch(read(t, file), -1) {
				createDatabase(t, m[1])
			}
			runSession(t, s, env)
			t.Logf("%s: %d blocks in %.0f s", file, len(s.blocks), time.Since(began).Seconds())
		})
	}
}

// sessionEnv is the environment of a newcomer: nothing of ours but the proxy.
func sessionEnv(t *testing.T, proxy string) []string {
	t.Helper()
	var env []string
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); name != "GOFLAGS" && name != "DATABASE_URL" && !strings.HasPrefix(name, "PG") {
			env = append(env, v)
		}
	}
	return append(env, "GOPROXY="+proxy, "GONOSUMDB="+modulePath, "GOWORK=off", "CGO_ENABLED=0")
}

// serverEnv is what psql and pgx need to find the server of this process.
func serverEnv(t *testing.T) []string {
	t.Helper()
	config, err := pgx.ParseConfig(pgtest.Server(t).URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	return []string{"PGHOST=" + config.Host, fmt.Sprintf("PGPORT=%d", config.Port), "PGUSER=" + config.User, "PGPASSWORD=" + config.Password}
}

func createDatabase(t *testing.T, name string) {
	t.Helper()
	server := pgtest.Server(t)
	if _, err := server.Create(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Drop(t.Context(), name); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
}

// shell is one bash, whose output comes line by line.
type shell struct {
	t     *testing.T
	stdin io.Writer
	lines chan string
}

func runSession(t *testing.T, s *session, env []string) {
	t.Helper()
	sh := startShell(t, env)
	for _, b := range s.blocks {
		if b.path != "" {
			sh.do(fmt.Sprintf("mkdir -p \"$(dirname %[1]s)\" && cat > %[1]s <<'END OF THE BLOCK'\n%[2]sEND OF THE BLOCK\n", b.path, b.text))
			continue
		}
		began := time.Now()
		out, exit := sh.do(b.text)
		if exit != b.exit {
			t.Fatalf("%s:%d: exit code %d, want %d:\n%s%s", s.file, b.line, exit, b.exit, b.text, out)
		}
		if b.prints != nil {
			out = sh.await(out, *b.prints)
			if !printed(out, *b.prints) {
				t.Fatalf("%s:%d: prints\n%s\nwant\n%s", s.file, b.line, out, *b.prints)
			}
		}
		t.Logf("%s:%d: %5.1f s: %s", s.file, b.line, time.Since(began).Seconds(), strings.TrimSpace(b.text))
	}
}

func startShell(t *testing.T, env []string) *shell {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc")
	cmd.Dir, cmd.Env = t.TempDir(), env
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, w, err := os.Pipe() // which what runs in the background may hold open
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	sh := &shell{t: t, stdin: stdin, lines: make(chan string, 100)}
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			sh.lines <- s.Text() + "\n"
		}
	}()
	t.Cleanup(func() {
		_, _ = io.WriteString(stdin, "kill $(jobs -p) 2>/dev/null; exit\n") // the shell may have ended by a failure
		_ = cmd.Wait()                                                      // its status is that of a shell that was killed
		_, _ = w.Close(), out.Close()
	})
	// Any command of a block counts, not the last one alone.
	sh.do("trap 'failed=$?' ERR")
	return sh
}

const endOfBlock = "=== end of the block: "

// do types a block, and returns what was printed and the exit code of a command
// that failed, or 0.
func (sh *shell) do(text string) (out string, exit int) {
	sh.t.Helper()
	if _, err := io.WriteString(sh.stdin, "failed=0\n"+text+"\necho \""+endOfBlock+"$failed\"\n"); err != nil {
		sh.t.Fatal(err)
	}
	for {
		select {
		case line := <-sh.lines:
			// What runs in the background may not have ended its line.
			if before, code, ok := strings.Cut(line, endOfBlock); ok {
				exit, err := strconv.Atoi(strings.TrimSpace(code))
				if err != nil {
					sh.t.Fatalf("the shell said %q", line)
				}
				return out + before, exit
			}
			out += line
		case <-sh.t.Context().Done():
			sh.t.Fatalf("%s: the time is over; until then:\n%s", text, out)
		}
	}
}

// await waits for what a program in the background is about to print.
func (sh *shell) await(out, want string) string {
	limit := time.After(10 * time.Second)
	for !printed(out, want) {
		select {
		case line := <-sh.lines:
			out += line
		case <-limit:
			return out
		}
	}
	return out
}
