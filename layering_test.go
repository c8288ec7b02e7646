package specgen_test

import (
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const modulePath = "github.com/specgen-dev/specgen"

// Modules that the table of layers names by what they are for.
const (
	pgx      = "github.com/jackc/pgx/v5"
	yaml     = "gopkg.in/yaml.v3"
	sqlAST   = "github.com/sqlc-dev/oliphant"
	jennifer = "github.com/dave/jennifer"
	cobra    = "github.com/spf13/cobra"
	modfile  = "golang.org/x/mod/modfile"
	goCmp    = "github.com/google/go-cmp"
	lineDiff = "github.com/rogpeppe/go-internal/diff"
)

// layer is one package and what its files, tests aside, may import beside the
// standard library: packages of this module by their path below its root, and
// others by a prefix of theirs. A path that ends in "/..." stands for all below it.
type layer struct {
	pkg  string
	may  []string
	does string
}

// layers is the table of ARCHITECTURE.md: the pipeline goes one way, and neither
// a parser's nor a printer's types leave the package that owns them.
func layers() []layer {
	return []layer{
		{pkg: ".", does: "documents the module"},
		{pkg: "internal/diag", does: "positions and problems"},
		{pkg: "internal/code", does: "explains the codes of problems"},
		{pkg: "internal/disk", does: "reads files, and knows which"},
		{pkg: "internal/goname", does: "how Go things are named"},
		{pkg: "internal/spec", may: []string{yaml, "internal/diag"}, does: "parses specgen.yaml"},
		{pkg: "internal/sqlcapi", may: []string{yaml, modfile, "internal/diag", "internal/disk", "internal/goname"}, does: "reads what sqlc generated"},
		{pkg: "internal/schema", may: []string{sqlAST, "internal/diag"}, does: "reads the SQL"},
		{pkg: "internal/model", may: []string{"internal/diag", "internal/goname", "internal/spec", "internal/sqlcapi", "internal/schema"},
			does: "resolves the document"},
		{pkg: "internal/check", may: []string{"internal/diag", "internal/model", "internal/schema"}, does: "checks it against the schema"},
		{pkg: "internal/plan", may: []string{"internal/diag", "internal/goname", "internal/model"}, does: "builds the coordinators"},
		{pkg: "internal/emit", may: []string{jennifer, "internal/goname", "internal/plan"}, does: "prints them as Go"},
		{pkg: "internal/driver", may: []string{lineDiff, "internal/diag", "internal/disk", "internal/goname", "internal/spec", "internal/sqlcapi", "internal/schema",
			"internal/model", "internal/check", "internal/plan", "internal/emit", "internal/code"}, does: "runs the stages"},
		{pkg: "internal/breaking", may: []string{"internal/diag", "internal/goname", "internal/model", "internal/plan", "internal/schema"},
			does: "tells what a change means"},
		{pkg: "internal/gittree", does: "lays out the files of a commit"},
		{pkg: "internal/report", may: []string{"internal/code", "internal/diag"}, does: "writes problems for tools"},
		// The root package holds the reference RBAC, which init --example writes.
		{pkg: "internal/scaffold", may: []string{modfile, modulePath, "internal/diag", "internal/goname", "internal/spec", "internal/schema", "internal/sqlcapi", "internal/driver"},
			does: "writes the first specification of a project"},
		{pkg: "internal/scaffold/example", may: []string{pgx, "gen/...", "schema"}, does: "the program of init --example"},
		{pkg: "internal/explain", may: []string{"internal/plan"}, does: "writes plans as JSON and Markdown"},
		{pkg: "internal/graph", may: []string{"internal/plan"}, does: "draws plans"},
		{pkg: "internal/cli", may: []string{cobra, "internal/scaffold", "internal/breaking", "internal/code", "internal/diag", "internal/disk", "internal/driver",
			"internal/explain", "internal/gittree", "internal/graph", "internal/plan", "internal/report", "internal/spec"}, does: "the command line"},
		{pkg: "cmd/specgen", may: []string{"internal/cli"}, does: "the command"},
		{pkg: "scope", may: []string{pgx, "scope/internal/..."}, does: "what applications use"},
		// pgxpool too: to let COMMIT travel with the last statements, the runtime
		// holds the connection itself, and only the pool can hand it out.
		{pkg: "scope/runtime", may: []string{pgx, "scope", "scope/internal/..."}, does: "what generated code calls"},
		{pkg: "scope/internal/...", may: []string{pgx}, does: "what scope and scope/runtime share"},
		{pkg: "scope/scopetest", may: []string{pgx, "scope", "internal/stepwise"}, does: "the conformance suite"},
		{pkg: "schema", does: "embeds the DDL of the reference RBAC"},
		{pkg: "gen/...", may: []string{pgx, "scope", "scope/runtime", "gen/..."}, does: "the reference RBAC"},
		{pkg: "internal/pglocal", may: []string{pgx}, does: "a throwaway PostgreSQL"},
		{pkg: "internal/pglocal/pgtest", may: []string{pgx, "internal/pglocal"}, does: "a database for each test"},
		{pkg: "internal/faultdb", may: []string{pgx, goCmp}, does: "makes statements fail in tests"},
		{pkg: "internal/stepwise", may: []string{pgx}, does: "sends the statements of a batch one by one"},
		{pkg: "internal/pgproxy", may: []string{pgx}, does: "cuts connections and makes the server fail in tests"},
		// The quickstart shows the generator at work, too.
		{pkg: "examples/quickstart", may: []string{pgx, "scope", "gen/...", "schema", "internal/pglocal", "internal/driver", "internal/plan"},
			does: "the demonstration"},
		// Other examples are consumers, but for the server that they run on.
		{pkg: "examples/...", may: []string{pgx, "scope", "scope/runtime", "gen/...", "examples/...", "internal/pglocal"}, does: "consuming projects"},
	}
}

func TestLayers(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, f := range sourceFiles(t) {
		if f.module != "." || f.isTest() {
			continue
		}
		rule, ok := layerOf(f.dir())
		if !ok {
			t.Errorf("%s: package %s has no line in the table of layers", f.path, f.dir())
			continue
		}
		used[rule.pkg] = true
		for _, spec := range f.syntax.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatalf("%s: %v", f.path, err)
			}
			if !rule.allows(imported) {
				t.Errorf("%s: %s (%s) must not import %s; it may import %s", f.position(spec.Pos()), rule.pkg, rule.does, imported,
					rule.allowed())
			}
		}
	}
	for _, required := range []string{"internal/diag", "internal/spec", "scope", "internal/pglocal/pgtest"} {
		if !used[required] {
			t.Errorf("no file of %s was seen: the walk is broken", required)
		}
	}
}

func TestLayersTellPackagesApart(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		dir, imported string
		want          bool
	}{
		{"internal/plan", "strings", true},
		{"internal/plan", modulePath + "/internal/model", true},
		{"internal/plan", modulePath + "/internal/models", false},
		{"internal/plan", modulePath + "/internal/spec", false},
		{"internal/plan", jennifer + "/jen", false},
		{"internal/emit", jennifer + "/jen", true},
		{"internal/diag", yaml, false},
		{"scope", pgx, true},
		{"scope", pgx + "/pgconn", true},
		{"scope", "github.com/jackc/pgx/v55", false},
		{"scope", modulePath + "/scope/internal/fault", true},
		{"scope", modulePath + "/scope/runtime", false},
		{"scope/runtime", pgx + "/pgxpool", true},
		{"scope/runtime", modulePath + "/scope", true},
		{"scope/runtime", modulePath + "/gen/rbac", false},
		{"gen/rbac", modulePath + "/gen/rbacdb", true},
		{"gen/rbac", modulePath + "/internal/diag", false},
	} {
		rule, ok := layerOf(tc.dir)
		if !ok {
			t.Fatalf("%s has no line in the table", tc.dir)
		}
		if got := rule.allows(tc.imported); got != tc.want {
			t.Errorf("%s may import %s: %v, want %v", tc.dir, tc.imported, got, tc.want)
		}
	}
}

// layerOf returns the rule of the package in dir.
func layerOf(dir string) (layer, bool) {
	all := layers()
	i := slices.IndexFunc(all, func(l layer) bool { return matches(dir, l.pkg) })
	if i < 0 {
		return layer{}, false
	}
	return all[i], true
}

func (l layer) allows(imported string) bool {
	own, inModule := strings.CutPrefix(imported, modulePath+"/")
	first, _, _ := strings.Cut(imported, "/")
	if !inModule && !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(l.may, func(m string) bool {
		if inModule {
			return matches(own, m)
		}
		return below(imported, m)
	})
}

func (l layer) allowed() string {
	text := "the standard library"
	if len(l.may) > 0 {
		text += ", " + strings.Join(l.may, ", ")
	}
	return text
}

// matches reports whether dir is pattern, or below it where it ends in "/...".
func matches(dir, pattern string) bool {
	if parent, ok := strings.CutSuffix(pattern, "/..."); ok {
		return below(dir, parent)
	}
	return dir == pattern
}

func below(p, parent string) bool {
	return p == parent || strings.HasPrefix(path.Clean(p), parent+"/")
}

// TestScopeLinksOnlyPgx holds what a consumer's binary links for the runtime:
// the standard library, pgx, and what pgx itself needs.
func TestScopeLinksOnlyPgx(t *testing.T) {
	t.Parallel()
	needed := []string{modulePath + "/scope", pgx, "github.com/jackc/pgpassfile", "github.com/jackc/pgservicefile", "golang.org/x/text"}
	for pkg, more := range map[string][]string{
		"./scope":         nil,
		"./scope/runtime": {"github.com/jackc/puddle/v2", "golang.org/x/sync"}, // of pgxpool
	} {
		out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", pkg).Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		listed := strings.Fields(string(out))
		if !slices.Contains(listed, pgx) {
			t.Fatalf("go list did not name pgx: %s", out)
		}
		for _, path := range listed {
			if !slices.ContainsFunc(slices.Concat(needed, more), func(n string) bool { return below(path, n) }) {
				t.Errorf("%s links %s", pkg, path)
			}
		}
	}
}

// TestCommandLinks holds which modules a consumer's tools module gets with the
// command, and mousetrap on Windows.
func TestCommandLinks(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "./cmd/specgen").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	got := strings.Fields(string(out))
	slices.Sort(got)
	want := []string{"github.com/dave/jennifer", "github.com/rogpeppe/go-internal", "github.com/spf13/cobra", "github.com/spf13/pflag",
		"github.com/sqlc-dev/oliphant", "golang.org/x/mod", "google.golang.org/protobuf", "gopkg.in/yaml.v3"}
	if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
