package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// The bits of CreateTrigStmt.Timing and Events (catalog/pg_trigger.h).
const (
	timingBefore  = 1 << 1
	timingInstead = 1 << 6
)

var eventBits = map[int32]Events{1 << 2: OnInsert, 1 << 3: OnDelete, 1 << 4: OnUpdate, 1 << 5: OnTruncate}

func (l *loader) createTrigger(n *pg.CreateTrigStmt) {
	t := l.lookup(n.GetRelation(), false)
	v := l.catalog.relations.views[relationName(n.GetRelation())]
	if t == nil && v == nil {
		return
	}
	x := &Trigger{
		Name: n.Trigname, Table: relationName(n.GetRelation()), Timing: After, Row: n.Row, When: n.WhenClause != nil,
		Function: joinName(n.Funcname), Constraint: n.Isconstraint, Deferrable: n.Deferrable || n.Initdeferred, Deferred: n.Initdeferred,
		Pos: l.source.pos(l.start), when: n.WhenClause, args: texts(n.Args),
	}
	switch {
	case n.Timing&timingInstead != 0:
		x.Timing = InsteadOf
	case n.Timing&timingBefore != 0:
		x.Timing = Before
	}
	for bit, event := range eventBits {
		if n.Events&bit != 0 {
			x.Events |= event
		}
	}
	if len(n.Columns) > 0 {
		x.Columns = texts(n.Columns)
	}
	if t == nil {
		v.triggers = append(v.triggers, x)
		return
	}
	l.dropTrigger(t, x.Name) // CREATE OR REPLACE
	t.Triggers = append(t.Triggers, x)
}

func (l *loader) dropTrigger(t *Table, name string) {
	t.Triggers = slices.DeleteFunc(t.Triggers, func(x *Trigger) bool { return x.Name == name })
}

func (l *loader) createRule(n *pg.RuleStmt) {
	t := l.lookup(n.GetRelation(), false)
	v := l.catalog.relations.views[relationName(n.GetRelation())]
	if t == nil && v == nil {
		return
	}
	r := &Rule{Name: n.Rulename, Instead: n.Instead, Conditional: n.WhereClause != nil, Pos: l.source.pos(l.start), where: n.WhereClause, actions: n.Actions}
	switch n.Event {
	case pg.CmdType_CMD_INSERT:
		r.Event = OnInsert
	case pg.CmdType_CMD_UPDATE:
		r.Event = OnUpdate
	case pg.CmdType_CMD_DELETE:
		r.Event = OnDelete
	default:
		r.Event = AnyEvent // ON SELECT makes a view of the table
	}
	if t == nil {
		v.rules = append(v.rules, r)
		return
	}
	l.dropRule(t, r.Name)
	t.Rules = append(t.Rules, r)
}

func (l *loader) dropRule(t *Table, name string) {
	t.Rules = slices.DeleteFunc(t.Rules, func(r *Rule) bool { return r.Name == name })
}

// alterReaction applies the actions of ALTER TABLE that switch triggers, rules
// and row security on and off. A trigger that is enabled for replicas alone does
// not run in an ordinary session.
func (l *loader) alterReaction(t *Table, cmd *pg.AlterTableCmd) {
	switch cmd.Subtype {
	case pg.AlterTableType_AT_EnableTrig, pg.AlterTableType_AT_EnableAlwaysTrig:
		t.switchTriggers(cmd.Name, false)
	case pg.AlterTableType_AT_DisableTrig, pg.AlterTableType_AT_EnableReplicaTrig:
		t.switchTriggers(cmd.Name, true)
	case pg.AlterTableType_AT_EnableTrigAll, pg.AlterTableType_AT_EnableTrigUser:
		t.switchTriggers("", false)
	case pg.AlterTableType_AT_DisableTrigAll, pg.AlterTableType_AT_DisableTrigUser:
		t.switchTriggers("", true)
	case pg.AlterTableType_AT_EnableRule, pg.AlterTableType_AT_EnableAlwaysRule:
		t.switchRule(cmd.Name, false)
	case pg.AlterTableType_AT_DisableRule, pg.AlterTableType_AT_EnableReplicaRule:
		t.switchRule(cmd.Name, true)
	case pg.AlterTableType_AT_EnableRowSecurity:
		t.RowSecurity = true
	case pg.AlterTableType_AT_DisableRowSecurity:
		t.RowSecurity = false
	case pg.AlterTableType_AT_ForceRowSecurity:
		t.ForceRowSecurity = true
	case pg.AlterTableType_AT_NoForceRowSecurity:
		t.ForceRowSecurity = false
	}
}

func (t *Table) switchTriggers(name string, disabled bool) {
	for _, x := range t.Triggers {
		if name == "" || x.Name == name {
			x.Disabled = disabled
		}
	}
}

func (t *Table) switchRule(name string, disabled bool) {
	for _, r := range t.Rules {
		if r.Name == name {
			r.Disabled = disabled
		}
	}
}

// dropReaction removes a trigger or a rule: its name comes after its table's.
func (l *loader) dropReaction(parts []string, drop func(t *Table, name string)) {
	if len(parts) < 2 {
		return
	}
	schema, table := splitName(parts[:len(parts)-1])
	if t := l.table(schema, table); t != nil {
		drop(t, parts[len(parts)-1])
	}
}

func (l *loader) renameReaction(n *pg.RenameStmt) {
	t := l.lookup(n.GetRelation(), true)
	if t == nil {
		return
	}
	if n.RenameType == pg.ObjectType_OBJECT_RULE {
		for _, r := range t.Rules {
			if r.Name == n.Subname {
				r.Name = n.Newname
			}
		}
		return
	}
	for _, x := range t.Triggers {
		if x.Name == n.Subname {
			x.Name = n.Newname
		}
	}
}

// spreadTriggers gives every table the triggers that a statement on it may fire
// beside its own. A row trigger of a partitioned table is one of each of its
// partitions, too. What is written through a parent fires the row triggers of the
// partition or child that has the row; only a partitioned parent hands on what is
// inserted (PostgreSQL manual, sections 5.11 and 39.1).
func (l *loader) spreadTriggers() {
	own := map[*Table][]*Trigger{}
	for _, t := range l.catalog.Tables {
		own[t] = slices.Clone(t.Triggers)
	}
	for _, t := range l.catalog.Tables {
		for _, above := range l.ancestors(t) {
			for _, x := range own[t] {
				above.share(x, above.partitioned)
			}
			if above.partitioned {
				for _, x := range own[above.Table] {
					t.share(x, true)
				}
			}
		}
	}
}

// ancestor is a table that another is a part of, at any distance.
type ancestor struct {
	*Table
	partitioned bool // as is everything on the way to it
}

func (l *loader) ancestors(t *Table) []ancestor {
	var out []ancestor
	var up func(below *Table, partitioned bool)
	up = func(below *Table, partitioned bool) {
		for _, above := range l.facts[below].parents {
			seen := above == t || slices.ContainsFunc(out, func(x ancestor) bool { return x.Table == above })
			if !seen {
				out = append(out, ancestor{above, partitioned && above.Partitioned})
				up(above, partitioned && above.Partitioned)
			}
		}
	}
	up(t, true)
	return out
}

// share adds a row trigger of another table.
func (t *Table) share(x *Trigger, inserts bool) {
	if !x.Row || slices.ContainsFunc(t.Triggers, func(y *Trigger) bool { return y.Table == x.Table && y.Name == x.Name }) {
		return
	}
	if !inserts {
		copied := *x
		copied.Events &^= OnInsert
		x = &copied
	}
	if x.Events != 0 {
		t.Triggers = append(t.Triggers, x)
	}
}
