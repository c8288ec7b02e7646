//go:build !race

package driver_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

// compilation is the Go code of many mutants in one program.
type compilation struct {
	root     string
	imports  map[string]string            // the import path of sqlc's code, by variant
	failed   map[string]string            // what the compiler says, by variant
	shapes   map[string]string            // of sqlc's code, by directory
	original map[string]map[string]string // the statements of each example
}

func newCompilation(t *testing.T, root string, all []*example) *compilation {
	c := &compilation{root: root, imports: map[string]string{}, failed: map[string]string{}, shapes: map[string]string{}, original: map[string]map[string]string{}}
	for _, x := range all {
		c.shapes[x.name], c.original[x.name] = generatedBySqlc(t, filepath.Join(x.dir, filepath.FromSlash(x.out)))
	}
	return c
}

// add finds or makes the variant that is a mutant's code: two mutants of which
// the same code is generated are compiled once.
func (c *compilation) add(t *testing.T, m *mutant) {
	t.Helper()
	x := m.example
	db := casesModule + "/" + x.name + "/" + x.out
	shape := c.shapes[x.name]
	if m.dir != x.name && !m.stale {
		shape, m.sql = generatedBySqlc(t, filepath.Join(c.root, m.dir, filepath.FromSlash(x.out)))
		for name, sql := range m.sql {
			if sql == c.original[x.name][name] {
				delete(m.sql, name)
			}
		}
		if shape != c.shapes[x.name] {
			db = casesModule + "/" + m.dir + "/" + x.out
		}
	}
	sum := sha256.New()
	fmt.Fprint(sum, x.name, shape)
	texts := map[string]string{}
	for _, f := range m.files {
		text := strings.ReplaceAll(string(f.Text), casesModule+"/"+m.dir+"/"+x.out, "@sqlc")
		text = strings.ReplaceAll(text, casesModule+"/"+x.name+"/"+x.out, "@sqlc")
		fmt.Fprint(sum, f.Name, text)
		texts[f.Name] = text
	}
	m.variant = fmt.Sprintf("v%x", sum.Sum(nil)[:6])
	if c.imports[m.variant] != "" {
		return
	}
	c.imports[m.variant] = db
	for name, text := range texts {
		writeFile(t, filepath.Join(c.root, "v", m.variant, name), []byte(strings.ReplaceAll(text, "@sqlc", db)))
	}
}

var compilerHeader = regexp.MustCompile(`(?m)^# (\S+)\n(.*)$`)

// build compiles all variants, and a program of those that compile.
func (c *compilation) build(t *testing.T) (binary string) {
	t.Helper()
	out, err := c.goCommand(t, "build", "./v/...")
	if err != nil {
		var bad = map[string]string{}
		for _, m := range compilerHeader.FindAllStringSubmatch(string(out), -1) {
			bad[m[1]] = m[2]
		}
		for v, db := range c.imports {
			if why := bad[casesModule+"/v/"+v] + bad[db]; why != "" {
				c.failed[v] = why
			}
		}
		if len(c.failed) == 0 {
			t.Fatalf("go build: %v\n%s", err, out)
		}
	}
	program := filepath.Join(c.root, "program")
	for dir, from := range map[string]string{program: "testdata/mutation/program", filepath.Join(c.root, "stepwise"): "../stepwise"} {
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	var imports, entries strings.Builder
	for v := range c.imports {
		if c.failed[v] == "" {
			fmt.Fprintf(&imports, "\t%s %q\n", v, casesModule+"/v/"+v)
			fmt.Fprintf(&entries, "\t%q: %s.NewProvider,\n", v, v)
		}
	}
	writeFile(t, filepath.Join(program, "variants.go"), []byte("package main\n\nimport (\n"+imports.String()+")\n\nvar variants = map[string]any{\n"+entries.String()+"}\n"))
	binary = filepath.Join(c.root, "mutants")
	if out, err := c.goCommand(t, "build", "-o", binary, "./program"); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

func (c *compilation) goCommand(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{args[0], "-trimpath", "-gcflags=" + casesModule + "/...=-N -l"}, args[1:]...)...)
	cmd.Dir = c.root
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	return cmd.CombinedOutput()
}

type act struct{ Name, Outcome, Rows, Note string }

type execution struct {
	ID      string
	Acts    []act
	Columns map[string][]string
	Types   map[string]string
	Error   string
}

type executionRequest struct {
	ID, Project, Variant string
	Schema               []string
	SQL                  map[string]string
	Columns              map[string][]string
	Types                map[string]string
	Want                 []act
}

// player is the running program of the mutants.
type player struct {
	in  *json.Encoder
	out *json.Decoder
}

func startPlayer(t *testing.T, binary string, databases int) *player {
	t.Helper()
	var urls []string
	for i := range databases {
		urls = append(urls, pgtest.URL(t, fmt.Sprintf("-- database %d of the mutants", i)))
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), binary, urls...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			t.Errorf("the program of the mutants: %v", err)
		}
	})
	return &player{in: json.NewEncoder(in), out: json.NewDecoder(out)}
}

// play executes the mutants, several at a time, and returns what each did up to
// the first difference from its original.
func (p *player) play(t *testing.T, all []*mutant, originals map[string]execution) map[string]execution {
	t.Helper()
	sent := make(chan error, 1)
	go func() {
		defer close(sent)
		for _, m := range all {
			var schema []string
			for _, name := range m.example.schemaFiles(m.changed) {
				schema = append(schema, m.text(name))
			}
			r := executionRequest{ID: m.name(), Project: m.example.name, Variant: m.variant, Schema: schema, SQL: m.sql, Columns: originals[m.example.name].Columns, Types: originals[m.example.name].Types, Want: originals[m.example.name].Acts}
			if err := p.in.Encode(r); err != nil {
				sent <- err
				return
			}
		}
	}()
	answers := map[string]execution{}
	for range all {
		var a execution
		if err := p.out.Decode(&a); err != nil {
			if errors.Is(err, io.EOF) {
				t.Fatal("the program of the mutants ended")
			}
			t.Fatal(err)
		}
		answers[a.ID] = a
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	return answers
}

// text is a file of a mutant.
func (m *mutant) text(name string) string {
	if text, ok := m.changed[name]; ok {
		return text
	}
	return m.example.files[name]
}

// schemaFiles are the files of the schema, with those that a mutant adds.
func (x *example) schemaFiles(changed map[string]string) []string {
	names := slices.Clone(x.schema)
	for name := range changed {
		if strings.HasPrefix(name, "schema/") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// harmOf says what an execution did otherwise than that of the original.
func harmOf(original, a execution) string {
	for i, want := range original.Acts {
		if i >= len(a.Acts) {
			return "it ends after " + original.Acts[i-1].Name
		}
		got := a.Acts[i]
		switch {
		case want.Outcome != got.Outcome && want.Outcome == "done":
			return "refused: " + got.Name + ": " + strings.TrimSpace(got.Note)
		case want.Outcome != got.Outcome:
			return got.Name + " is " + got.Outcome + ", and not " + want.Outcome
		case want.Rows != got.Rows:
			return "other rows: " + got.Name
		}
	}
	return ""
}
