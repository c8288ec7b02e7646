package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
)

// The rules that bind a parameter, in the order in which they are tried.
const (
	ruleWith  = "with"
	ruleSole  = "sole parameter"
	ruleScope = "scope"
	ruleLoop  = "loop"
	ruleStep  = "step"
	ruleInput = "input"
	ruleOwnID = "own id"
)

// binding is what the rules for one call depend on.
type binding struct {
	sole Value // what a sole parameter is bound to; nil for no such rule
	only bool  // nothing but `with` and the sole parameter binds
}

// bind gives every parameter of a call its value.
func (r *resolver) bind(c *Call, q *spec.Query, en *env, b binding) {
	for _, i := range c.Query.ParamOrder {
		c.Args = append(c.Args, r.arg(c, i))
	}
	given, unknown := r.matchWith(c, q)
	var unbound []*Arg
	for i, a := range c.Args {
		a.Pos = c.Pos
		if w := given[i]; w != nil {
			a.Rule, a.Source, a.Pos = ruleWith, source(w.Value, en), w.Value.Position()
			a.Value = r.bound(c, a, w.Value, en)
			r.nameNew(a, c, en)
			continue
		}
		if !r.bindByRule(c, a, en, b) {
			unbound = append(unbound, a)
		}
	}
	var lacking []string
	for _, a := range unbound {
		lacking = append(lacking, a.Name)
	}
	lacking = withoutMeant(lacking, unknown)
	for _, a := range unbound {
		if slices.Contains(lacking, a.Name) {
			r.reportUnbound(c, a, en, b)
		}
	}
	r.gather(c)
	c.MayVanish = r.mayVanish(c)
}

// source is an expression as the user would write it outside of blocks: what
// was given for a block's parameter rather than the parameter.
func source(e spec.Expr, en *env) string {
	ref, ok := e.(*spec.Ref)
	if !ok {
		return e.String()
	}
	s := en.lookup(ref.Root)
	if s == nil || s.in == nil {
		return e.String()
	}
	given := ""
	if s.expr != nil {
		given = source(s.expr, s.in)
	} else {
		given = s.value.String()
	}
	return strings.Join(append([]string{given}, ref.Path...), ".")
}

// arg describes the parameter at $i+1.
func (r *resolver) arg(c *Call, i int) *Arg {
	p := c.Query.Params[i]
	a := &Arg{Param: p, Name: goname.Snake(p.Name), Shape: shapeOf(p.Type, c.Query.Package)}
	if i < len(c.Facts.Params) {
		f := c.Facts.Params[i]
		if col := r.tableColumn(f.Table, f.Column); col != nil {
			a.Shape = r.withSQL(a.Shape, col.Type, !col.NotNull)
			a.table, a.column = f.Table, col
			if goname.Equal(col.Name, p.Name) && !strings.Contains(a.Name, "_") {
				a.Name = col.Name // PostgreSQL has folded the case: tenantID is Tenantid in Go
			}
			a.primary = isPrimary(r.catalog.Table(f.Table), col.Name)
			if f.Array && c.Facts.Kind == schema.Insert && f.Table == c.Facts.Target {
				a.written = true
			}
			if writesColumn(c.Facts, i+1) {
				a.written = true
				if goname.Equal(col.Name, p.Name) || !strings.Contains(c.Query.SQL, "@") {
					a.Name = col.Name
				}
			}
		}
		a.one = a.Shape.Kind == List && a.column != nil && r.isOneValue(c, a, f)
		if f.Column == "" && f.Cast != "" {
			known := a.Shape.Nullable || a.Shape.Form != Plain && a.Shape.Kind != UUID
			a.Shape = r.withSQL(a.Shape, f.Cast, known)
		}
	}
	return a
}

// isOneValue reports whether a Go slice is one value of its parameter's column, and
// not a list of values: of an array column, or of a column for which sqlc.yaml asks for
// a slice, such as a jsonb or a vector.
func (r *resolver) isOneValue(c *Call, a *Arg, f schema.Param) bool {
	if a.column.Array || strings.HasSuffix(r.catalog.Domains[a.column.Type], "[]") {
		return true
	}
	if f.Array {
		return false
	}
	pkg := c.Query.Package
	usual := pkg.TypeOf(a.column.Type, !a.column.NotNull)
	return a.written || usual.IsZero() || usual.IsSlice() || pkg.OverridesColumn(f.Table, a.column.Name)
}

func isPrimary(t *schema.Table, column string) bool {
	return t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, column)
}

// writesColumn reports whether parameter n is what INSERT or UPDATE writes.
func writesColumn(f *schema.Query, n int) bool {
	return slices.ContainsFunc(f.Sets, func(s schema.ColumnValue) bool { return s.Param == n })
}

func (r *resolver) tableColumn(table, column string) *schema.Column {
	if t := r.catalog.Table(table); t != nil {
		return t.Column(column)
	}
	return nil
}

// matchWith pairs the entries of `with` with parameters, by place; unknown are the
// names that no parameter has.
func (r *resolver) matchWith(c *Call, q *spec.Query) (given map[int]*spec.Binding, unknown []string) {
	given = map[int]*spec.Binding{}
	var names []string
	for _, a := range c.Args {
		names = append(names, a.Name)
	}
	for _, w := range q.With {
		i := slices.IndexFunc(c.Args, func(a *Arg) bool { return a.Name == w.Name.Value })
		if i < 0 {
			i = slices.IndexFunc(c.Args, func(a *Arg) bool { return goname.Equal(a.Param.Name, w.Name.Value) })
		}
		if i < 0 { // sqlc.yaml may rename what the schema calls otherwise
			i = slices.IndexFunc(c.Args, func(a *Arg) bool { return a.column != nil && a.column.Name == w.Name.Value })
		}
		if i < 0 {
			unknown = append(unknown, w.Name.Value)
			r.problems.Add(diag.Problem{Pos: w.Name.Pos, Code: "SG214", Message: fmt.Sprintf("%s has no parameter %q", c.Query.Name, w.Name.Value),
				Fix: diag.DidYouMean(w.Name.Value, names), Missing: w.Name.Value, Related: []diag.Related{{Pos: c.Query.Pos, Message: c.Query.Name + " is declared here"}}})
			continue
		}
		given[i] = w
	}
	return given, unknown
}

// bindByRule tries the rules in order and reports whether the parameter is
// dealt with.
func (r *resolver) bindByRule(c *Call, a *Arg, en *env, b binding) bool {
	set := func(v Value, rule string) bool {
		v = r.present(v, en)
		a.Value, a.Rule, a.Source = v, rule, v.String()
		r.fitArg(c, a, v, &spec.Scalar{Text: a.Name, Pos: c.Pos}, r.place(c, a))
		return true
	}
	if b.sole != nil && len(c.Args) == 1 {
		return set(b.sole, ruleSole)
	}
	if b.only {
		return false
	}
	if c.Role == ScopeRow && !en.frame.purge || c.Role == PurgeLock || c.Role == PurgeRow {
		if v := en.frame.inputs[inputNamed(en.frame.inputs, a.Name)]; v != nil {
			return set(v, ruleInput)
		}
	}
	if (c.Role == PurgeLock || c.Role == PurgeRow) && en.frame.scope.isOwnID(a) {
		return set(en.frame.id, ruleOwnID)
	}
	if isProtected(a) {
		return false
	}
	if v := r.scopeRule(a, en); v != nil {
		set(v, ruleScope)
		a.Source = "$scope." + strings.TrimPrefix(ruleName(a), "scope_")
		return true
	}
	if v, ambiguous := r.loopRule(c, a, en); v != nil {
		return set(v, ruleLoop)
	} else if ambiguous {
		return true
	}
	if v := r.stepRule(a, en); v != nil {
		return set(v, ruleStep)
	}
	return false
}

// ruleName is the name that the rules go by: that of the column, for a list of
// its values.
func ruleName(a *Arg) string {
	if a.Shape.Kind == List && a.column != nil && !a.column.Array {
		return a.column.Name
	}
	return a.Name
}

// isProtected reports whether no rule may bind the parameter: it writes a
// primary key, a column named id, or a column that has a default.
func isProtected(a *Arg) bool {
	if !a.written {
		return false
	}
	return a.column.Name == "id" || a.column.Default || a.primary
}

func (r *resolver) scopeRule(a *Arg, en *env) Value {
	switch ruleName(a) {
	case "scope_type":
		return &Literal{Of: textShape, Text: en.frame.scope.Type}
	case "scope_id":
		return en.frame.id
	}
	return nil
}

// loopRule finds the one loop whose elements have a field of the parameter's name.
func (r *resolver) loopRule(c *Call, a *Arg, en *env) (v Value, ambiguous bool) {
	var found []*Loop
	var values []Value
	for _, l := range en.loops[len(en.frame.loops):] { // a nested scope binds as it does alone
		if v := r.elementField(l, ruleName(a)); v != nil {
			found, values = append(found, l), append(values, v)
		}
	}
	if len(found) > 1 {
		r.fail(c.Pos, "SG402", fmt.Sprintf("say which one: with: {%s: $%s.%s}", a.Name, found[0].Var, a.Name),
			"parameter %q of %s could be $%s.%s or $%s.%s", a.Name, c.Query.Name, found[0].Var, a.Name, found[1].Var, a.Name)
		return nil, true
	}
	if len(found) == 1 {
		return values[0], false
	}
	return nil, false
}

// elementField is a field of a loop's element by name, nil for none.
func (r *resolver) elementField(l *Loop, name string) Value {
	elem := &ElemValue{Loop: l}
	if l.Data != nil {
		if f := l.Data.field(name); f != nil && f.Nested == nil {
			return &FieldValue{Of: elem, Field: goname.Exported(name), Name: name, Data: f}
		}
		return nil
	}
	if l.rows != nil {
		if i, _ := findColumn(l.rows, []string{name}); i >= 0 && l.rows.Query.Columns[i].Field != "" && offers(l, i) {
			return r.rowField(elem, l.rows, i)
		}
	}
	return nil
}

// offers reports whether a rule may bind a parameter to a column of a loop's
// element. A group has those that are the same in all of its rows, and a row of a
// group the others: that the row has the former as well is no ambiguity.
func offers(l *Loop, i int) bool {
	if g := l.Groups(); g != nil {
		return g.same[i]
	}
	group := groupOf(l.Over)
	return group == nil || !group.Groups().same[i]
}

// stepRule binds <step>_id to the id of that step's row.
func (r *resolver) stepRule(a *Arg, en *env) Value {
	step, ok := strings.CutSuffix(ruleName(a), "_id")
	if !ok {
		return nil
	}
	s := en.lookup(step)
	if s == nil || !sameGuards(en.guards, s.guards) {
		return nil
	}
	if s.nested != nil {
		return s.nested.id
	}
	row, ok := s.value.(*RowValue)
	if !ok {
		return nil
	}
	if i, _ := findColumn(row.Call, []string{"id"}); i >= 0 {
		if col := r.column(row.Call, i); col.Known != nil || !row.Call.Together() {
			return col
		}
	}
	return nil
}

// nameNew remembers what a drawn id identifies, for the name of its variable. A
// column that is no key names the variable itself.
func (r *resolver) nameNew(a *Arg, c *Call, en *env) {
	n, ok := a.Value.(*NewUUID)
	if !ok || n.Name != "" || a.written && !a.primary && a.column.Name != "id" {
		return
	}
	switch {
	case c.Role == ScopeRow:
		n.Name = en.frame.scope.Name
	case !c.Named && c.Role == PlainStep && c.Facts.Target != "":
		n.Name = made(c)
	default:
		n.Name = c.Name
	}
}

func (r *resolver) place(c *Call, a *Arg) string {
	return fmt.Sprintf("parameter %q of %s", a.Name, c.Query.Name)
}

func (r *resolver) reportUnbound(c *Call, a *Arg, en *env, b binding) {
	if en.mayBindUnknown(ruleName(a)) || en.frame.scope.unknownInPurge(c) {
		return
	}
	step, named := strings.CutSuffix(ruleName(a), "_id") // by which a rule could have bound it
	if !named {
		step = ""
	}
	p := diag.Problem{Pos: c.Pos, Code: "SG401", Missing: step, Message: fmt.Sprintf("nothing binds parameter %q of %s", a.Name, c.Query.Name),
		Related: []diag.Related{{Pos: c.Query.Pos, Message: c.Query.Name + " is declared here"}}}
	switch {
	case b.only:
		p.Fix = fmt.Sprintf("bind it: with: {%s: …}", a.Name)
		if ok, _ := Convertible(b.sole.Shape(), a.Shape); ok {
			p.Fix = fmt.Sprintf("bind it: with: {%s: $scope.id}", a.Name)
		}
	case isProtected(a):
		p.Fix = fmt.Sprintf("no rule binds a key or a column with a default; bind it: with: {%s: %s}", a.Name, r.likely(c, a, en))
	case step == en.frame.scope.Name && en.frame.id != nil:
		p.Fix = fmt.Sprintf("bind it: with: {%s: $scope.id}", a.Name)
	default:
		p.Fix = fmt.Sprintf("bind it: with: {%s: …}; in reach: $%s", a.Name, strings.Join(en.inReach(), ", $"))
	}
	r.problems.Add(p)
}

// likely is what `with` would give to a parameter that no rule binds: what a rule
// would, if it were not protected, or a new id.
func (r *resolver) likely(c *Call, a *Arg, en *env) string {
	if v := r.stepRule(a, en); v != nil {
		return v.String()
	}
	for _, l := range en.loops {
		if name := ruleName(a); name != "id" && r.elementField(l, name) != nil {
			return "$" + l.Var + "." + name
		}
	}
	if a.Shape.Kind == UUID && !r.refersElsewhere(c, a) {
		return "$new.uuid"
	}
	return "…"
}

// refersElsewhere reports whether a foreign key is on the column that a
// parameter writes: a value that is drawn would refer to nothing.
func (r *resolver) refersElsewhere(c *Call, a *Arg) bool {
	t := r.catalog.Table(c.Facts.Target)
	return t != nil && slices.ContainsFunc(t.ForeignKeys, func(k *schema.ForeignKey) bool { return slices.Contains(k.Columns, a.column.Name) })
}

// made names what an insert makes: CreateUserRole makes a user_role. Where the
// query's name does not tell, the table's does.
func made(c *Call) string {
	words := goname.Words(c.Query.Name)
	if len(words) > 1 && slices.Contains([]string{"create", "insert", "add", "make", "new", "upsert", "put"}, words[0]) {
		return goname.Singular(strings.Join(words[1:], "_"))
	}
	return goname.Singular(c.Facts.Target)
}
