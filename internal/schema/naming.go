package schema

import (
	"strconv"
	"strings"
	"unicode/utf8"

	pg "github.com/sqlc-dev/oliphant"
)

// maxName is PostgreSQL's limit for identifiers in bytes, NAMEDATALEN - 1.
const maxName = 63

// names are the names in use, by schema and kind. Default names avoid them, as in
// PostgreSQL (commands/indexcmds.c, ChooseRelationName; catalog/pg_constraint.c,
// ChooseConstraintName).
type names map[takenName]int

type takenName struct {
	kind         nameKind
	schema, name string
}

// nameKind tells names apart that may be the same: that of a CHECK or a foreign key
// is no relation's. A key has both kinds.
type nameKind int

const (
	relationNames nameKind = 1 << iota
	constraintNames
	keyNames = relationNames | constraintNames
)

// each calls visit for each kind of which a name is.
func (k nameKind) each(visit func(nameKind)) {
	for _, one := range []nameKind{relationNames, constraintNames} {
		if k&one != 0 {
			visit(one)
		}
	}
}

// kindOf is the kind of a default name by what it ends with.
func kindOf(label string) nameKind {
	switch label {
	case "idx":
		return relationNames
	case "check", "fkey":
		return constraintNames
	default:
		return keyNames
	}
}

func (n names) take(kind nameKind, schema, name string) {
	kind.each(func(one nameKind) { n[takenName{one, schema, name}]++ })
}

func (n names) release(kind nameKind, schema, name string) {
	kind.each(func(one nameKind) {
		key := takenName{one, schema, name}
		if n[key] > 1 {
			n[key]--
			return
		}
		delete(n, key)
	})
}

func (n names) taken(kind nameKind, schema, name string) bool {
	found := false
	kind.each(func(one nameKind) { found = found || n[takenName{one, schema, name}] > 0 })
	return found
}

// choose returns the default name of an index or a constraint, and takes it.
func (n names) choose(schema, table, columns, label string) string {
	for pass := 0; ; pass++ {
		suffix := label
		if pass > 0 {
			suffix += strconv.Itoa(pass)
		}
		name := objectName(table, columns, suffix)
		if kind := kindOf(label); !n.taken(kind, schema, name) {
			n.take(kind, schema, name)
			return name
		}
	}
}

// objectName joins the parts of a default name, and shortens the longer of the
// first two until it fits (commands/indexcmds.c, makeObjectName).
func objectName(table, columns, label string) string {
	available := maxName - len(label) - 1
	if columns != "" {
		available--
	}
	a, b := len(table), len(columns)
	for a+b > available {
		if a > b {
			a--
		} else {
			b--
		}
	}
	name := clip(table, a)
	if columns != "" {
		name += "_" + clip(columns, b)
	}
	return name + "_" + label
}

// clip shortens s to at most n bytes, at the end of a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// columnsPart joins columns for a default name; PostgreSQL stops adding at
// NAMEDATALEN bytes.
func columnsPart(columns []string) string {
	var b strings.Builder
	for _, c := range columns {
		if b.Len() > 0 {
			b.WriteByte('_')
		}
		b.WriteString(c)
		if b.Len() > maxName {
			break
		}
	}
	return b.String()
}

// indexColumnNames are the names that PostgreSQL gives an index's columns, of
// which the index's own default name is made (ChooseIndexColumnNames).
func indexColumnNames(params []*pg.Node) []string {
	var out []string
	used := map[string]bool{}
	for _, p := range params {
		elem := p.GetIndexElem()
		base := elem.GetName()
		if base == "" {
			base = resultName(elem.GetExpr())
		}
		if base == "" {
			base = "expr"
		}
		name := base
		for i := 1; used[name]; i++ {
			digits := strconv.Itoa(i)
			name = clip(base, maxName-len(digits)) + digits
		}
		used[name] = true
		out = append(out, name)
	}
	return out
}

// resultName is the name that PostgreSQL gives a column of the answer that has
// no AS (parser/parse_target.c, FigureColnameInternal); "" when it finds none,
// and says ?column?.
func resultName(expr *pg.Node) string {
	name, _ := figureName(expr)
	return name
}

// figureName also reports how good the name is: 2 for one that is certain, 1
// for one that an enclosing expression may replace, 0 for none.
func figureName(expr *pg.Node) (name string, strength int) {
	switch n := expr.GetNode().(type) {
	case *pg.Node_ColumnRef:
		_, name := splitName(texts(n.ColumnRef.Fields))
		return name, 2
	case *pg.Node_AIndirection:
		for _, i := range n.AIndirection.Indirection {
			if s := i.GetString_(); s != nil {
				name = s.Sval
			}
		}
		if name != "" {
			return name, 2
		}
		return figureName(n.AIndirection.Arg)
	case *pg.Node_FuncCall:
		_, name := splitName(texts(n.FuncCall.Funcname))
		return name, 2
	case *pg.Node_AExpr:
		if n.AExpr.Kind == pg.A_Expr_Kind_AEXPR_NULLIF {
			return "nullif", 2
		}
	case *pg.Node_TypeCast:
		if name, strength := figureName(n.TypeCast.Arg); strength > 1 {
			return name, strength
		}
		_, name := splitName(texts(n.TypeCast.GetTypeName().GetNames()))
		return name, 1
	case *pg.Node_CollateClause:
		return figureName(n.CollateClause.Arg)
	case *pg.Node_GroupingFunc:
		return "grouping", 2
	case *pg.Node_SubLink:
		return subqueryName(n.SubLink)
	case *pg.Node_CaseExpr:
		if name, strength := figureName(n.CaseExpr.Defresult); strength > 1 {
			return name, strength
		}
		return "case", 1
	case *pg.Node_AArrayExpr:
		return "array", 2
	case *pg.Node_RowExpr:
		return "row", 2
	case *pg.Node_CoalesceExpr:
		return "coalesce", 2
	case *pg.Node_MinMaxExpr:
		if n.MinMaxExpr.Op == pg.MinMaxOp_IS_LEAST {
			return "least", 2
		}
		return "greatest", 2
	case *pg.Node_SqlvalueFunction:
		return valueFunctionName(n.SqlvalueFunction.Op), 2
	case *pg.Node_MergeSupportFunc:
		return "merge_action", 2
	}
	return "", 0
}

func subqueryName(link *pg.SubLink) (string, int) {
	switch link.SubLinkType {
	case pg.SubLinkType_EXISTS_SUBLINK:
		return "exists", 2
	case pg.SubLinkType_ARRAY_SUBLINK:
		return "array", 2
	case pg.SubLinkType_EXPR_SUBLINK:
		targets := link.Subselect.GetSelectStmt().GetTargetList()
		if len(targets) == 0 {
			return "", 0
		}
		if t := targets[0].GetResTarget(); t.GetName() != "" {
			return t.Name, 2
		}
		return figureName(targets[0].GetResTarget().GetVal())
	default:
		return "", 0
	}
}

// valueFunctionName is the name of the functions that SQL calls without
// parentheses, such as current_date.
func valueFunctionName(op pg.SQLValueFunctionOp) string {
	name := strings.TrimPrefix(op.String(), "SVFOP_")
	return strings.ToLower(strings.TrimSuffix(name, "_N"))
}
