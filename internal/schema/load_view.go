package schema

import (
	"slices"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// Views, policies and operators are read for what queries on them do. Nothing
// else is known of them.

// createView notes a view. What replaces one keeps its triggers and rules. A
// materialized view is none: its rows change only when it is refreshed.
func (l *loader) createView(n *pg.ViewStmt) {
	name := relationName(n.GetView())
	views := l.catalog.relations.views
	if old := views[name]; old != nil {
		old.query = n.Query
		return
	}
	if views == nil {
		views = map[string]*view{}
		l.catalog.relations.views = views
	}
	views[name] = &view{query: n.Query}
}

func (l *loader) renameView(from, to string) {
	views := l.catalog.relations.views
	if v := views[from]; v != nil {
		delete(views, from)
		views[to] = v
		l.followRename(from, to)
	}
}

func (l *loader) dropView(name string) { delete(l.catalog.relations.views, name) }

func (l *loader) dropViewsOf(schema string) {
	for name := range l.catalog.relations.views {
		if of, _ := cutSchema(name); of == tableSchema(schema) {
			l.dropView(name)
		}
	}
}

// followRename has views read a relation under its new name: PostgreSQL knows
// relations by their numbers.
func (l *loader) followRename(from, to string) {
	schema, name := cutSchema(to)
	for _, v := range l.catalog.relations.views {
		walk(v.query, func(node any) bool {
			if rel, ok := node.(*pg.RangeVar); ok && relationName(rel) == from {
				if rel.Alias == nil {
					rel.Alias = &pg.Alias{Aliasname: rel.Relname}
				}
				rel.Schemaname, rel.Relname = schema, name
			}
			return true
		})
	}
}

func (l *loader) createPolicy(n *pg.CreatePolicyStmt) {
	if t := l.lookup(n.GetTable(), true); t != nil {
		t.policies = append(t.policies, &policy{n.PolicyName, []*pg.Node{n.Qual, n.WithCheck}})
	}
}

// alterPolicy adds the new conditions to the old ones, of which a part may stay.
func (l *loader) alterPolicy(n *pg.AlterPolicyStmt) {
	t := l.lookup(n.GetTable(), true)
	if t == nil {
		return
	}
	for _, p := range t.policies {
		if p.name == n.PolicyName {
			p.conditions = append(p.conditions, n.Qual, n.WithCheck)
		}
	}
}

func dropPolicy(t *Table, name string) {
	t.policies = slices.DeleteFunc(t.policies, func(p *policy) bool { return p.name == name })
}

// createOperator notes an operator, with the functions behind it.
func (l *loader) createOperator(n *pg.DefineStmt) {
	if n.Kind != pg.ObjectType_OBJECT_OPERATOR {
		return
	}
	if l.catalog.relations.operators == nil {
		l.catalog.relations.operators = map[string][][]*pg.Node{}
	}
	_, name := splitName(texts(n.Defnames))
	for _, option := range n.Definition {
		d := option.GetDefElem()
		if word := strings.ToLower(d.GetDefname()); word != "procedure" && word != "function" {
			continue
		}
		function := d.GetArg().GetTypeName().GetNames()
		if list := d.GetArg().GetList(); list != nil {
			function = list.Items
		}
		l.catalog.relations.operators[name] = append(l.catalog.relations.operators[name], function)
	}
}

// atomic are the statements of a body between BEGIN ATOMIC and END, or of RETURN.
func atomic(body *pg.Node) []*pg.Node {
	switch n := body.GetNode().(type) {
	case nil:
		return nil
	case *pg.Node_List:
		var out []*pg.Node
		for _, item := range n.List.Items {
			out = append(out, atomic(item)...)
		}
		return out
	case *pg.Node_ReturnStmt:
		list := []*pg.Node{pg.MakeResTargetNodeWithVal(n.ReturnStmt.Returnval, 0)}
		return []*pg.Node{{Node: &pg.Node_SelectStmt{SelectStmt: &pg.SelectStmt{TargetList: list, Op: pg.SetOperation_SETOP_NONE}}}}
	default:
		return []*pg.Node{body}
	}
}
