package driver_test

import (
	"fmt"
	"regexp"
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

// asWritten runs a specification step by step, each alone, in the order in which
// it is written.
type asWritten struct {
	db       *worldDatabase
	flag     bool
	stepped  bool // each step for all turns of a loop, rather than turn after turn
	reversed bool // turns, and items, from the last to the first
	pending  []*pendingLists
	draws    int
}

// turn is what the names of a specification mean at a place.
type turn map[string]any

// pendingLists is what the turns of a loop gave a query that takes lists.
type pendingLists struct {
	step *writtenStep
	args []any
}

var embedded = regexp.MustCompile(`\$\{([^}]+)\}`)

func (r *asWritten) value(expr string, t turn) any {
	switch {
	case expr == "$new.uuid":
		r.draws++
		return drawnID(r.draws)
	case expr == "null":
		return nil
	case strings.Contains(expr, "${"):
		return embedded.ReplaceAllStringFunc(expr, func(m string) string { return fmt.Sprint(r.value("$"+m[2:len(m)-1], t)) })
	case strings.HasPrefix(expr, "$"):
		name, field, ok := strings.Cut(expr[1:], ".")
		if ok {
			return t[name].(map[string]any)[field]
		}
		return t[name]
	default:
		return expr
	}
}

func drawnID(n int) string { return fmt.Sprintf("20000000-0000-7000-8000-%012d", n) }

// steps runs a list for all turns.
func (r *asWritten) steps(list []*writtenStep, turns []turn, loops int) error {
	if r.reversed {
		turns = slices.Clone(turns)
		slices.Reverse(turns)
	}
	if !r.stepped && len(turns) != 1 {
		for _, t := range turns {
			if err := r.steps(list, []turn{t}, loops); err != nil {
				return err
			}
		}
		return nil
	}
	for _, s := range list {
		if s.over != "" {
			var inner []turn
			for _, t := range turns {
				for _, row := range r.value(s.over, t).([]any) {
					next := turn{s.each: row}
					for name, v := range t {
						next[name] = v
					}
					inner = append(inner, next)
				}
			}
			if err := r.steps(s.body, inner, loops+1); err != nil {
				return err
			}
			if loops == 0 {
				if err := r.flush(); err != nil {
					return err
				}
			}
			continue
		}
		for _, t := range turns {
			if err := r.step(s, t, loops); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *asWritten) step(s *writtenStep, t turn, loops int) error {
	if s.when != "" && !r.flag {
		return nil
	}
	args := make([]any, len(s.with))
	for i, x := range s.with {
		args[i] = r.value(x.expr, t)
	}
	if s.query.kind == "array" {
		r.gather(s, args, t)
		if loops == 0 {
			return r.flush()
		}
		return nil
	}
	rows, err := r.db.run(s.query, args)
	switch {
	case err != nil:
		return err
	case s.query.cmd == "one" && len(rows) == 0:
		return errNoRow
	case s.query.cmd == "one":
		t[s.as] = rows[0]
	case s.query.cmd == "many":
		t[s.as] = rows
	}
	return nil
}

// gather adds what a turn gives a query that takes lists: it is called once
// behind the loops, with the lists of one scope.
func (r *asWritten) gather(s *writtenStep, args []any, t turn) {
	team := args[slices.IndexFunc(s.with, func(b writtenBinding) bool { return b.name == "team_id" })]
	i := slices.IndexFunc(r.pending, func(p *pendingLists) bool {
		return p.step == s && p.args[slices.IndexFunc(s.with, func(b writtenBinding) bool { return b.name == "team_id" })] == team
	})
	if i < 0 {
		r.pending = append(r.pending, &pendingLists{step: s, args: make([]any, len(args))})
		i = len(r.pending) - 1
	}
	for j, p := range s.query.params {
		if !strings.HasSuffix(p.typ, "[]") {
			r.pending[i].args[j] = args[j]
			continue
		}
		list, _ := r.pending[i].args[j].([]string)
		r.pending[i].args[j] = append(list, args[j].(string))
	}
}

func (r *asWritten) flush() error {
	pending := r.pending
	r.pending = nil
	for _, p := range pending {
		if _, err := r.db.run(p.step.query, p.args); err != nil {
			return err
		}
	}
	return nil
}

// create makes teams of the names, and purge removes those of the ids.
func (r *asWritten) create(s *specification, names []string) error {
	if r.reversed {
		slices.Reverse(names)
	}
	var turns []turn
	for _, name := range names {
		t := turn{}
		turns = append(turns, t)
		if r.stepped {
			continue
		}
		if err := r.begin(s, t, name); err != nil {
			return err
		}
		if err := r.steps(s.create, []turn{t}, 0); err != nil {
			return err
		}
	}
	if !r.stepped {
		return nil
	}
	for i, name := range names {
		if err := r.begin(s, turns[i], name); err != nil {
			return err
		}
	}
	return r.steps(s.create, turns, 0)
}

func (r *asWritten) begin(s *specification, t turn, name string) error {
	rows, err := r.db.run(s.row, []any{r.value("$new.uuid", t), name})
	if err != nil {
		return err
	}
	t["row"] = rows[0]
	t["scope"] = map[string]any{"id": rows[0].(map[string]any)["id"]}
	return nil
}

func (r *asWritten) purge(s *specification, ids []string) error {
	var turns []turn
	for _, id := range ids {
		if _, err := r.db.run(s.lock, []any{id}); err != nil {
			return err
		}
		turns = append(turns, turn{"scope": map[string]any{"id": id}})
	}
	row := &writtenStep{query: s.remove, with: []writtenBinding{{"id", "$scope.id"}}}
	return r.steps(append(slices.Clone(s.purge), row), turns, 0)
}
