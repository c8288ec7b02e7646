package driver_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

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
