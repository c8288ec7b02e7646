package spec

import (
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/diag"
)

var (
	namePattern    = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	errorPattern   = regexp.MustCompile(`^Err[A-Z][A-Za-z0-9_]*$`)
	foreignPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	columnPattern  = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*\.)?[A-Za-z_][A-Za-z0-9_]*$`)
	queryPattern   = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*\.)?[A-Za-z_][A-Za-z0-9_]*$`)
	importPattern  = regexp.MustCompile(`^[A-Za-z0-9._~+-]+(/[A-Za-z0-9._~+-]+)*$`)
)

// isReserved reports whether $name, or name inside ${…}, already means something else.
func isReserved(name string) bool { return slices.Contains(Reserved(), name) }

// Reserved are the names that expressions begin with, and that the language has for
// itself. Names behind a dot, as of inputs, context values and data, are apart from them.
func Reserved() []string {
	return []string{"before", "context", "data", "false", "go", "input", "new", "now", "null", "row", "scope", "true"}
}

// otherThanReserved is the fix for a name that is reserved.
func otherThanReserved() string { return "choose a name other than " + strings.Join(Reserved(), ", ") }

// goWords cannot be the name of a package that others import: Go's keywords, and main.
func goWords() []string {
	words := []string{"main"}
	for t := token.BREAK; t <= token.VAR; t++ {
		words = append(words, t.String())
	}
	slices.Sort(words)
	return words
}

// text reads a text that is no expression. It must not be empty.
func (p *parser) text(v value, what string) (Text, bool) {
	if v.node.Kind != yaml.ScalarNode || scalarTag(v.node) != "!!str" {
		fix := ""
		if v.node.Kind == yaml.ScalarNode && !v.isNull() {
			fix = "quote it"
		}
		p.wrongKind(v, what, "text", fix)
		return Text{Pos: v.pos}, false
	}
	if strings.TrimSpace(v.node.Value) == "" {
		p.errorf(v.pos, "SG014", "leave it out, or write the text", "%s is empty", what)
		return Text{Pos: v.pos}, false
	}
	return Text{Value: v.node.Value, Pos: v.pos}, true
}

// matching reads a text of a fixed form.
func (p *parser) matching(v value, what string, check func(Text, string) bool) Text {
	t, ok := p.text(v, what)
	if !ok || !check(t, what) {
		return Text{Pos: v.pos}
	}
	return t
}

// optional reads the text of a key of f, if it is written.
func (p *parser) optional(f fields, key string, check func(Text, string) bool) Text {
	v, ok := f.get(key)
	if !ok {
		return f.absent()
	}
	return p.matching(v, "`"+key+"`", check)
}

// anyText accepts every text.
func anyText(Text, string) bool { return true }

// isName checks a name that the specification declares.
func (p *parser) isName(t Text, what string) bool {
	if namePattern.MatchString(t.Value) {
		return true
	}
	p.errorf(t.Pos, "SG016", "use lower-case letters, digits and underscores, a letter first", "%s cannot be %s", what, quoted(t.Value))
	return false
}

// isLocal checks a name that expressions refer to as $name.
func (p *parser) isLocal(t Text, what string) bool {
	if !p.isName(t, what) {
		return false
	}
	if isReserved(t.Value) {
		p.errorf(t.Pos, "SG019", otherThanReserved(), "%s cannot be %s: it is a name of the language", what, quoted(t.Value))
		return false
	}
	return true
}

// isForeign checks the name of a parameter or a column, which SQL chose.
func (p *parser) isForeign(t Text, what string) bool {
	if foreignPattern.MatchString(t.Value) {
		return true
	}
	p.errorf(t.Pos, "SG016", "use letters, digits and underscores, not a digit first", "%s cannot be %s", what, quoted(t.Value))
	return false
}

// isColumn checks the name of a column of a query's rows, with the table's for one
// of sqlc.embed.
func (p *parser) isColumn(t Text, what string) bool {
	if columnPattern.MatchString(t.Value) {
		return true
	}
	p.errorf(t.Pos, "SG016", "name a column, such as id, or role.id of sqlc.embed", "%s cannot be %s", what, quoted(t.Value))
	return false
}

// isError checks the name of an exported error.
func (p *parser) isError(t Text, what string) bool {
	if errorPattern.MatchString(t.Value) {
		return true
	}
	p.errorf(t.Pos, "SG017", "name it as Go names errors, such as ErrNameTaken", "%s cannot be %s", what, quoted(t.Value))
	return false
}

// isQuery checks the name of a query, with or without its package.
func (p *parser) isQuery(t Text, what string) bool {
	if queryPattern.MatchString(t.Value) {
		return true
	}
	p.errorf(t.Pos, "SG018", "name a query, such as CreateRole, or audit.InsertEvent with its package", "%s cannot be %s", what, quoted(t.Value))
	return false
}

// isImportPath checks the import path of a Go package.
func (p *parser) isImportPath(t Text, what string) bool {
	if importPattern.MatchString(t.Value) {
		return true
	}
	p.errorf(t.Pos, "SG041", "write the path as Go code imports it, such as example.com/app/rules", "%s cannot be the import path %s", what, quoted(t.Value))
	return false
}

// isPackage checks the name of the generated package.
func (p *parser) isPackage(t Text, what string) bool {
	if namePattern.MatchString(t.Value) && !token.IsKeyword(t.Value) && t.Value != "main" {
		return true
	}
	p.errorf(t.Pos, "SG041", "use lower-case letters and digits, and no keyword of Go", "%s cannot be %s", what, quoted(t.Value))
	return false
}

// packageOf makes the package's name from the directory's, as Go code does by convention.
func (p *parser) packageOf(dir Text) Text {
	base := Text{Value: path.Base(path.Clean(dir.Value)), Pos: dir.Pos}
	if namePattern.MatchString(base.Value) && !token.IsKeyword(base.Value) && base.Value != "main" {
		return base
	}
	p.errorf(dir.Pos, "SG041", "set `output.package`", "%s cannot be the name of a Go package", quoted(base.Value))
	return Text{Pos: dir.Pos}
}

// names reads a list of names, each written once.
func (p *parser) names(v value, what, want string, check func(Text, string) bool) []Text {
	var names []Text
	seen := map[string]diag.Pos{}
	for _, item := range p.list(v, what, want) {
		t := p.matching(item, "an entry of "+what, check)
		if t.Value == "" {
			continue
		}
		if first, dup := seen[t.Value]; dup {
			p.add(diag.Problem{
				Pos: t.Pos, Code: "SG040", Message: what + " names " + quoted(t.Value) + " twice", Fix: "remove one of the two",
				Related: []diag.Related{{Pos: first, Message: "the first"}},
			})
			continue
		}
		seen[t.Value] = t.Pos
		names = append(names, t)
	}
	return names
}
