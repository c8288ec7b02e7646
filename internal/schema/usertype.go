package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/specgen-dev/specgen/internal/diag"
)

func (l *loader) createEnum(n *pg.CreateEnumStmt) {
	e := &Enum{Name: joinName(n.TypeName), Values: texts(n.Vals), Pos: l.source.pos(l.start), Uncertain: l.within != nil}
	if old := l.catalog.Enum(e.Name); old != nil {
		l.problems.Add(diag.Problem{
			Pos: e.Pos, Severity: diag.Warning, Code: codeDuplicate,
			Message: "type \"" + e.Name + "\" is created twice; the first one counts",
			Fix:     "drop the type before, or remove one of the two statements",
			Related: []diag.Related{{Pos: old.Pos, Message: "it is created here"}},
		})
		old.Uncertain = true
		return
	}
	l.catalog.Enums = append(l.catalog.Enums, e)
}

func (l *loader) alterEnum(n *pg.AlterEnumStmt) {
	e := l.catalog.Enum(joinName(n.TypeName))
	if e == nil {
		l.warn(l.source.pos(l.start), codeUnknown, "", "there is no enum type %q at this point", joinName(n.TypeName))
		return
	}
	e.Uncertain = e.Uncertain || l.within != nil
	if n.OldVal != "" {
		replace(e.Values, n.OldVal, n.NewVal)
		return
	}
	if slices.Contains(e.Values, n.NewVal) {
		return
	}
	at := len(e.Values)
	if i := slices.Index(e.Values, n.NewValNeighbor); n.NewValNeighbor != "" && i >= 0 {
		at = i
		if n.NewValIsAfter {
			at++
		}
	}
	e.Values = slices.Insert(e.Values, at, n.NewVal)
}

func (l *loader) createDomain(n *pg.CreateDomainStmt) {
	d := &domain{
		base:             typeOf(n.GetTypeName()),
		nondeterministic: l.collations[joinName(n.GetCollClause().GetCollname())],
	}
	for _, node := range n.Constraints {
		switch c := node.GetConstraint(); c.GetContype() {
		case pg.ConstrType_CONSTR_NOTNULL:
			d.notNull = true
		case pg.ConstrType_CONSTR_DEFAULT:
			d.setDefault(c.RawExpr)
		}
	}
	l.domains[joinName(n.Domainname)] = d
}

func (l *loader) alterDomain(n *pg.AlterDomainStmt) {
	d := l.domains[joinName(n.TypeName)]
	if d == nil {
		return
	}
	switch n.Subtype {
	case "T":
		d.setDefault(n.Def)
	case "O":
		d.notNull = true
	case "N":
		d.notNull = false
	}
}

// applyDomain gives a column what its domain says, down to the base type. A
// domain that is its own base cannot be created, but can be written.
func (l *loader) applyDomain(c *Column) {
	name := c.Type
	for range len(l.domains) {
		d := l.domains[name]
		if d == nil {
			return
		}
		if !c.Array {
			c.NotNull = c.NotNull || d.notNull
			if !c.Default && d.dflt != nil {
				c.Default, c.defaultExpr = true, d.dflt
			}
			c.Nondeterministic = c.Nondeterministic || d.nondeterministic
			if c.Length == 0 {
				c.Length = d.base.length
			}
		}
		name = d.base.name
	}
}

// createCollation notes the collations for which different values are equal.
func (l *loader) createCollation(n *pg.DefineStmt) {
	if n.Kind != pg.ObjectType_OBJECT_COLLATION {
		return
	}
	for _, node := range n.Definition {
		d := node.GetDefElem()
		if d.GetDefname() != "deterministic" {
			continue
		}
		if isFalse(d.GetArg()) {
			l.collations[joinName(n.Defnames)] = true
		}
	}
}

// isFalse reports the ways in which a definition says no (defGetBoolean).
func isFalse(arg *pg.Node) bool {
	switch n := arg.GetNode().(type) {
	case *pg.Node_Integer:
		return n.Integer.Ival == 0
	case *pg.Node_Boolean:
		return !n.Boolean.Boolval
	case *pg.Node_String_:
		return slices.Contains([]string{"false", "off", "0"}, n.String_.Sval)
	case *pg.Node_TypeName:
		return isFalse(&pg.Node{Node: &pg.Node_String_{String_: &pg.String{Sval: joinName(n.TypeName.Names)}}})
	default:
		return false
	}
}

// renameType renames an enum or a domain, also in the columns of that type. The
// type stays in its schema.
func (l *loader) renameType(from, name string) {
	schema, _, ok := cutLast(from)
	to := name
	if ok {
		to = qualify(schema, name)
	}
	if e := l.catalog.Enum(from); e != nil {
		e.Name = to
	}
	if d := l.domains[from]; d != nil {
		delete(l.domains, from)
		l.domains[to] = d
	}
	for _, d := range l.domains {
		if d.base.name == from {
			d.base.name = to
		}
	}
	for _, t := range l.catalog.Tables {
		for _, c := range t.Columns {
			if c.Type == from {
				c.Type = to
			}
		}
	}
}

func cutLast(name string) (schema, rest string, ok bool) {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			return name[:i], name[i+1:], true
		}
	}
	return "", name, false
}

// dropType removes an enum or a domain. Columns of that type can only be left
// where the files are wrong; they keep the name.
func (l *loader) dropType(name string) {
	l.catalog.Enums = slices.DeleteFunc(l.catalog.Enums, func(e *Enum) bool { return e.Name == name })
	delete(l.domains, name)
	delete(l.types, name)
}

// comment applies COMMENT ON TABLE and COMMENT ON COLUMN.
func (l *loader) comment(n *pg.CommentStmt) {
	parts := texts(n.GetObject().GetList().GetItems())
	switch n.Objtype {
	case pg.ObjectType_OBJECT_TABLE:
		if t := l.table(splitName(parts)); t != nil {
			t.Comment = n.Comment
		}
	case pg.ObjectType_OBJECT_COLUMN:
		if len(parts) < 2 {
			return
		}
		if t := l.table(splitName(parts[:len(parts)-1])); t != nil {
			if c := t.Column(parts[len(parts)-1]); c != nil {
				c.Comment = n.Comment
			}
		}
	}
}

// setDefault gives a domain a default, or takes it away.
func (d *domain) setDefault(expr *pg.Node) {
	d.dflt = nil
	if expr != nil && !isNull(expr) {
		d.dflt = expr
	}
}
