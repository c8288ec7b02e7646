package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// findGenerated makes sure that the declarations of a block are in the package
// of base, which was generated into dir.
func findGenerated(t *testing.T, dir string, e *example) {
	t.Helper()
	var code strings.Builder
	for _, file := range glob(t, filepath.Join(dir, "scopes", "*.go")) {
		code.WriteString(plain(read(t, file)))
	}
	for _, shown := range regexp.MustCompile(`(?ms)^type .*?^}$|^(?:func|var) .*?$`).FindAllString(e.text, -1) {
		want := plain(shown)
		if strings.HasPrefix(shown, "func ") {
			want += " {"
		}
		if !strings.Contains(code.String(), want+"\n") {
			t.Errorf("%s: this is not generated:\n%s", e.place(), want)
		}
	}
}

// plain drops whole-line comments, and makes every run of blanks one: gofmt
// aligns fields by what is around them.
func plain(code string) string {
	code = regexp.MustCompile(`(?m)^\s*//.*\n`).ReplaceAllString(code, "")
	return regexp.MustCompile(`[ \t]+`).ReplaceAllString(code, " ")
}

// The page of the generated API names everything that the package of base
// exports for the scope workspace and for all scopes, and everything of package
// scope that its callers meet.
func TestAPIIsComplete(t *testing.T) {
	t.Parallel()
	page := read(t, "api.md")
	dir := newModule(t)
	base := baseOf(t, readExamples(t, reference))
	generate(t, dir, base, base.text)
	other := regexp.MustCompile(`^[^E].*(Organisation|Environment)|^(Organisation|Environment)`) // and no error
	names := exported(t, filepath.Join(dir, "scopes", "*.go"), func(of string) bool { return !other.MatchString(of) })
	maps.DeleteFunc(names, func(name string, _ bool) bool { return other.MatchString(name) && name != "OrganisationID" })
	for name := range exported(t, filepath.Join("..", "scope", "*.go"), func(string) bool { return false }) {
		ours := strings.HasPrefix(name, "Err") || strings.HasPrefix(name, "With") || strings.HasSuffix(name, "Error") || strings.HasSuffix(name, "Spec")
		if ours {
			names["scope."+name] = true
		}
	}
	if len(names) < 50 {
		t.Errorf("%d names were found: some are lost", len(names))
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		// Not as a part of another name, such as a singular in its plural.
		if name = strings.Replace(name, "scope.ItemError", "ItemError", 1); !regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`).MatchString(page) {
			t.Errorf("api.md does not name %s", name)
		}
	}
}

// exported returns the exported names that files declare, with the methods and
// fields of those types that members asks for.
func exported(t *testing.T, pattern string, members func(of string) bool) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	add := func(ids ...*ast.Ident) {
		for _, id := range ids {
			if id.IsExported() {
				names[id.Name] = true
			}
		}
	}
	for _, file := range glob(t, pattern) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil || members(receiver(d)) {
					add(d.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.ValueSpec:
						add(s.Names...)
					case *ast.TypeSpec:
						add(s.Name)
						if fields, ok := s.Type.(*ast.StructType); ok && s.Name.IsExported() && members(s.Name.Name) {
							for _, field := range fields.Fields.List {
								add(field.Names...)
							}
						}
					}
				}
			}
		}
	}
	return names
}

func receiver(d *ast.FuncDecl) string {
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, _ := typ.(*ast.Ident) // nil for a generic type
	if id == nil {
		return ""
	}
	return id.Name
}
