package driver_test

import (
	"fmt"
	"slices"
	"strings"
)

// writtenStep is a step as the specification has it: a query, or a loop.
type writtenStep struct {
	query *worldQuery
	as    string
	with  []writtenBinding

	over, each string // of a loop: $list, and the name of an element
	body       []*writtenStep
	when       string // an input that must be true; "" for none
}

type writtenBinding struct{ name, expr string }

// specification is a random specification of one scope in a world.
type specification struct {
	world       *world
	create      []*writtenStep
	purge       []*writtenStep
	names       int
	row, remove *worldQuery
	lock        *worldQuery
}

// known is what a step can refer to.
type known struct {
	texts []string // expressions of texts
	lists []string // names of lists of rows with id and v
	ids   [3][]string
	depth int
}

func (w *world) specification() *specification {
	s := &specification{world: w, row: w.query("CreateTeam"), lock: w.query("LockTeam"), remove: w.query("DeleteTeam")}
	k := known{texts: []string{"$row.name"}}
	s.create = s.steps(3+w.rnd.IntN(6), &k)
	s.purge = s.purgeSteps()
	return s
}

func (w *world) query(name string) *worldQuery {
	i := slices.IndexFunc(w.queries, func(q *worldQuery) bool { return q.name == name })
	return w.queries[i]
}

// choose picks a query of one of the kinds.
func (w *world) choose(kinds ...string) *worldQuery {
	var of []*worldQuery
	kind := kinds[w.rnd.IntN(len(kinds))]
	for _, q := range w.queries {
		if q.kind == kind {
			of = append(of, q)
		}
	}
	if len(of) == 0 {
		return w.choose("change")
	}
	return of[w.rnd.IntN(len(of))]
}

func (s *specification) steps(n int, k *known) []*writtenStep {
	var out []*writtenStep
	for range n {
		rnd := s.world.rnd
		switch {
		case k.depth < 2 && len(k.lists) > 0 && rnd.IntN(3) == 0:
			inner := *k
			inner.texts, inner.lists = slices.Clone(k.texts), slices.Clone(k.lists)
			inner.depth++
			l := &writtenStep{over: "$" + k.lists[rnd.IntN(len(k.lists))], each: s.name("e")}
			inner.texts = append(inner.texts, "$"+l.each+".v")
			l.body = s.steps(1+rnd.IntN(3), &inner)
			out = append(out, l)
		default:
			q := s.world.choose("insert", "insert", "insert", "array", "change", "list", "list", "read", "read", "run")
			out = append(out, s.step(q, k))
		}
	}
	return out
}

func (s *specification) name(prefix string) string {
	s.names++
	return fmt.Sprint(prefix, s.names)
}

func (s *specification) step(q *worldQuery, k *known) *writtenStep {
	st := &writtenStep{query: q}
	if q.cmd == "one" || q.cmd == "many" {
		st.as = s.name("s")
	}
	if s.world.rnd.IntN(12) == 0 && q.cmd == "exec" {
		st.when = "$input.flag"
	}
	for _, p := range q.params {
		st.with = append(st.with, writtenBinding{p.name, s.expr(q, p, k)})
	}
	switch {
	case q.cmd == "many":
		k.lists = append(k.lists, st.as)
	case st.as != "" && len(q.columns) == 1:
		k.texts = append(k.texts, "$"+st.as)
	case st.as != "":
		k.texts = append(k.texts, "$"+st.as+".v")
		if len(q.columns) == 3 {
			k.texts = append(k.texts, "$"+st.as+".n")
		}
		if q.base < 3 {
			k.ids[q.base] = append(k.ids[q.base], "$"+st.as+".id")
		}
	}
	return st
}

func (s *specification) expr(q *worldQuery, p worldParam, k *known) string {
	rnd := s.world.rnd
	switch {
	case p.name == "id" || p.name == "ids":
		return "$new.uuid"
	case p.name == "team_id":
		return "$scope.id"
	case p.name == "up":
		if q.base > 0 && q.base < 3 && len(k.ids[q.base-1]) > 0 {
			return k.ids[q.base-1][rnd.IntN(len(k.ids[q.base-1]))]
		}
		return "null"
	}
	text := k.texts[rnd.IntN(len(k.texts))]
	switch rnd.IntN(4) {
	case 0:
		return s.name([]string{"plain", "skip", "hidden"}[rnd.IntN(3)])
	case 1:
		return s.name("x") + " ${" + text[1:] + "}"
	default:
		return text
	}
}

func (s *specification) purgeSteps() []*writtenStep {
	var out []*writtenStep
	for range s.world.rnd.IntN(4) {
		q := s.world.choose("change", "change", "run")
		st := &writtenStep{query: q}
		for _, p := range q.params {
			expr := "$scope.id"
			if p.typ == "text" {
				expr = s.name("gone")
			}
			st.with = append(st.with, writtenBinding{p.name, expr})
		}
		out = append(out, st)
	}
	return out
}

// yaml writes the specification.
func (s *specification) yaml() string {
	var b strings.Builder
	b.WriteString("version: 1\nsqlc: sqlc.yaml\noutput: {dir: gen, package: gen}\nscopes:\n  team:\n    inputs: {flag: bool}\n    row: {query: CreateTeam, with: {id: $new.uuid}}\n    create:\n")
	writeSteps(&b, s.create, "      ")
	b.WriteString("    purge:\n      lock: LockTeam\n      row: DeleteTeam\n")
	if len(s.purge) > 0 {
		b.WriteString("      steps:\n")
		writeSteps(&b, s.purge, "        ")
	}
	return b.String()
}

func writeSteps(b *strings.Builder, steps []*writtenStep, indent string) {
	for _, s := range steps {
		if s.over != "" {
			fmt.Fprintf(b, "%s- for: %s in %s\n%s  do:\n", indent, s.each, s.over, indent)
			writeSteps(b, s.body, indent+"    ")
			continue
		}
		fmt.Fprintf(b, "%s- {query: %s", indent, s.query.name)
		if s.as != "" {
			fmt.Fprintf(b, ", as: %s", s.as)
		}
		if s.when != "" {
			fmt.Fprintf(b, ", when: %s", s.when)
		}
		var with []string
		for _, x := range s.with {
			expr := x.expr
			if strings.Contains(expr, "{") {
				expr = `"` + expr + `"`
			}
			with = append(with, x.name+": "+expr)
		}
		if len(with) > 0 {
			fmt.Fprintf(b, ", with: {%s}", strings.Join(with, ", "))
		}
		b.WriteString("}\n")
	}
}
