package code_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/code"
)

// Every code that the sources report has a page, and every page's code is
// reported somewhere.
func TestEveryCodeHasAPage(t *testing.T) {
	t.Parallel()
	used := map[string]string{}
	quoted := regexp.MustCompile(`"(SG\d{3})"`)
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && e.Name() == "testdata" {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
			used[m[1]] = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(used) < 100 {
		t.Fatalf("the sources use %d codes: the walk is broken", len(used))
	}
	for c, path := range used {
		if _, ok := code.Find(c); !ok {
			t.Errorf("%s, which %s reports, has no page", c, path)
		}
	}
	for _, c := range code.Codes() {
		if used[c] == "" {
			t.Errorf("%s has a page, and nothing reports it", c)
		}
	}
}

func TestPagesAreComplete(t *testing.T) {
	t.Parallel()
	titles := map[string]string{}
	for _, c := range code.Codes() {
		p, ok := code.Find(c)
		if !ok {
			t.Errorf("the page of %s is malformed", c)
			continue
		}
		if p.Title == "" || strings.HasSuffix(p.Title, ".") || len(p.About) < 40 || len(p.Cure) < 10 || len(p.Example) == 0 {
			t.Errorf("the page of %s is not complete", c)
		}
		if !slices.Contains([]string{code.Error, code.Warning, code.Note, code.Lint, code.Hint}, p.Severity) {
			t.Errorf("%s has the severity %q", c, p.Severity)
		}
		for _, prose := range append(strings.Split(p.About, "\n\n"), p.Cure) {
			if !strings.HasSuffix(prose, ".") || strings.Contains(prose, "\n") {
				t.Errorf("%s: %q is not one paragraph of sentences", c, prose)
			}
		}
		if other := titles[p.Title]; other != "" {
			t.Errorf("%s and %s have the same title", c, other)
		}
		titles[p.Title] = c
	}
}

func TestFindUnknown(t *testing.T) {
	t.Parallel()
	for _, c := range []string{"SG999", "", "sg201", "../code", "SG201.md"} {
		if _, ok := code.Find(c); ok {
			t.Errorf("%q has a page", c)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	p, ok := code.Find("SG104")
	if !ok {
		t.Fatal("no page")
	}
	want := `warning[SG104]: a foreign key to what is not there

A foreign key refers to a table or a column that the schema
does not have, or to another number of columns. PostgreSQL
would refuse it. The order of inserts and deletes cannot be
checked against it.

So it is when the two columns are of types that cannot be
compared, such as uuid and text, or when the columns that it
refers to are no key.

At the end of schema/schema.sql:

    CREATE TABLE colours (id uuid PRIMARY KEY, palette_id uuid REFERENCES palettes);

Cure: Correct the name, or add the file that creates the
table to ` + "`schema`" + ` in sqlc.yaml.
`
	if diff := cmp.Diff(want, p.Text(60)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for line := range strings.Lines(p.Text(0)) {
		if n := utf8.RuneCountInString(line); n > 41 && !strings.HasPrefix(line, "    ") {
			t.Errorf("a line has %d characters: %q", n, line)
		}
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	p, ok := code.Find("SG104")
	if !ok {
		t.Fatal("no page")
	}
	want := "## SG104: a foreign key to what is not there\n\nSeverity: warning.\n\n" + p.About +
		"\n\nAt the end of schema/schema.sql:\n\n```sql\n" + p.Example[0].Text + "```\n\nCure: " + p.Cure + "\n"
	if diff := cmp.Diff(want, p.Markdown(2)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
