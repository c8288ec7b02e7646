package scaffold

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// render writes the specification. It returns the text, and the lines of each
// scope, the first of them numbered from 1.
func (p *project) render(scopes []*scope) ([]byte, map[*scope]lines) {
	w := &writer{}
	w.line("# yaml-language-server: $schema=%s", schemaURL)
	w.line("# What creating and purging each scope means, begun by specgen init. It is yours to change; after that, run")
	w.line("# specgen generate. The language: https://github.com/specgen-dev/specgen/blob/main/docs/language.md")
	w.line("version: 1")
	w.line("sqlc: %s", scalar(p.place.sqlc))
	w.line("output: {dir: %s, package: %s}", scalar(p.place.output), p.place.pkgName)
	w.line("")
	w.line("scopes:")
	at := map[*scope]lines{}
	for i, s := range scopes {
		if i > 0 {
			w.line("")
		}
		first := len(w.lines) + 1
		p.renderScope(w, s)
		at[s] = lines{first, len(w.lines)}
	}
	for _, t := range p.catalog.Tables {
		if b := p.banned[t]; b != nil {
			w.line("")
			w.line("  # Left out: %s.", b.reason)
			for _, l := range b.text {
				w.line("%s", strings.TrimRight("  # "+strings.TrimPrefix(l, "  "), " "))
			}
		}
	}
	return []byte(strings.Join(w.lines, "\n") + "\n"), at
}

// lines are the first and the last line of a scope.
type lines struct{ first, last int }

type writer struct{ lines []string }

func (w *writer) line(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

func (p *project) renderScope(w *writer, s *scope) {
	w.line("  %s:", s.name)
	article := "A "
	if strings.ContainsRune("aeio", rune(s.name[0])) {
		article = "An "
	}
	doc := article + strings.ReplaceAll(s.name, "_", " ") + " is a row of " + s.table.QualifiedName() + "."
	if s.table.Comment != "" {
		doc = oneLine(s.table.Comment)
	}
	w.line("    doc: %s", scalar(doc))
	if len(s.inputs) > 0 {
		w.line("    # The caller gives these, too: a key or a column with a default is never taken for an input by itself.")
		w.line("    inputs:")
		for _, in := range s.inputs {
			typ := ""
			if in.typ != "" {
				typ = "type: " + quoted(in.typ) + ", "
			}
			w.line("      %s: {%sdoc: %s}", scalar(in.name), typ, quoted(in.doc))
		}
	}
	if len(s.parents) > 0 {
		w.line("    # Locked, so that none is purged while the %s is made.", strings.ReplaceAll(s.name, "_", " "))
		w.line("    parents:")
		for _, x := range s.parents {
			as, id := "", ""
			if x.as != x.scope.name {
				as = ", as: " + x.as
			}
			if key := x.scope.key.Name; key != "id" {
				id = fmt.Sprintf(", id: $%s.%s", x.as, key)
			}
			w.line("      - {type: %s%s, lock: %s, with: {%s: $input.%s}%s}", x.scope.name, as, p.ref(x.lock), scalar(x.scope.key.Name), x.input, id)
		}
	}
	p.renderRow(w, s)
	p.renderPurge(w, s)
	if len(s.errors) > 0 {
		w.line("    errors:")
		for _, e := range s.errors {
			w.line("      %s: %s", scalar(e.constraint), e.name)
		}
	}
}

func (p *project) renderRow(w *writer, s *scope) {
	var fixed []string
	for _, name := range slices.Sorted(maps.Keys(s.fixed)) {
		fixed = append(fixed, scalar(name)+": "+s.fixed[name])
	}
	with := ""
	if len(fixed) > 0 {
		with = ", with: {" + strings.Join(fixed, ", ") + "}"
	}
	given := ""
	if len(s.caller) > 0 {
		given = "  # the caller gives " + words(s.caller)
	}
	w.line("    row: {query: %s%s}%s", p.ref(s.create), with, given)
	if s.key.Name != "id" {
		w.line("    id: $row.%s", s.key.Name)
	}
	if len(s.writers) > 0 {
		w.line("    # What else belongs to a new one: steps under `create`. Queries that may be steps:")
		for _, q := range s.writers {
			w.line("    #   - %s", q)
		}
	}
}

func (p *project) renderPurge(w *writer, s *scope) {
	w.line("    purge:")
	given := ""
	if len(s.beside) > 0 {
		given = "  # the caller gives " + words(s.beside) + ", too"
	}
	w.line("      lock: %s%s", p.ref(s.lock), given)
	if len(s.children) > 0 {
		cascade := ""
		for _, x := range s.children {
			if x.list.Cmd == "many" {
				cascade = " With `found: cascade`, they are purged, too."
			}
		}
		w.line("      # While there are any of these, the purge is refused.%s", cascade)
		w.line("      children:")
		for _, x := range s.children {
			w.line("        - {scope: %s, list: %s, found: refuse, error: %s}", x.scope.name, p.ref(x.list), x.err)
		}
	}
	if len(s.steps) > 0 {
		w.line("      steps:")
		for _, d := range s.steps {
			as, with := "", ""
			if d.as != "" {
				as = ", as: " + d.as
			}
			if d.with != "" {
				with = ", with: {" + d.with + "}"
			}
			w.line("        - {query: %s%s%s}", p.ref(d.query), as, with)
		}
	}
	w.line("      row: %s", p.ref(s.remove))
	for _, r := range s.rest {
		w.line("      # Note: %s", r)
	}
}

// scalar is a text as YAML has it, quoted where it would read as something else.
func scalar(text string) string {
	for i, r := range text {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789_-./ ", r)) {
			return quoted(text)
		}
	}
	switch strings.ToLower(text) {
	case "", "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return quoted(text)
	}
	if strings.HasSuffix(text, " ") {
		return quoted(text)
	}
	return text
}

// quoted is a text in double quotes.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// schemaURL is where an editor finds the JSON Schema of the language.
const schemaURL = "https://raw.githubusercontent.com/specgen-dev/specgen/main/docs/specgen.schema.json"
