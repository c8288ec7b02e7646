package schema

import pg "github.com/sqlc-dev/oliphant"

// paramUse is a Param with what decides it.
type paramUse struct {
	Param
	written bool // the column gets the value, which says more than a comparison
	// classes are the types that its uses give it. The server takes the first
	// it meets and converts for the others, so a value is only kept as it was
	// sent where all agree.
	classes map[string]bool
	loose   bool // a use of which the type is not known
}

// only reports whether every use of the parameter gives it one type.
func (u *paramUse) only(class string) bool {
	return !u.loose && len(u.classes) == 1 && u.classes[class]
}

func (a *analyzer) use(n int32) *paramUse {
	for len(a.params) < int(n) {
		a.params = append(a.params, paramUse{classes: map[string]bool{}})
	}
	return &a.params[n-1]
}

// bind analyses an expression whose value goes to a column (write) or is
// compared with it, and returns n when it is a bare $n or $n::type.
func (a *analyzer) bind(expr *pg.Node, s *scope, to column, write bool) int {
	switch n := expr.GetNode().(type) {
	case *pg.Node_ParamRef:
		u := a.use(n.ParamRef.Number)
		u.classes[a.classOf(to)] = true
		u.fact(to, write)
		return int(n.ParamRef.Number)
	case *pg.Node_TypeCast:
		if p := n.TypeCast.Arg.GetParamRef(); p != nil {
			a.cast(p, n.TypeCast.GetTypeName()).fact(to, write)
			return int(p.Number)
		}
		// $1::text::kind: the value gets there, though not as it is.
		if inner, p := innermost(n.TypeCast); p != nil {
			a.cast(p, inner.GetTypeName()).fact(to, write)
			return 0
		}
		a.elementFact(n.TypeCast.Arg, s, to, write)
	case *pg.Node_ColumnRef:
		a.elementFact(expr, s, to, write)
	}
	a.expr(expr, s)
	return 0
}

// elementFact notes that the elements of an array parameter go to a column, or
// are compared with it.
func (a *analyzer) elementFact(expr *pg.Node, s *scope, to column, write bool) {
	a.sourceFact(a.origin(expr, s), to, write)
}

// sourceFact is elementFact for a value that is a column of something else.
func (a *analyzer) sourceFact(from, to column, write bool) {
	if from.element > 0 {
		a.use(int32(from.element)).fact(to, write)
	}
	if from.param > 0 {
		a.use(int32(from.param)).fact(to, write)
	}
}

// fact gives the parameter the column, unless it has one already: what is
// written wins over what is compared, and the first wins among equals.
func (u *paramUse) fact(to column, write bool) {
	if to.table == "" || u.Column != "" && (u.written || !write) {
		return
	}
	u.Table, u.Column, u.written = to.table, to.base, write
}

// cast notes $n::type. The first one in the text names the type.
func (a *analyzer) cast(p *pg.ParamRef, t *pg.TypeName) *paramUse {
	u := a.use(p.Number)
	info := typeOf(t)
	if u.Cast == "" {
		u.Cast = info.name
	}
	class := a.catalog.class(info.name)
	if info.array {
		u.Array = true
		class += "[]"
	}
	if info.modified {
		class += "()" // $1::varchar(3) cuts without a word: never a column's class
	}
	u.classes[class] = true
	return u
}

// innermost follows casts of casts down to one of a parameter, or returns nil.
func innermost(c *pg.TypeCast) (*pg.TypeCast, *pg.ParamRef) {
	for c != nil {
		if p := c.Arg.GetParamRef(); p != nil {
			return c, p
		}
		c = c.Arg.GetTypeCast()
	}
	return nil, nil
}

// classOf is the type that a bare parameter takes next to a column. A column of
// unknown origin gives a class that no other equals.
func (a *analyzer) classOf(c column) string {
	t := a.catalog.Table(c.table)
	if t == nil {
		return "?"
	}
	col := t.Column(c.base)
	if col == nil {
		return "?"
	}
	class := a.catalog.class(col.Type)
	if col.Array {
		class += "[]"
	}
	return class
}

// limit analyses LIMIT and OFFSET, which are int8.
func (a *analyzer) limit(expr *pg.Node, s *scope) {
	p := expr.GetParamRef()
	if p == nil {
		a.expr(expr, s)
		return
	}
	u := a.use(p.Number)
	u.classes["int8"] = true
	if u.Cast == "" {
		u.Cast = "int8"
	}
}
