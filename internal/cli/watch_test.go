package cli_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestWatch runs `specgen generate --watch` as a user does, who edits files,
// breaks them, replaces them by others as editors do, and interrupts the command.
// What the command says is what the test waits for.
func TestWatch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "project"))); err != nil {
		t.Fatal(err)
	}
	file := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(file(name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(file(name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	write("go.mod", "module example.com/app\n")
	spec := read("specgen.yaml")

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a command that hangs is killed
	defer cancel()
	cmd := exec.CommandContext(ctx, "specgen", "generate", "--watch")
	cmd.Dir = dir
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	// expect waits until one round of what the command says has all parts. There may
	// be rounds before: a file may be found half written.
	expect := func(when string, parts ...string) {
		t.Helper()
		var all, round strings.Builder
		for lines.Scan() {
			round.WriteString(lines.Text() + "\n")
			if !strings.Contains(lines.Text(), "; waiting for a change in ") {
				continue
			}
			missing := func(part string) bool { return !strings.Contains(round.String(), part) }
			if !slices.ContainsFunc(parts, missing) {
				return
			}
			all.WriteString(round.String())
			round.Reset()
		}
		t.Fatalf("%s: the command ended without having said %q; it said:\n%s%s", when, parts, &all, &round)
	}

	expect("at first", "specgen: wrote gen/scopes/team_scope.go\n", "specgen: up to date;")

	write("specgen.yaml", strings.Replace(spec, "CreateTeam", "CreateTaem", 1))
	expect("a mistake", `error[SG201]: no query is named "CreateTaem"`, "specgen: nothing was written;")
	write("specgen.yaml", "scopes: [")
	expect("half a file", "error[SG", "specgen: nothing was written;")
	if err := os.Remove(file("specgen.yaml")); err != nil {
		t.Fatal(err)
	}
	expect("no file", "reading the specification: ", "specgen: nothing was written;")
	write("new", strings.Replace(spec, "  team:", "  team:\n    doc: A team works together.", 1))
	if err := os.Rename(file("new"), file("specgen.yaml")); err != nil {
		t.Fatal(err)
	}
	expect("a file put in its place", "specgen: wrote gen/scopes/team_scope.go\n", "specgen: up to date;")
	if !strings.Contains(read("gen/scopes/team_scope.go"), "A team works together.") {
		t.Error("the file is not what the specification says")
	}

	// sqlc takes its directory away, and writes it again.
	if err := os.Rename(file("db"), file("db.old")); err != nil {
		t.Fatal(err)
	}
	expect("no Go of sqlc", "error[SG", "specgen: nothing was written;")
	if err := os.Rename(file("db.old"), file("db")); err != nil {
		t.Fatal(err)
	}
	expect("the Go is back", "specgen: up to date;")

	// The schema is among the files, and queries are.
	schema := read("schema.sql")
	write("schema.sql", "CREATE TABLE (")
	expect("a broken schema", "schema.sql", "specgen: nothing was written;")
	write("schema.sql", schema)
	expect("the schema is right again", "specgen: up to date;")
	write("queries.sql", read("queries.sql")+"\n-- name: NotMadeYet :exec\nDELETE FROM teams;\n")
	expect("a query that sqlc was not run for", "NotMadeYet")

	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		t.Errorf("it says after the interrupt: %s", lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("an interrupted watch ended with %v", err)
	}
}
