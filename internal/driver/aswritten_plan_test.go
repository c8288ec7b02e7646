package driver_test

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/specgen-dev/specgen/internal/plan"
)

// planRun interprets a coordinator as the generated code runs it: the statements
// of a flush are queued, sent in order, and then answered.
type planRun struct {
	db     *worldDatabase
	world  *world
	draws  int
	queued []*queuedCall
}

// object is a struct behind a pointer, or a row.
type object struct{ fields map[string]any }

// pointer is the address of a variable.
type pointer struct {
	get func() any
	set func(any)
}

// frameVars are the variables of a block; inner ones hide outer ones.
type frameVars struct {
	vars  map[string]any
	outer *frameVars
}

func (f *frameVars) inner() *frameVars { return &frameVars{vars: map[string]any{}, outer: f} }

func (f *frameVars) owner(name string) *frameVars {
	for ; f != nil; f = f.outer {
		if _, ok := f.vars[name]; ok {
			return f
		}
	}
	return nil
}

type queuedCall struct {
	do  *plan.Do
	env *frameVars
}

// coordinator runs all flushes.
func (r *planRun) coordinator(c *plan.Coordinator, env *frameVars) error {
	for _, f := range c.Flushes {
		r.queued = nil
		if err := r.stmts(f.Body, env); err != nil {
			return err
		}
		if err := r.send(); err != nil {
			return err
		}
	}
	return nil
}

// errContinue goes on with the next element of a loop.
var errContinue = fmt.Errorf("continue")

func (r *planRun) stmts(list []plan.Stmt, env *frameVars) error {
	for _, s := range list {
		if err := r.stmt(s, env); err != nil {
			return err
		}
	}
	return nil
}

func (r *planRun) stmt(s plan.Stmt, env *frameVars) error {
	switch s := s.(type) {
	case *plan.Let:
		v := r.eval(s.Value, env)
		if id, ok := s.Name.(*plan.Ident); ok && !s.Assign {
			env.vars[id.Name] = v
			return nil
		}
		r.at(s.Name, env).set(v)
	case *plan.VarDecl:
		env.vars[s.Name] = nil
	case *plan.Assign:
		r.at(s.Target, env).set(r.eval(s.Value, env))
	case *plan.Append:
		p := r.at(s.Target, env)
		list, _ := p.get().([]any)
		p.set(append(slices.Clone(list), r.eval(s.Value, env)))
	case *plan.If:
		if r.eval(s.Cond, env).(bool) {
			return r.stmts(s.Body, env.inner())
		}
	case *plan.Range:
		return r.each(s.Over, s.Var, s.Body, env)
	case *plan.Items:
		return r.items(s, env)
	case *plan.Continue:
		return errContinue
	case *plan.Do:
		r.queued = append(r.queued, &queuedCall{s, env})
	case *plan.AfterCommit, *plan.LookUp:
	default:
		panic(fmt.Sprintf("no meaning for a %T", s))
	}
	return nil
}

func (r *planRun) each(over plan.Expr, name string, body []plan.Stmt, env *frameVars) error {
	list, _ := r.eval(over, env).([]any)
	for _, v := range list {
		in := env.inner()
		in.vars[name] = v
		if err := r.stmts(body, in); err != nil && err != errContinue {
			return err
		}
	}
	return nil
}

// items goes over the items of a call, in the order of a text, or once for each text.
func (r *planRun) items(s *plan.Items, env *frameVars) error {
	list := slices.Clone(r.eval(s.Over, env).([]any))
	name := s.Var
	if s.By != nil {
		by := func(v any) string {
			in := env.inner()
			in.vars["item"] = v
			return fmt.Sprint(r.eval(s.By, in))
		}
		slices.SortStableFunc(list, func(a, b any) int { return compareText(by(a), by(b)) })
		if s.Distinct {
			list = slices.CompactFunc(list, func(a, b any) bool { return by(a) == by(b) })
		}
	}
	for _, v := range list {
		in := env.inner()
		in.vars[name] = v
		if err := r.stmts(s.Body, in); err != nil && err != errContinue {
			return err
		}
	}
	return nil
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// send runs what is queued. The arguments of all are taken before any answer.
func (r *planRun) send() error {
	args := make([][]any, len(r.queued))
	for i, q := range r.queued {
		args[i] = r.arguments(q)
	}
	for i, q := range r.queued {
		query := r.world.query(q.do.Query)
		rows, err := r.db.run(query, args[i])
		if err != nil {
			return err
		}
		if err := r.answer(q, query, rows); err != nil {
			return err
		}
	}
	return nil
}

// arguments are those of the query's method, in the order of its parameters.
func (r *planRun) arguments(q *queuedCall) []any {
	query := r.world.query(q.do.Query)
	given := q.do.Call.(*plan.CallExpr).Args[1:]
	if len(query.params) == 1 {
		return []any{plainValue(r.eval(given[0], q.env))}
	}
	var args []any
	if len(given) > 0 {
		fields := r.eval(given[0], q.env).(*object).fields
		for _, p := range query.params {
			args = append(args, plainValue(fields[goName(p.name)]))
		}
	}
	return args
}

func plainValue(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = x.(string)
	}
	return texts
}

// answer does with rows what the plan says.
func (r *planRun) answer(q *queuedCall, query *worldQuery, rows []any) error {
	values := make([]any, len(rows))
	for i, row := range rows {
		values[i] = row
		if fields, ok := row.(map[string]any); ok {
			o := &object{map[string]any{}}
			for name, v := range fields {
				o.fields[goName(name)] = v
			}
			values[i] = o
		}
	}
	if query.cmd == "one" && len(values) == 0 && query.kind != "lock" {
		return errNoRow
	}
	add := func(to plan.Expr, more ...any) {
		p := r.at(to, q.env)
		list, _ := p.get().([]any)
		p.set(append(slices.Clone(list), more...))
	}
	result := any(values)
	if query.cmd == "one" && len(values) > 0 {
		result = values[0]
	}
	switch a := q.do.Answer.(type) {
	case *plan.Stored:
		r.at(a.Target, q.env).set(result)
	case *plan.Appended:
		if a.Also != nil {
			r.at(a.Also, q.env).set(result)
		}
		add(a.Target, values...)
	case *plan.Locked:
		r.at(a.Target, q.env).set(len(values) > 0)
	case *plan.Ignored, *plan.NoAnswer, *plan.Counted, *plan.Optional, *plan.Purged:
	default:
		panic(fmt.Sprintf("no meaning for the answer %T", a))
	}
	return nil
}

// at is the place that an expression names.
func (r *planRun) at(e plan.Expr, env *frameVars) pointer {
	switch e := e.(type) {
	case *plan.Ident:
		f := env.owner(e.Name)
		return pointer{func() any { return f.vars[e.Name] }, func(v any) { f.vars[e.Name] = v }}
	case *plan.Select:
		o := r.eval(e.X, env).(*object)
		return pointer{func() any { return o.fields[e.Name] }, func(v any) { o.fields[e.Name] = v }}
	case *plan.Deref:
		return r.eval(e.X, env).(pointer)
	default:
		panic(fmt.Sprintf("no place for a %T", e))
	}
}

func (r *planRun) eval(e plan.Expr, env *frameVars) any {
	switch e := e.(type) {
	case *plan.Ident:
		if f := env.owner(e.Name); f != nil {
			return f.vars[e.Name]
		}
		panic("no variable " + e.Name)
	case *plan.Select:
		return r.selected(e, env)
	case *plan.Lit:
		return literalValue(e.Source)
	case *plan.Composite:
		return r.composite(e, env)
	case *plan.Convert:
		return r.eval(e.X, env)
	case *plan.Deref:
		if p, ok := r.eval(e.X, env).(pointer); ok {
			return p.get()
		}
		return r.eval(e.X, env)
	case *plan.AddrOf:
		return r.at(e.X, env)
	case *plan.Not:
		return !r.eval(e.X, env).(bool)
	case *plan.Binary:
		return r.binary(e, env)
	case *plan.CallExpr:
		return r.call(e, env)
	default:
		panic(fmt.Sprintf("no value of a %T", e))
	}
}

// selected reads a field. A uuid is its text here, whatever type it has in Go.
func (r *planRun) selected(e *plan.Select, env *frameVars) any {
	switch x := r.eval(e.X, env).(type) {
	case *object:
		return x.fields[e.Name]
	case nil:
		if e.Name == "Valid" {
			return false
		}
		return nil
	default:
		if e.Name == "Valid" {
			return true
		}
		return x // Bytes
	}
}

func literalValue(source string) any {
	switch source {
	case "nil":
		return nil
	case "true":
		return true
	case "false":
		return false
	}
	if n, err := strconv.ParseInt(source, 10, 64); err == nil {
		return n
	}
	text, err := strconv.Unquote(source)
	if err != nil {
		panic("no value of " + source)
	}
	return text
}

func (r *planRun) composite(e *plan.Composite, env *frameVars) any {
	if e.Type.Name == "UUID" && !e.Type.IsSlice() {
		for _, f := range e.Fields {
			if f.Name == "Bytes" {
				return r.eval(f.Value, env)
			}
		}
		return nil
	}
	if e.Type.IsSlice() {
		list := []any{}
		for _, f := range e.Fields {
			list = append(list, r.eval(f.Value, env))
		}
		return list
	}
	o := &object{map[string]any{}}
	for _, f := range e.Fields {
		o.fields[f.Name] = r.eval(f.Value, env)
	}
	return o
}

func (r *planRun) binary(e *plan.Binary, env *frameVars) any {
	left := r.eval(e.Left, env)
	switch e.Op {
	case "&&":
		return left.(bool) && r.eval(e.Right, env).(bool)
	case "||":
		return left.(bool) || r.eval(e.Right, env).(bool)
	case "+":
		return fmt.Sprint(left) + fmt.Sprint(r.eval(e.Right, env))
	case "==":
		return left == r.eval(e.Right, env)
	case "!=":
		return left != r.eval(e.Right, env)
	default: // >
		return left.(int64) > r.eval(e.Right, env).(int64)
	}
}

func (r *planRun) call(e *plan.CallExpr, env *frameVars) any {
	switch fun := e.Fun.(type) {
	case *plan.Ident: // len
		list, _ := r.eval(e.Args[0], env).([]any)
		return int64(len(list))
	case *plan.Select:
		if fun.Name == "NewUUID" {
			r.draws++
			return drawnID(r.draws)
		}
		return r.eval(fun.X, env) // String
	case *plan.Qualified:
		return r.eval(e.Args[0], env) // scope.Ptr, scope.MustParseUUID
	default:
		panic(fmt.Sprintf("no call of a %T", fun))
	}
}
