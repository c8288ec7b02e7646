package sqlcapi_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// TestLoadFuncs runs the archives in testdata/funcs: projects with a package of
// functions that a specgen.yaml names, the last file of each being what is
// reported and what is known of the functions.
func TestLoadFuncs(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/funcs/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no cases in testdata/funcs: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			wanted := len(archive.Files) - 1
			if archive.Files[wanted].Name != "want" {
				t.Fatal("the last file of the archive is not named want")
			}
			root := t.TempDir()
			for _, f := range archive.Files[:wanted] {
				write(t, filepath.Join(root, filepath.FromSlash(f.Name)), f.Data)
			}
			spec := archive.Files[0]
			base := filepath.Join(root, filepath.Dir(filepath.FromSlash(spec.Name)))
			importPath, pos := namedPackage(t, string(spec.Data))
			var problems diag.List
			funcs := sqlcapi.LoadFuncs(nil, base, importPath, pos, &problems)
			if (funcs == nil) != problems.HasErrors() {
				t.Errorf("there are functions: %t, and there are errors: %t", funcs != nil, problems.HasErrors())
			}
			got := printProblems(t, &problems, func(file string) []byte {
				data, _ := os.ReadFile(filepath.Join(base, filepath.FromSlash(file)))
				return data
			})
			got += dumpFuncs(funcs)
			if os.Getenv("SPECGEN_UPDATE") != "" {
				archive.Files[wanted].Data = []byte(got)
				write(t, path, txtar.Format(archive))
				return
			}
			if diff := cmp.Diff(string(archive.Files[wanted].Data), got); diff != "" {
				t.Errorf("problems and functions (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLoadFuncsOfNothing gives no package, which is no problem: not every
// specification needs functions.
func TestLoadFuncsOfNothing(t *testing.T) {
	t.Parallel()
	var problems diag.List
	if funcs := sqlcapi.LoadFuncs(nil, t.TempDir(), "", diag.Pos{}, &problems); funcs != nil || problems.Len() > 0 {
		t.Errorf("LoadFuncs of no package = %v, with %d problems", funcs, problems.Len())
	}
}

// TestImportPath asks for the path of a directory that is still to be made.
func TestImportPath(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, filepath.Join(root, "go.mod"), []byte("module example.com/app\n"))
	var problems diag.List
	got, ok := sqlcapi.ImportPath(nil, filepath.Join(root, "api"), "gen/rbac", diag.Pos{}, &problems)
	if want := "example.com/app/api/gen/rbac"; !ok || got != want || problems.Len() > 0 {
		t.Errorf("ImportPath = %q, %t, with %d problems; want %q", got, ok, problems.Len(), want)
	}
}

// BenchmarkLoadFuncs keeps reading at milliseconds: it is done on every run.
func BenchmarkLoadFuncs(b *testing.B) {
	const importPath = "github.com/specgen-dev/specgen/internal/sqlcapi/testdata/default/db"
	b.ReportAllocs()
	for b.Loop() {
		var problems diag.List
		funcs := sqlcapi.LoadFuncs(nil, "testdata", importPath, diag.Pos{File: "specgen.yaml"}, &problems)
		if len(funcs) != 1 || funcs["New"] == nil || problems.Len() > 0 {
			b.Fatal("not what was expected was read")
		}
	}
}

// namedPackage finds the import path in a specification, and where it is.
func namedPackage(t *testing.T, spec string) (string, diag.Pos) {
	t.Helper()
	at := regexp.MustCompile(`package: ([^\s}]*)`).FindStringSubmatchIndex(spec)
	if at == nil {
		t.Fatal("the first file of the archive names no package")
	}
	before := spec[:at[2]]
	line := before[strings.LastIndex(before, "\n")+1:]
	return spec[at[2]:at[3]], diag.Pos{File: "specgen.yaml", Line: strings.Count(before, "\n") + 1, Col: utf8.RuneCountInString(line) + 1}
}

func dumpFuncs(funcs map[string]*sqlcapi.Func) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(funcs)) {
		f := funcs[name]
		fmt.Fprintf(&b, "%s %q.%s at %s\n", f.PkgName, f.Pkg, f.Name, f.Pos)
		if name != f.Name {
			fmt.Fprintf(&b, "  under the name %s\n", name)
		}
		if f.Doc != "" {
			fmt.Fprintf(&b, "  doc %q\n", f.Doc)
		}
		if f.Unsupported != "" {
			fmt.Fprintf(&b, "  cannot be called: %s\n", f.Unsupported)
		}
		if f.Unsupported == "" || f.Context || f.Fails || f.Params != nil || !f.Result.IsZero() {
			params := make([]string, len(f.Params))
			for i, p := range f.Params {
				params[i] = spell(p)
			}
			fmt.Fprintf(&b, "  context=%t (%s) %s fails=%t\n", f.Context, strings.Join(params, ", "), spell(f.Result), f.Fails)
		}
	}
	return b.String()
}
