package spec

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/specgen-dev/specgen/internal/diag"
)

// FuzzParse checks that Parse never panics, that each position lies inside the
// file, and that each expression is read back as it is written.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	cases, err := filepath.Glob("../driver/testdata/cases/*.txtar")
	if err != nil || len(cases) == 0 {
		f.Fatalf("there are %d cases: %v", len(cases), err)
	}
	files = append(files, cases...)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(section(archive, specFile))
	}
	f.Add([]byte("\xff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var problems diag.List
		doc := Parse(specFile, text, &problems)
		if doc == nil {
			t.Fatal("no document")
		}
		c := checker{t: t, lines: strings.Split(strings.TrimPrefix(string(text), "\uFEFF"), "\n")}
		for _, p := range problems.Sorted() {
			c.pos(p.Pos)
			for _, r := range p.Related {
				c.pos(r.Pos)
			}
			if p.Code < "SG001" || p.Code > "SG049" || p.Message == "" || strings.Contains(p.Message, "yaml:") {
				t.Errorf("odd problem: %+v", p)
			}
		}
		c.walk(reflect.ValueOf(doc))
	})
}

// FuzzExpression parses one value, and reads back what is written of it.
func FuzzExpression(f *testing.F) {
	for _, seed := range []string{"$a.b", "$go.F($x, \"y\", '${z}', -1.5, null)", "${a}-$$", "$now - 90m", "[a, {b: $c}]", "$uuid($go.G(${x}))"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		for _, in := range []string{text, quoteYAML(text)} {
			var problems diag.List
			if e := parseValue(in, &problems); e != nil {
				checkReadBack(t, e)
			} else if problems.Len() == 0 {
				t.Errorf("%q: no value, and no problem", in)
			}
		}
	})
}

// checkReadBack reports an expression that is another after it was written and
// read, or that takes more than a line.
func checkReadBack(t *testing.T, e Expr) {
	t.Helper()
	written := e.String()
	if strings.ContainsAny(written, "\r\n") {
		t.Errorf("%q is more than a line", written)
	}
	var problems diag.List
	again := parseValue(written, &problems)
	if again == nil || problems.Len() > 0 {
		if strings.Contains(codes(&problems), "SG002") && hasLongKey(e) {
			return // YAML limits a key to 1024 characters
		}
		t.Fatalf("%s is not read back: %s", written, printProblems(t, &problems, []byte(written)))
	}
	if got := again.String(); got != written {
		t.Errorf("%s is read back as %s", written, got)
	}
	if got, want := shape(again), shape(e); got != want {
		t.Errorf("%s is read back as another expression: %s, want %s", written, got, want)
	}
}

func hasLongKey(e Expr) bool {
	switch e := e.(type) {
	case *List:
		for _, item := range e.Items {
			if hasLongKey(item) {
				return true
			}
		}
	case *Map:
		for _, entry := range e.Entries {
			if len(writeKey(entry.Name.Value)) > 500 || hasLongKey(entry.Value) {
				return true
			}
		}
	}
	return false
}

// shape writes an expression without its positions.
func shape(e Expr) string {
	switch e := e.(type) {
	case *Ref:
		return fmt.Sprintf("ref %q %q", e.Root, e.Path)
	case *Call:
		return fmt.Sprintf("call %v %q %s", e.Go, e.Func, shapes(e.Args))
	case *Now:
		return fmt.Sprintf("now %d", e.Offset)
	case *Concat:
		return "concat " + shapes(e.Parts)
	case *Scalar:
		return fmt.Sprintf("scalar %d %q", e.Kind, e.Text)
	case *List:
		return "list " + shapes(e.Items)
	case *Map:
		var b strings.Builder
		for _, entry := range e.Entries {
			fmt.Fprintf(&b, "%q %s;", entry.Name.Value, shape(entry.Value))
		}
		return "map " + b.String()
	default:
		return e.String()
	}
}

func shapes(items []Expr) string {
	var b strings.Builder
	for _, item := range items {
		b.WriteString("(" + shape(item) + ")")
	}
	return b.String()
}

// checker walks a document.
type checker struct {
	t      *testing.T
	lines  []string
	inside bool // an expression
}

func (c checker) pos(p diag.Pos) {
	c.t.Helper()
	if p.File != specFile || p.Line < 1 || p.Line > len(c.lines) || p.Col < 1 || p.Col > utf8.RuneCountInString(c.lines[p.Line-1])+1 {
		c.t.Errorf("%s is not inside the file", p)
	}
}

func (c checker) walk(v reflect.Value) {
	if _, ok := v.Interface().(*ParseLoss); ok {
		return
	}
	if e, ok := v.Interface().(Expr); ok && !c.inside && !v.IsNil() {
		if len(e.String()) < 10_000 { // the rest is a matter of time only
			checkReadBack(c.t, e)
		}
		c.inside = true
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			c.walk(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.walk(v.Index(i))
		}
	case reflect.Struct:
		if p, ok := v.Interface().(diag.Pos); ok {
			c.pos(p)
			return
		}
		for i := range v.NumField() {
			c.walk(v.Field(i))
		}
	}
}
