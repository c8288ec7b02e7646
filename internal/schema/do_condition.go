package schema

import (
	"slices"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// not is what is known of the opposite.
func (t truth) not() truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	default:
		return maybe
	}
}

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// holds evaluates a condition of IF: whether something is in the schema, as the
// server's catalogs would tell.
func (b *doBlock) holds(cond string) truth {
	expr := expression(cond)
	if expr == nil {
		return maybe
	}
	return b.truth(expr)
}

func (b *doBlock) truth(expr *pg.Node) truth {
	switch n := expr.GetNode().(type) {
	case *pg.Node_AConst:
		if v, ok := n.AConst.Val.(*pg.A_Const_Boolval); ok {
			return truthOf(v.Boolval.GetBoolval())
		}
	case *pg.Node_BoolExpr:
		return b.combined(n.BoolExpr)
	case *pg.Node_SubLink:
		if n.SubLink.SubLinkType == pg.SubLinkType_EXISTS_SUBLINK {
			return b.found(n.SubLink.Subselect.GetSelectStmt())
		}
	case *pg.Node_NullTest:
		if t := b.named1(n.NullTest.Arg); t != maybe {
			if n.NullTest.Nulltesttype == pg.NullTestType_IS_NULL {
				return t.not()
			}
			return t
		}
	case *pg.Node_AExpr:
		return b.counted(n.AExpr)
	}
	return maybe
}

func (b *doBlock) combined(n *pg.BoolExpr) truth {
	switch n.Boolop {
	case pg.BoolExprType_NOT_EXPR:
		return b.truth(n.Args[0]).not()
	case pg.BoolExprType_OR_EXPR:
		out := no
		for _, arg := range n.Args {
			switch b.truth(arg) {
			case yes:
				return yes
			case maybe:
				out = maybe
			}
		}
		return out
	default:
		out := yes
		for _, arg := range n.Args {
			switch b.truth(arg) {
			case no:
				return no
			case maybe:
				out = maybe
			}
		}
		return out
	}
}

// counted evaluates (SELECT count(*) FROM …) = 0, and > 0.
func (b *doBlock) counted(n *pg.A_Expr) truth {
	link := n.GetLexpr().GetSubLink()
	zero := n.GetRexpr().GetAConst()
	if link == nil || zero == nil || zero.GetIval().GetIval() != 0 || zero.GetSval() != nil || len(texts(n.Name)) != 1 {
		return maybe
	}
	found := b.found(link.Subselect.GetSelectStmt())
	switch texts(n.Name)[0] {
	case "=":
		return found.not()
	case ">", "<>":
		return found
	default:
		return maybe
	}
}

// named1 evaluates to_regclass('name') and to_regtype('name'): whether it is there.
func (b *doBlock) named1(expr *pg.Node) truth {
	for expr.GetTypeCast() != nil {
		expr = expr.GetTypeCast().Arg
	}
	call := expr.GetFuncCall()
	if call == nil || len(call.Args) != 1 {
		return maybe
	}
	text, exact := b.fold(call.Args[0])
	if !exact {
		return maybe
	}
	schema, name := splitName(strings.Split(strings.ReplaceAll(text, `"`, ""), "."))
	switch _, function := splitName(texts(call.Funcname)); function {
	case "to_regclass":
		return truthOf(b.relation(schema, name))
	case "to_regtype":
		return truthOf(b.typeNamed(name))
	default:
		return maybe
	}
}

// found evaluates EXISTS (SELECT … FROM a catalog WHERE its columns have texts).
func (b *doBlock) found(s *pg.SelectStmt) truth {
	given, rest := b.given(s)
	t := b.lookUp(given, sources(s.GetFromClause()))
	if t == yes && rest {
		return maybe // something else has to hold, too
	}
	return t
}

// sources are the relations of FROM.
func sources(from []*pg.Node) []string {
	var out []string
	for _, n := range from {
		if j := n.GetJoinExpr(); j != nil {
			out = append(out, sources([]*pg.Node{j.Larg, j.Rarg})...)
		}
		if r := n.GetRangeVar(); r != nil {
			out = append(out, r.Relname)
		}
	}
	return out
}

// given are the columns that a WHERE compares with a text; rest reports that it asks
// for something else that may not hold.
func (b *doBlock) given(s *pg.SelectStmt) (given map[string]string, rest bool) {
	given = map[string]string{}
	for _, cond := range conjuncts(s.GetWhereClause()) {
		e := cond.GetAExpr()
		ref := asName(e.GetLexpr()).GetColumnRef()
		if ref == nil || len(texts(e.Name)) == 0 || texts(e.Name)[0] != "=" {
			rest = true
			continue
		}
		_, column := splitName(texts(ref.Fields))
		switch column {
		case "table_schema", "schemaname", "constraint_schema", "connamespace", "typnamespace", "relnamespace", "nspname", "trigger_schema", "table_catalog", "index_schema", "enumtypid", "typtype", "relkind", "contype", "attisdropped", "oid", "pronamespace":
			if text, ok := b.fold(e.Rexpr); !ok || column != "enumtypid" {
				continue // taken to hold
			} else {
				given[column] = text
			}
			continue
		}
		text, exact := b.fold(e.Rexpr)
		if !exact {
			rest = rest || asName(e.Rexpr).GetColumnRef() == nil // not a join's condition
			continue
		}
		given[column] = text
	}
	return given, rest
}

// asName takes off a cast to text or name.
func asName(expr *pg.Node) *pg.Node {
	for expr.GetTypeCast() != nil {
		expr = expr.GetTypeCast().Arg
	}
	return expr
}

// lookUp tells whether a catalog has a row with these texts.
func (b *doBlock) lookUp(given map[string]string, from []string) truth {
	has := func(name string) bool { return slices.Contains(from, name) }
	switch {
	case has("pg_constraint"), has("table_constraints"), has("referential_constraints"), has("constraint_column_usage"), has("key_column_usage"):
		return b.constraint(first(given, "conname", "constraint_name"), first(given, "conrelid", "table_name", "relname"))
	case has("pg_trigger"), has("triggers"):
		return b.trigger(first(given, "tgname", "trigger_name"), first(given, "tgrelid", "event_object_table", "relname"))
	case has("columns"), has("pg_attribute"):
		table, column := first(given, "table_name", "attrelid", "relname"), first(given, "column_name", "attname")
		if table == "" || column == "" {
			return maybe
		}
		t := b.tableNamed(table)
		return truthOf(t != nil && t.Column(column) != nil)
	case has("pg_enum"):
		e := b.catalog.Enum(first(given, "typname", "enumtypid"))
		if given["enumlabel"] == "" || first(given, "typname", "enumtypid") == "" {
			return maybe
		}
		return truthOf(e != nil && slices.Contains(e.Values, given["enumlabel"]))
	case has("pg_type"), has("domains"):
		if name := first(given, "typname", "domain_name"); name != "" {
			return truthOf(b.typeNamed(name))
		}
	case has("tables"), has("pg_tables"), has("pg_class"), has("pg_indexes"), has("pg_views"), has("views"), has("pg_matviews"), has("pg_index"):
		if name := first(given, "indexname", "viewname", "matviewname", "relname", "tablename", "table_name"); name != "" {
			return truthOf(b.relation("", name))
		}
	case has("pg_proc"), has("routines"):
		if name := first(given, "proname", "routine_name"); name != "" {
			return truthOf(slices.ContainsFunc(b.catalog.Functions, func(f *Function) bool { _, n := f.split(); return n == name }))
		}
	}
	return maybe
}

// first is the first of some columns that has a text.
func first(given map[string]string, columns ...string) string {
	for _, c := range columns {
		if text := given[c]; text != "" {
			return text
		}
	}
	return ""
}

// tableNamed finds a table by a name in any schema, as regclass spells it.
func (b *doBlock) tableNamed(name string) *Table {
	schema, name := splitName(strings.Split(strings.ReplaceAll(name, `"`, ""), "."))
	for _, t := range b.catalog.Tables {
		if t.Name == name && (schema == "" || tableSchema(schema) == t.Schema) {
			return t
		}
	}
	return nil
}

func (b *doBlock) constraint(name, table string) truth {
	if name == "" {
		return maybe
	}
	for _, t := range b.catalog.Tables {
		if (table == "" || b.tableNamed(table) == t) && b.hasConstraint(t, name) {
			return yes
		}
	}
	return no
}

// hasConstraint reports whether a constraint of a table has the name.
func (l *loader) hasConstraint(t *Table, name string) bool {
	return slices.ContainsFunc(t.indexes(), func(k *Key) bool { return k.Name == name && l.keys[k].label != "idx" }) ||
		slices.ContainsFunc(t.ForeignKeys, func(k *ForeignKey) bool { return k.Name == name }) ||
		slices.ContainsFunc(l.facts[t].checks, func(c check) bool { return c.name == name })
}

func (b *doBlock) trigger(name, table string) truth {
	if name == "" {
		return maybe
	}
	for _, t := range b.catalog.Tables {
		if (table == "" || b.tableNamed(table) == t) && slices.ContainsFunc(t.Triggers, func(x *Trigger) bool { return x.Name == name }) {
			return yes
		}
	}
	return no
}

// relation reports whether a table, an index, a view or a sequence is there.
func (l *loader) relation(schema, name string) bool {
	for _, t := range l.catalog.Tables {
		if (schema == "" || t.Schema == tableSchema(schema)) && (t.Name == name || slices.ContainsFunc(t.indexes(), func(k *Key) bool { return k.Name == name })) {
			return true
		}
	}
	return l.others[qualify(schema, name)]
}

// typeNamed reports whether a type of that name is there, in any schema.
func (l *loader) typeNamed(name string) bool {
	_, name, _ = cutLast(name)
	is := func(full string) bool { _, rest, _ := cutLast(full); return rest == name }
	if slices.ContainsFunc(l.catalog.Enums, func(e *Enum) bool { return is(e.Name) }) {
		return true
	}
	for full := range l.domains {
		if is(full) {
			return true
		}
	}
	for full := range l.types {
		if is(full) {
			return true
		}
	}
	return slices.ContainsFunc(l.catalog.Tables, func(t *Table) bool { return t.Name == name })
}
