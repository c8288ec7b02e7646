package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// functions returns the names of the functions that a statement calls, without
// pg_catalog in front; sorted, no duplicates.
func functions(stmt *pg.Node) []string {
	var names []string
	walk(stmt, func(node any) bool {
		if call, ok := node.(*pg.FuncCall); ok {
			schema, name := splitName(texts(call.Funcname))
			if schema == "pg_catalog" {
				schema = ""
			}
			names = append(names, qualify(schema, name))
		}
		return true
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// varying are the functions of PostgreSQL, and of the usual extensions, that
// answer differently when a statement is sent again in the same transaction.
var varying = map[string]bool{
	"array_sample": true, "array_shuffle": true, "clock_timestamp": true, "gen_random_bytes": true, "gen_random_uuid": true,
	"gen_salt": true, "lastval": true, "nextval": true, "pg_current_snapshot": true, "random": true, "random_normal": true,
	"statement_timestamp": true, "timeofday": true, "txid_current_snapshot": true, "uuid_generate_v1": true,
	"uuid_generate_v1mc": true, "uuid_generate_v4": true, "uuidv4": true, "uuidv7": true,
}

// varies returns the first of the functions in the list of a SELECT that answers
// differently each time, "" for none.
func varies(stmt *pg.Node) string {
	for _, target := range stmt.GetSelectStmt().GetTargetList() {
		for _, name := range functions(target) {
			if varying[name] {
				return name
			}
		}
	}
	return ""
}

// copies notes the tables from whose rows an INSERT … SELECT makes its own: those
// of the FROM of its SELECT, at any depth.
func (a *analyzer) copies(n *pg.InsertStmt, source relation) {
	if len(n.GetSelectStmt().GetSelectStmt().GetValuesLists()) > 0 || a.looksUp(n.GetSelectStmt().GetSelectStmt()) {
		return
	}
	tables := slices.Clone(source.tables)
	if n.WithClause != nil || n.GetSelectStmt().GetSelectStmt().GetWithClause() != nil {
		tables = append(tables, sortedNames(a.reads)...) // of a WITH query, any
	}
	slices.Sort(tables)
	a.query.Copies = slices.Compact(tables)
}

// looksUp reports whether a SELECT is of one table, by a key of it: that is one row.
func (a *analyzer) looksUp(n *pg.SelectStmt) bool {
	if len(n.GetFromClause()) != 1 {
		return false
	}
	from := n.FromClause[0].GetRangeVar()
	t := a.catalog.table(from.GetSchemaname(), from.GetRelname())
	if t == nil {
		return false
	}
	var fixed []string
	for _, cond := range conjuncts(n.WhereClause) {
		e := cond.GetAExpr()
		if e.GetKind() != pg.A_Expr_Kind_AEXPR_OP || bareParam(e.GetRexpr()) == nil {
			continue
		}
		if _, op := splitName(texts(e.Name)); op == "=" && e.Lexpr.GetColumnRef() != nil {
			fixed = append(fixed, columnsIn(e.Lexpr)...)
		}
	}
	keys := slices.Clone(t.Uniques)
	if t.PrimaryKey != nil {
		keys = append(keys, t.PrimaryKey)
	}
	return slices.ContainsFunc(keys, func(k *Key) bool {
		return !k.Partial && !slices.ContainsFunc(k.Columns, func(name string) bool { return !slices.Contains(fixed, name) })
	})
}
