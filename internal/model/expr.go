package model

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/spec"
)

// value resolves an expression that is not a literal. It returns nil after
// reporting a problem.
func (r *resolver) value(e spec.Expr, en *env) Value {
	switch e := e.(type) {
	case *spec.Ref:
		return r.ref(e, en)
	case *spec.Now:
		return &NowValue{Offset: e.Offset}
	case *spec.New:
		return &NewUUID{Loops: en.loops}
	case *spec.Concat:
		return r.concat(e, en)
	case *spec.Call:
		if e.Go {
			return r.goCall(e, en)
		}
		return r.conversion(e, en)
	default:
		l, wrong := literal(e, ownShape([]spec.Expr{e}))
		if wrong != "" {
			r.fail(e.Position(), "SG302", "", "%s %s", e, wrong)
			return nil
		}
		return l
	}
}

func (r *resolver) concat(e *spec.Concat, en *env) Value {
	c := &Concat{}
	for _, p := range e.Parts {
		v := r.valueFor(p, en, textShape, "a part of a text")
		if v == nil {
			return nil
		}
		c.Parts = append(c.Parts, v)
	}
	return c
}

// conversion resolves $uuid(x), $int(x) and $text(x).
func (r *resolver) conversion(e *spec.Call, en *env) Value {
	to, ok := map[string]Shape{"uuid": uuidShape, "int": int64Shape, "text": textShape}[e.Func]
	if !ok {
		r.failNear(e.Pos, "SG207", e.Func, []string{"uuid", "int", "text"}, "no conversion is named $%s(…)", e.Func)
		return nil
	}
	if len(e.Args) != 1 {
		r.fail(e.Pos, "SG207", "", "$%s takes one value", e.Func)
		return nil
	}
	x := r.present(r.value(e.Args[0], en), en)
	if x == nil {
		return nil
	}
	from := x.Shape()
	if from.unknown() {
		return nil
	}
	fits, _ := Convertible(from, to)
	if parse := from.Kind == Text && from.Form == Plain && e.Func != "text"; !fits && !parse {
		r.fail(e.Pos, "SG301", "convert it in a Go function: $go.Name(…)", "$%s cannot take %s", e.Func, from.describe())
		return nil
	}
	return &Conversion{To: to, X: x, As: e.Func}
}

// ref resolves $root.path….
func (r *resolver) ref(e *spec.Ref, en *env) Value {
	path := e.Path
	next := func() string {
		if len(path) == 0 {
			return ""
		}
		first := path[0]
		path = path[1:]
		return first
	}
	var v Value
	switch e.Root {
	case "scope":
		v = r.scopeRef(e, next(), en)
	case "input":
		v = r.inputRef(e, next(), en)
	case "context":
		name := next()
		in := r.context[name]
		if in == nil {
			r.failNear(e.Pos, "SG204", name, inputNames(r.project.Context), "no context value is named %q", name)
			return nil
		}
		v = &ContextValue{Input: in}
	case "data":
		name := next()
		set := r.data[name]
		if set == nil {
			r.failNear(e.Pos, "SG208", name, sortedKeys(r.data), "no data is named %q", name)
			return nil
		}
		set.used = true
		v = &DataValue{Set: set}
	case "row":
		if en.frame.row == nil && en.frame.broken {
			return nil
		}
		if en.frame.row == nil {
			r.fail(e.Pos, "SG204", "only steps after `row` can use it", "$row is not known here")
			return nil
		}
		v = &RowValue{Call: en.frame.row}
	default:
		return r.symbolRef(e, en)
	}
	return r.members(v, path, e)
}

func (r *resolver) scopeRef(e *spec.Ref, member string, en *env) Value {
	switch member {
	case "type":
		return &Literal{Of: textShape, Text: en.frame.scope.Type}
	case "id":
		if en.frame.id == nil && en.frame.broken {
			return nil
		}
		if en.frame.id == nil {
			r.fail(e.Pos, "SG204", "only steps after `row` can use it", "$scope.id is not known here")
			return nil
		}
		return en.frame.id
	case "parents":
		r.fail(e.Pos, "SG303", "write `for: parent in $scope.parents`", "$scope.parents is only for loops")
	default:
		r.failNear(e.Pos, "SG205", member, []string{"type", "id", "parents"}, "$scope has no field %q", member)
	}
	return nil
}

func (r *resolver) inputRef(e *spec.Ref, name string, en *env) Value {
	if en.frame.purge && en.frame.scope.purgePartial {
		return nil
	}
	if en.frame.purge && len(en.frame.inputs) == 0 {
		r.fail(e.Pos, "SG204", "a purge is given $scope.id, and the parameters of its lock that nothing binds; read what else it needs by a query", "this purge has no $input")
		return nil
	}
	if v := en.frame.inputs[inputNamed(en.frame.inputs, name)]; v != nil {
		return v
	}
	if !en.frame.scope.partial {
		r.failNear(e.Pos, "SG204", name, sortedKeys(en.frame.inputs), "no input is named %q", name)
	}
	return nil
}

// symbolRef resolves a reference that starts with a name of the document.
func (r *resolver) symbolRef(e *spec.Ref, en *env) Value {
	s, path := en.lookup(e.Root), e.Path
	for s != nil && s.names != nil && len(path) > 0 {
		inner := s.names[path[0]]
		if inner == nil {
			r.failNear(e.Pos, "SG205", path[0], sortedKeys(s.names), "block %q has no name %q", e.Root, path[0])
			return nil
		}
		s, path = inner, path[1:]
	}
	if s == nil {
		if en.frame.misses(e.Root, en.inReach()) {
			r.failNear(e.Pos, "SG204", e.Root, en.inReach(), "nothing is named %q here", e.Root)
		}
		return nil
	}
	if !sameGuards(en.guards, s.guards) {
		r.fail(e.Pos, "SG216", "put this step under the same `when`", "$%s is only there under a condition", e.Root)
		return nil
	}
	switch {
	case s.expr != nil:
		v := r.value(s.expr, s.in)
		if v == nil {
			return nil
		}
		if isLiteral(s.expr) {
			return v
		}
		s.value, s.expr = v, nil
		return r.members(v, path, e)
	case s.parent != nil:
		return r.parentRef(s.parent, path, e)
	case s.nested != nil:
		return r.nestedRef(s.nested, path, e)
	case s.count != nil:
		fix := "check it with `expect`, or make the query :one"
		if s.count.Bulk() {
			fix = "make the query :one"
		}
		r.fail(e.Pos, "SG406", fix, "$%s is a step that gives a count back, which is no value: %s is :%s", e.Root, s.count.Query.Name, s.count.Query.Cmd)
		return nil
	case s.names != nil:
		r.fail(e.Pos, "SG205", "name one of them: $"+e.Root+"."+strings.Join(sortedKeys(s.names), ", $"+e.Root+"."), "$%s stands for the names of a block", e.Root)
		return nil
	case s.value == nil:
		return nil // reported where it was declared
	}
	if row, ok := s.value.(*RowValue); ok && len(path) == 0 && row.Call.Together() {
		r.failGathered(row.Call, e)
		return nil
	}
	return r.members(s.value, path, e)
}

func (r *resolver) parentRef(p *parent, path []string, e *spec.Ref) Value {
	if len(path) == 1 && path[0] == "type" {
		return &Literal{Of: textShape, Text: p.typ}
	}
	if len(path) == 1 && path[0] == "id" {
		return p.id
	}
	r.failNear(e.Pos, "SG205", strings.Join(path, "."), []string{"type", "id"}, "a parent has the fields type and id")
	return nil
}

// nestedRef resolves $name.id and $name.column of a nested scope.
func (r *resolver) nestedRef(n *Nested, path []string, e *spec.Ref) Value {
	if n.Row == nil {
		return nil
	}
	if len(path) == 1 && path[0] == "id" && n.id != nil {
		return n.id
	}
	if len(path) > 0 && path[0] == "row" {
		path = path[1:]
	}
	return r.members(&RowValue{Call: n.Row}, path, e)
}

// members follows the fields of a reference.
func (r *resolver) members(v Value, path []string, e *spec.Ref) Value {
	for v != nil && len(path) > 0 {
		v, path = r.member(v, path, e)
	}
	return v
}

func (r *resolver) member(v Value, path []string, e *spec.Ref) (Value, []string) {
	name := path[0]
	switch v := v.(type) {
	case *RowValue:
		i, n := findColumn(v.Call, path)
		if i < 0 {
			r.failNear(e.Pos, "SG205", name, columnNames(v.Call), "the row of %s has no column %q", v.Call.Query.Name, name)
			return nil, nil
		}
		col := r.column(v.Call, i)
		if v.Call.Together() && col.Known == nil {
			r.failGathered(v.Call, e)
			return nil, nil
		}
		return col, path[n:]
	case *ListValue:
		return r.pick(v.List, name, e), path[1:]
	default: // rows of constants and of queries are looked at below
	}
	if d := dataOf(v); d != nil {
		f := d.field(name)
		if f == nil {
			r.failNear(e.Pos, "SG205", name, d.names(), "the data has no field %q", name)
			return nil, nil
		}
		return &FieldValue{Of: v, Field: goname.Exported(name), Name: name, Data: f}, path[1:]
	}
	if c := rowsOf(v); c != nil {
		i, n := findColumn(c, path)
		if i < 0 {
			r.failNear(e.Pos, "SG205", name, columnNames(c), "the rows of %s have no column %q", c.Query.Name, name)
			return nil, nil
		}
		if l := groupOf(v); l != nil && !r.groupMember(l, i, e) {
			return nil, nil
		}
		return r.rowField(v, c, i), path[n:]
	}
	if v.Shape().unknown() {
		return nil, nil
	}
	r.fail(e.Pos, "SG205", "", "%s is %s: it has no field %q", v, v.Shape().describe(), name)
	return nil, nil
}

// rowField is a column of a row of a call's answer.
func (r *resolver) rowField(v Value, c *Call, i int) *FieldValue {
	f := &FieldValue{Of: v, Field: c.Query.Columns[i].Field, Name: columnName(c, i), Type: r.columnShape(c, i)}
	if e, ok := v.(*ElemValue); ok {
		f.Type = r.elementShape(e.Loop, i)
	}
	return f
}

// pick resolves $list.key: the row that a loop over keyed data made for one key.
func (r *resolver) pick(list *Collected, key string, e *spec.Ref) Value {
	var set *DataSet
	if len(list.Calls) == 1 {
		c := list.Calls[0]
		around := len(list.Loops)
		if len(c.Loops) == around+1 && len(c.Over) == 0 && len(c.Guards) == 0 && len(c.Loops[around].Filters) == 0 {
			if d, ok := c.Loops[around].Over.(*DataValue); ok && d.Set.key != "" {
				set = d.Set
			}
		}
	}
	if slices.ContainsFunc(list.Calls, func(c *Call) bool {
		return slices.ContainsFunc(c.Loops, func(l *Loop) bool { return l.broken })
	}) {
		return nil
	}
	if set == nil {
		r.failMissing(e.Pos, "SG217", list.Name, "a row can be picked out of a list that one step makes in a loop over data with a `key`, without `where` and `when`", "$%s has no keys to pick %q by", list.Name, key)
		return nil
	}
	i, keys := set.rowIndex(key)
	if set.keyless {
		return nil
	}
	if i < 0 {
		r.failNear(e.Pos, "SG205", key, keys, "data %q has no row with the key %q", set.Name, key)
		return nil
	}
	return &PickValue{List: list, Index: i, Key: key}
}

// dataOf is the struct of a value that is a row of constants.
func dataOf(v Value) *DataStruct {
	if e, ok := v.(*ElemValue); ok {
		return e.Loop.Data
	}
	return nil
}

// rowsOf is the call whose answer a value is a row of.
func rowsOf(v Value) *Call {
	switch v := v.(type) {
	case *ElemValue:
		return v.Loop.rows
	case *PickValue:
		return v.List.Calls[0]
	default:
		return nil
	}
}

func inputNames(inputs []*Input) []string {
	var names []string
	for _, in := range inputs {
		names = append(names, in.Name)
	}
	return names
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
