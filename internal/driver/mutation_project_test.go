//go:build !race

package driver_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// An example is a project of this repository, as the mutation test changes it.
type example struct {
	name    string
	funcs   string            // the directory of its Go functions, "" for none
	out     string            // where sqlc generates
	files   map[string]string // specgen.yaml, sqlc.yaml, and the SQL, by path
	schema  []string          // the files of the schema, in order
	queries []string          // those of the queries
	dir     string            // where it is laid out
	inputs  *driver.Inputs
}

func examples() []*example {
	return []*example{
		{name: "rbac", out: "gen/rbacdb"},
		{name: "backendai", out: "backendaidb", funcs: "rbacfunc"},
		{name: "saas", out: "saasdb", funcs: "saasfunc"},
	}
}

// source is where an example is in the repository.
func (x *example) source() string {
	if x.name == "rbac" {
		return "../.."
	}
	return "../../examples/" + x.name
}

// load reads an example. Its specification is written anew, so that what a
// mutant changes is what differs; its Go functions become a package of the
// module at root.
func (x *example) load(t *testing.T, root string) {
	t.Helper()
	x.dir = filepath.Join(root, x.name)
	config := string(readFile(t, x.source()+"/sqlc.yaml"))
	// Packages of the mutants import it.
	x.files = map[string]string{"sqlc.yaml": strings.ReplaceAll(config, "out: internal/", "out: ")}
	for _, dir := range []string{"schema", "queries"} {
		names, err := filepath.Glob(x.source() + "/" + dir + "/*.sql")
		if err != nil || len(names) == 0 {
			t.Fatalf("%s has no %s: %v", x.name, dir, err)
		}
		for _, n := range names {
			name := dir + "/" + filepath.Base(n)
			x.files[name] = string(readFile(t, n))
			if dir == "schema" {
				x.schema = append(x.schema, name)
			} else {
				x.queries = append(x.queries, name)
			}
		}
	}
	spec := string(readFile(t, x.source()+"/specgen.yaml"))
	spec = regexp.MustCompile(`go: \{package: \S+\}`).ReplaceAllString(spec, "go: {package: "+casesModule+"/"+x.name+"/"+x.funcs+"}")
	x.files["specgen.yaml"] = encode(t, parseYAML(t, spec))
	if x.funcs == "" {
		return
	}
	names, err := filepath.Glob(x.source() + "/" + x.funcs + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if !strings.HasSuffix(n, "_test.go") {
			writeFile(t, filepath.Join(x.dir, x.funcs, filepath.Base(n)), readFile(t, n))
		}
	}
}

func parseYAML(t testing.TB, text string) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return &doc
}

func encode(t testing.TB, doc *yaml.Node) string {
	t.Helper()
	var b strings.Builder
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(doc); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// layOut writes the files of an example, with changes, below dir.
func (x *example) layOut(t *testing.T, dir string, changed map[string]string) {
	t.Helper()
	for name, text := range x.files {
		if c, ok := changed[name]; ok {
			text = c
		}
		writeFile(t, filepath.Join(dir, filepath.FromSlash(name)), []byte(text))
	}
	for name, text := range changed {
		if _, ok := x.files[name]; !ok {
			writeFile(t, filepath.Join(dir, filepath.FromSlash(name)), []byte(text))
		}
	}
}

// read loads what a laid out example gives to its specification.
func (x *example) read(t *testing.T) {
	t.Helper()
	var problems diag.List
	x.inputs = driver.LoadInputs(nil, x.dir, []sqlcapi.Config{{Path: "sqlc.yaml"}}, &problems)
	if problems.Len() > 0 {
		t.Fatalf("%s: %v", x.name, problems.Sorted())
	}
}

// runSqlc runs sqlc once on all directories, relative to root, in which examples
// are laid out. It returns what sqlc says of those that it refuses.
func runSqlc(t *testing.T, root string, dirs map[string]*example) map[string]string {
	t.Helper()
	command := []string{"go", "tool", "-modfile=" + filepath.Join(repository(t), "tools", "go.mod"), "sqlc"}
	if path := os.Getenv("SPECGEN_SQLC"); path != "" {
		command = []string{path}
	}
	refused := map[string]string{}
	for range 2 {
		var entries []any
		for dir, x := range dirs {
			if refused[dir] == "" {
				entries = append(entries, x.sqlcEntries(t, dir)...)
			}
		}
		config, err := yaml.Marshal(map[string]any{"version": "2", "sql": entries})
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(root, "sqlc.yaml"), config)
		cmd := exec.CommandContext(t.Context(), command[0], append(slices.Clone(command[1:]), "generate", "-f", filepath.Join(root, "sqlc.yaml"))...)
		cmd.Dir = repository(t) // of which the go command knows the tool
		out, err := cmd.CombinedOutput()
		if err == nil {
			return refused
		}
		known := len(refused)
		for line := range strings.Lines(string(out)) {
			place, message, _ := strings.Cut(line, ": ")
			for dir := range dirs {
				if strings.Contains(filepath.ToSlash(place), dir+"/") && refused[dir] == "" {
					refused[dir] = strings.TrimSpace(message)
				}
			}
		}
		if len(refused) == known {
			t.Fatalf("sqlc generate: %v\n%s", err, out)
		}
	}
	t.Fatal("sqlc refuses more when what it refused is gone")
	return nil
}

func repository(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// sqlcEntries are the entries of an example's sqlc.yaml, from above its
// directory.
func (x *example) sqlcEntries(t *testing.T, dir string) []any {
	t.Helper()
	var config struct{ SQL []map[string]any }
	if err := yaml.Unmarshal([]byte(x.files["sqlc.yaml"]), &config); err != nil {
		t.Fatal(err)
	}
	var entries []any
	for _, e := range config.SQL {
		for _, key := range []string{"schema", "queries"} {
			e[key] = path.Join(dir, fmt.Sprint(e[key]))
		}
		options := e["gen"].(map[string]any)["go"].(map[string]any)
		options["out"] = path.Join(dir, fmt.Sprint(options["out"]))
		entries = append(entries, e)
	}
	return entries
}

var sqlConstant = regexp.MustCompile("(?s)const \\w+ = `-- name: (\\w+) .*?\n`\n")

// generatedBySqlc are the Go files of a directory without their statements and
// comments, and the statements by name: code that differs in them alone is
// compiled once.
func generatedBySqlc(t *testing.T, dir string) (shape string, statements map[string]string) {
	t.Helper()
	names, err := fs.Glob(os.DirFS(dir), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	statements = map[string]string{}
	for _, name := range names {
		text := string(readFile(t, filepath.Join(dir, name)))
		text = sqlConstant.ReplaceAllStringFunc(text, func(c string) string {
			_, sql, _ := strings.Cut(strings.TrimSuffix(c, "`\n"), "`")
			query := sqlConstant.FindStringSubmatch(c)[1]
			statements[query] = sql
			return "const of " + query + "\n"
		})
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(strings.TrimSpace(line), "//") {
				b.WriteString(line)
			}
		}
	}
	return b.String(), statements
}

// configs are what an example's specification names under `sqlc`.
func (x *example) configs() []sqlcapi.Config { return []sqlcapi.Config{{Path: "sqlc.yaml"}} }
