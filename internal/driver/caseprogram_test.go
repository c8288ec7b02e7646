package driver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

// casesModule is the module that the cases are laid out in.
const casesModule = "cases.test"

// newModule makes the module of the cases in a temporary directory: it requires
// this one, in place of a published version, and what this one requires.
func newModule(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	mod := string(readFile(t, "../../go.mod"))
	mod = strings.Replace(mod, "module github.com/specgen-dev/specgen\n", "module "+casesModule+"\n", 1)
	mod += "\nrequire (\n\tgithub.com/google/uuid v1.6.0\n\tgithub.com/specgen-dev/specgen v0.0.0\n)\n"
	mod += fmt.Sprintf("\nreplace github.com/specgen-dev/specgen => %s\n", repository)
	writeFile(t, filepath.Join(root, "go.mod"), []byte(mod))

	// The tools' sums hold google/uuid: sqlc requires it.
	sums := readFile(t, "../../go.sum")
	for line := range strings.Lines(string(readFile(t, "../../tools/go.sum"))) {
		if strings.HasPrefix(line, "github.com/google/uuid v1.6.0") {
			sums = append(sums, line...)
		}
	}
	writeFile(t, filepath.Join(root, "go.sum"), sums)
	return root
}

// importable are the packages that a script may use without importing them.
var importable = []struct{ name, path string }{
	{"context", "context"}, {"errors", "errors"}, {"fmt", "fmt"}, {"io", "io"}, {"netip", "net/netip"}, {"strings", "strings"}, {"sync", "sync"}, {"time", "time"},
	{"pgx", "github.com/jackc/pgx/v5"},
	{"pgtype", "github.com/jackc/pgx/v5/pgtype"},
	{"pgxpool", "github.com/jackc/pgx/v5/pgxpool"},
	{"uuid", "github.com/google/uuid"},
	{"scope", "github.com/specgen-dev/specgen/scope"},
	{"show", casesModule + "/show"}, {"alike", casesModule + "/alike"},
	{"db", "CASE/db"}, {"auditdb", "CASE/auditdb"}, {"funcs", "CASE/funcs"}, {"gen", "CASE/gen"}, {"places", "CASE/gen"},
}

// scriptSource makes a Go file of a script, which is the body of a function.
func scriptSource(c *caseFile) []byte {
	var b strings.Builder
	b.WriteString("// Package run is the script of a case.\npackage run\n\nimport (\n")
	for _, p := range importable {
		always := p.name == "context" || p.name == "io" || p.name == "pgxpool"
		if used := regexp.MustCompile(`\b` + p.name + `\.`).MatchString(c.script); used || always {
			fmt.Fprintf(&b, "\t%q\n", strings.Replace(p.path, "CASE", casesModule+"/"+c.name, 1))
		}
	}
	b.WriteString(")\n\n// Run runs the script.\nfunc Run(ctx context.Context, pool *pgxpool.Pool, out io.Writer) error {\n")
	b.WriteString(c.script)
	b.WriteString("\treturn nil\n}\n")
	return []byte(b.String())
}

// writeProgram writes the scripts and the program that runs them.
func writeProgram(t *testing.T, root string, cases []*caseFile) {
	t.Helper()
	if err := os.CopyFS(root, os.DirFS("testdata/program")); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n")
	for i, c := range cases {
		writeFile(t, filepath.Join(c.dir, "run", "run.go"), scriptSource(c))
		fmt.Fprintf(&b, "\tcase%d %q\n", i, casesModule+"/"+c.name+"/run")
	}
	b.WriteString(")\n\nvar scripts = map[string]script{\n")
	for i, c := range cases {
		fmt.Fprintf(&b, "\t%q: case%d.Run,\n", c.name, i)
	}
	b.WriteString("}\n")
	writeFile(t, filepath.Join(root, "scripts.go"), []byte(b.String()))
}

// goIn runs the go command in the module. Without the directory's name in what
// it builds, the build cache serves the next run.
func goIn(t *testing.T, root, command string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{command, "-trimpath"}, args...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", command, err, out)
	}
}

type caseAnswer struct{ Name, Output, Error string }

// program is the running program of the cases.
type program struct {
	mu  sync.Mutex // it runs one script at a time
	in  *json.Encoder
	out *json.Decoder
}

// startProgram starts the program. It ends with the test.
func startProgram(t *testing.T, path string) *program {
	t.Helper()
	// The context of a test ends before its cleanup, which ends the program.
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		closed := in.Close()
		if err := errors.Join(closed, cmd.Wait()); err != nil || complaints.Len() > 0 {
			t.Errorf("the program of the cases: %v\n%s", err, &complaints)
		}
	})
	return &program{in: json.NewEncoder(in), out: json.NewDecoder(out)}
}

// schemas are the SQL files of a case's schema.
func (c *caseFile) schemas() []string {
	var schema []string
	for _, f := range c.archive.Files {
		if strings.HasPrefix(f.Name, "schema") {
			schema = append(schema, string(f.Data))
		}
	}
	return schema
}

// run runs a case's script on a database of its own.
func (p *program) run(t *testing.T, c *caseFile) caseAnswer {
	t.Helper()
	return p.runOn(t, c, pgtest.URL(t, c.schemas()...))
}

// runOn runs a case's script on a database that has its schema.
func (p *program) runOn(t *testing.T, c *caseFile, url string) caseAnswer {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.in.Encode(struct{ Name, URL string }{c.name, url}); err != nil {
		t.Fatal(err)
	}
	var a caseAnswer
	if err := p.out.Decode(&a); err != nil {
		if errors.Is(err, io.EOF) {
			t.Fatal("the program ended")
		}
		t.Fatal(err)
	}
	return a
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
