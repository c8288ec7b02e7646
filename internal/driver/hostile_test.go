package driver_test

import (
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/emit"
)

// hostileSpec has the text TEXT in every place of a specification that takes any
// text, and CONSTRAINT where the name of a constraint stands.
const hostileSpec = `version: 1
sqlc: sqlc.yaml
output: {dir: scopes, package: scopes}
go: {package: example.com/teams/rules}
context: {actor: {type: uuid, doc: TEXT}}
data:
  builtin: {key: name, rows: [{name: TEXT, auto_assign: true, grants: [{object: TEXT, action: TEXT}]}]}
scopes:
  organisation:
    ignore: {SG532: the foreign key is enough}
    doc: TEXT
    type: TEXT
    inputs:
      hello: {type: text, default: TEXT, doc: TEXT}
      many: {type: "[]text", doc: TEXT, default: [TEXT]}
    row: {query: CreateOrganisation, with: {id: $new.uuid, name: "${input.name}ADDED"}}
    create:
      - {query: CreateRole, as: first, with: {id: $new.uuid, name: TEXT, auto_assign: true}, when: {all: [{equal: [$input.hello, TEXT]}, {set: $input.many}]}}
      - for: b in $data.builtin
        do:
          - {query: CreateRole, as: role, into: roles, with: {id: $new.uuid}}
          - {for: g in $b.grants, do: [{query: CreateGrant, with: {id: $new.uuid}}]}
      - {query: ListRolePresets, as: presets}
      - for: p in $presets
        where: {name: {in: [TEXT, other]}}
        do: [{query: CreateRole, as: again, with: {id: $new.uuid, name: "$go.RoleName($p, $scope.type, $input.hello)"}}]
      - {query: InsertEvent, with: {id: $new.uuid, actor: $context.actor, action: TEXT, at: $now}}
    result: [roles]
    purge:
      lock: LockOrganisationForPurge
      refuse: [{query: CountTeams, with: {organisation_id: $scope.id}, error: ErrTeams}]
      row: DeleteOrganisation
      keep: [roles, grants, events]
    errors: {CONSTRAINT: ErrTaken}
  workspace:
    row: {query: CreateWorkspace, with: {id: $new.uuid, kind: team, settings: {TEXT: [TEXT, 1]}}}
`

// hostileSQL is added to the schema.
const hostileSQL = `
ALTER TABLE organisations ADD CONSTRAINT CONSTRAINT_ UNIQUE (name, seats_left);
COMMENT ON COLUMN organisations.name IS TEXT_;
COMMENT ON TABLE organisations IS TEXT_;
COMMENT ON COLUMN workspaces.note IS TEXT_;
`

// FuzzHostileText puts a text into every place of a specification and a schema
// that takes any, and makes sure that the generated code is, strings and comments
// aside, that which a harmless text gives.
func FuzzHostileText(f *testing.F) {
	for _, text := range []string{
		"*/ func init() { panic(1) } /*", "a\nfunc init() {}\n", "\r\nimport \"os\"", "`+os.Exit(1)+`", `" + os.Exit(1) + "`, `\`, `\"`, "'", "%s%d%!",
		"\u2028func init() {}\u2029", "\u0085x", "//go:build ignore", "\n//go:generate rm -rf /", "\n//line x.go:1", "go:embed x\n+build ignore", "${input.name}$$",
		"\ufeff", "\u202e\u2066", "\x7f\x1b[2J", "{{.}}", "Deprecated: no\n\n\tcode\n# head", strings.Repeat("long ", 100), "日本語", "-- x\n; DROP TABLE roles;", "1) + f(", "\t\v\f", ".",
	} {
		f.Add(text)
	}
	harmless := codeOf(f, "harmless")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.TrimSpace(text) == "" || strings.Contains(text, "\x00") {
			return // PostgreSQL has no such text, and YAML no such character
		}
		if text == "other" || len(yamlText(text)) > 900 {
			return // a duplicate in the list, or more than YAML allows in a key
		}
		if diff := cmp.Diff(harmless, codeOf(t, text)); diff != "" {
			t.Errorf("%q changes the code (-harmless +hostile):\n%s", text, diff)
		}
	})
}

// codeOf generates the package with a text, and returns its tokens but for
// strings and comments.
func codeOf(t testing.TB, text string) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../docs/testdata/teams")); err != nil {
		t.Fatal(err)
	}
	quoted := yamlText(strings.ReplaceAll(text, "$", "$$"))
	name := text
	if len(name) > 63 {
		name = "long" // PostgreSQL cuts names at 63 bytes
	}
	constraint := strings.ReplaceAll(name, "\"", "\"\"")
	document := strings.NewReplacer("TEXT", quoted, "CONSTRAINT", yamlText(name), "ADDED\"", quoted[1:]).Replace(hostileSpec)
	sql := strings.NewReplacer("CONSTRAINT_", `"`+constraint+`"`, "TEXT_", "'"+strings.ReplaceAll(text, "'", "''")+"'").Replace(hostileSQL)
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("go.mod", "module example.com/teams\n\ngo 1.25\n")
	put("specgen.yaml", document)
	schema, err := os.ReadFile(filepath.Join(dir, "schema", "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	put("schema/schema.sql", string(schema)+sql)
	g, err := driver.Generate(filepath.Join(dir, "specgen.yaml"))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if slices.ContainsFunc(g.Problems.Sorted(), func(p diag.Problem) bool { return !p.Severity.OnRequest() }) {
		t.Fatalf("%q: %v\n%s", text, g.Problems.Sorted(), document)
	}
	var tokens []string
	for _, file := range g.Files {
		tokens = append(tokens, file.Name)
		tokens = append(tokens, tokensOf(t, file)...)
	}
	return tokens
}

// yamlText is a text in double quotes, with escapes that YAML knows.
func yamlText(text string) string {
	ascii := strconv.QuoteToASCII(text)
	return regexp.MustCompile(`\\x([0-9a-f]{2})`).ReplaceAllString(ascii, `\u00$1`)
}

// directive begins a comment that a tool obeys (go/ast, CommentGroup.Text).
var directive = regexp.MustCompile(`^//(line |extern |export |[a-z0-9]+:[a-z0-9]| ?\+build)|^/\*`)

func tokensOf(t testing.TB, file emit.File) []string {
	t.Helper()
	fset := token.NewFileSet()
	if _, err := parser.ParseFile(fset, file.Name, file.Text, parser.ParseComments); err != nil {
		t.Fatalf("%s does not parse: %v", file.Name, err)
	}
	var tokens []string
	var s scanner.Scanner
	s.Init(fset.AddFile(file.Name, -1, len(file.Text)), file.Text, func(pos token.Position, msg string) { t.Errorf("%s: %s", pos, msg) }, scanner.ScanComments)
	for {
		pos, tok, text := s.Scan()
		switch tok {
		case token.EOF:
			return tokens
		case token.COMMENT:
			if directive.MatchString(text) {
				t.Errorf("%s: the comment %q is a directive, or leaves its line", fset.Position(pos), text)
			}
		case token.STRING:
			tokens = append(tokens, "a string")
		default:
			tokens = append(tokens, tok.String()+" "+text)
		}
	}
}

// TestHostileNames makes sure that what becomes a part of Go's syntax, or of a
// path, is refused rather than escaped.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	const good = "version: 1\nsqlc: sqlc.yaml\noutput: {dir: scopes, package: scopes}\nscopes:\n  organisation:\n    row: {query: CreateOrganisation, with: {id: $new.uuid}}\n    create: [{query: CreateRole, as: role, into: roles, with: {id: $new.uuid, name: a, auto_assign: true}}]\n    result: [roles]\n    errors: {organisations_name_key: ErrTaken}\n"
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../docs/testdata/teams")); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "go.mod"), []byte("module example.com/teams\n\ngo 1.25\n"))
	for _, name := range []string{"a b", "a\nb", "a;b", "a*/", "a`", "ä", "a.b", "../a", "func()", "A-B", "a\u2028b"} {
		for _, place := range []string{"package: scopes", "  organisation:", "as: role", "into: roles", "ErrTaken"} {
			key, _, found := strings.Cut(place, ": ")
			by := key + ": " + yamlText(name)
			switch {
			case place == "  organisation:":
				by = "  " + yamlText(name) + ":"
			case !found:
				by = yamlText("Err" + name)
			}
			writeFile(t, filepath.Join(dir, "specgen.yaml"), []byte(strings.Replace(good, place, by, 1)))
			g, err := driver.Generate(filepath.Join(dir, "specgen.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			if got := codesOf(&g.Problems); !slices.ContainsFunc(got, func(c string) bool { return slices.Contains([]string{"SG016", "SG017", "SG041"}, c) }) || len(g.Files) > 0 {
				t.Errorf("%s becomes %s: the problems are %q", place, by, got)
			}
		}
	}
}
