package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/specgen-dev/specgen/internal/diag"
)

func (l *loader) createTable(n *pg.CreateStmt) {
	rel := n.GetRelation()
	schema := tableSchema(rel.GetSchemaname())
	t := &Table{Schema: schema, Name: rel.GetRelname(), Partitioned: n.GetPartspec() != nil, Pos: l.pos(rel.GetLocation())}
	if old := l.table(schema, t.Name); old != nil {
		if !n.IfNotExists {
			l.problems.Add(diag.Problem{
				Pos: t.Pos, Severity: diag.Warning, Code: codeDuplicate,
				Message: "table \"" + t.QualifiedName() + "\" is created twice; the first one counts",
				Fix:     "drop the table before, or remove one of the two statements",
				Related: []diag.Related{{Pos: old.Pos, Message: "it is created here"}},
			})
		}
		old.unlike = true // each entry of sqlc.yaml may mean its own
		return
	}
	if n.IfNotExists && l.others[t.QualifiedName()] {
		return // a view has the name
	}
	t.unlike = l.within != nil || len(n.InhRelations) > 0
	l.catalog.Tables = append(l.catalog.Tables, t)
	l.tables[[2]string{t.Schema, t.Name}] = t
	l.facts[t] = &tableFacts{open: n.GetOfTypename() != nil}
	l.names.take(relationNames, t.Schema, t.Name)

	var set constraintSet
	for _, p := range n.InhRelations {
		parent := l.lookup(p.GetRangeVar(), false)
		if parent == nil || parent == t {
			l.facts[t].open = true
			continue
		}
		l.inherit(t, parent)
		l.facts[t].open = l.facts[t].open || l.facts[parent].open
	}
	for _, element := range n.TableElts {
		switch e := element.GetNode().(type) {
		case *pg.Node_ColumnDef:
			l.defineColumn(t, e.ColumnDef, &set)
		case *pg.Node_TableLikeClause:
			l.like(t, e.TableLikeClause)
		case *pg.Node_Constraint:
			set.add(e.Constraint, "")
		}
	}
	l.applyConstraints(t, &set, false)
}

// defineColumn adds a column, or merges its definition into an inherited one,
// and leaves its constraints to be applied after all columns are there.
func (l *loader) defineColumn(t *Table, def *pg.ColumnDef, set *constraintSet) {
	c := t.Column(def.Colname)
	if c == nil {
		c = &Column{Name: def.Colname}
		t.Columns = append(t.Columns, c)
	}
	c.Pos = l.pos(def.Location)
	if def.GetTypeName() != nil { // absent in a partition's WITH OPTIONS
		c.local = true
		l.setType(c, def.TypeName, def.CollClause)
		if info := typeOf(def.TypeName); info.serial {
			c.NotNull, c.Default, c.Identity = true, true, true
		}
	}
	// The parser gives DEFERRABLE as a constraint of its own, behind the one
	// that it belongs to.
	for _, n := range def.Constraints {
		con := n.GetConstraint()
		switch con.GetContype() {
		case pg.ConstrType_CONSTR_NOTNULL:
			c.NotNull = true
		case pg.ConstrType_CONSTR_NULL:
			c.NotNull = false
		case pg.ConstrType_CONSTR_DEFAULT:
			l.setDefault(c, con.RawExpr)
		case pg.ConstrType_CONSTR_IDENTITY:
			c.NotNull, c.Default, c.Identity, c.Always = true, true, true, always(con)
		case pg.ConstrType_CONSTR_GENERATED:
			c.Generated = true
		case pg.ConstrType_CONSTR_ATTR_DEFERRABLE:
			set.deferLast()
		default:
			set.add(con, c.Name)
		}
	}
}

// always reports GENERATED ALWAYS, as opposed to BY DEFAULT, of an identity
// column (catalog/pg_attribute.h).
func always(c *pg.Constraint) bool { return c.GetGeneratedWhen() == "a" }

// setDefault gives a column a default, or takes it away. DEFAULT NULL is none;
// DEFAULT nextval(…) is how pg_dump spells a serial column.
func (l *loader) setDefault(c *Column, expr *pg.Node) {
	c.Default, c.defaultExpr = expr != nil && !isNull(expr), expr
	_, function := splitName(texts(expr.GetFuncCall().GetFuncname()))
	c.Identity = c.Default && function == "nextval"
}

// isNull reports NULL, also with a cast.
func isNull(expr *pg.Node) bool {
	for expr.GetTypeCast() != nil {
		expr = expr.GetTypeCast().Arg
	}
	return expr.GetAConst().GetIsnull()
}

func (l *loader) setType(c *Column, t *pg.TypeName, collation *pg.CollateClause) {
	info := typeOf(t)
	c.Type, c.Array, c.Length = info.name, info.array, info.length
	c.Nondeterministic = l.collations[joinName(collation.GetCollname())]
}

// like copies columns, and what INCLUDING asks for, from another table. NOT
// NULL is always copied; foreign keys and triggers never are.
func (l *loader) like(t *Table, clause *pg.TableLikeClause) {
	t.unlike = true
	from := l.lookup(clause.GetRelation(), false)
	if from == nil || from == t {
		l.facts[t].open = true
		return
	}
	l.facts[t].open = l.facts[t].open || l.facts[from].open
	including := func(option pg.TableLikeOption) bool { return clause.Options&likeBit(option) != 0 }
	for _, c := range from.Columns {
		if t.Column(c.Name) != nil {
			continue
		}
		copied := *c
		copied.local = true
		copied.Pos = l.pos(clause.GetRelation().GetLocation())
		identity := c.Identity && including(pg.TableLikeOption_CREATE_TABLE_LIKE_IDENTITY)
		dflt := c.Default && including(pg.TableLikeOption_CREATE_TABLE_LIKE_DEFAULTS)
		copied.Identity, copied.Default = identity || c.Identity && dflt, identity || dflt
		copied.Always = c.Always && identity
		copied.Generated = c.Generated && including(pg.TableLikeOption_CREATE_TABLE_LIKE_GENERATED)
		if !including(pg.TableLikeOption_CREATE_TABLE_LIKE_COMMENTS) {
			copied.Comment = ""
		}
		t.Columns = append(t.Columns, &copied)
	}
	if including(pg.TableLikeOption_CREATE_TABLE_LIKE_CONSTRAINTS) {
		for _, c := range l.facts[from].checks {
			c.local, c.columns = true, slices.Clone(c.columns)
			l.names.take(constraintNames, t.Schema, c.name)
			l.facts[t].checks = append(l.facts[t].checks, c)
		}
	}
	if including(pg.TableLikeOption_CREATE_TABLE_LIKE_INDEXES) {
		l.copyKeys(t, from)
	}
}

// likeBit is the bit of an option in TableLikeClause.Options. The parser keeps
// PostgreSQL's bit mask there, while its constants count.
func likeBit(option pg.TableLikeOption) uint32 { return 1 << (uint32(option) - 1) }

// copyKeys copies the primary key, the unique ones and EXCLUDE constraints, under
// default names.
func (l *loader) copyKeys(t, from *Table) {
	for _, k := range append(slices.Concat(from.Uniques, from.Excludes), from.PrimaryKey) {
		if k != nil {
			l.copyKey(t, from, k)
		}
	}
}

// copyKey copies a key or an index under a default name.
func (l *loader) copyKey(t, from *Table, k *Key) *Key {
	facts := l.keys[k]
	facts.parts, facts.depends = slices.Clone(facts.parts), slices.Clone(facts.depends)
	copied := &Key{Columns: slices.Clone(k.Columns), Partial: k.Partial, Deferrable: k.Deferrable, Pos: t.Pos}
	switch {
	case k == from.PrimaryKey && t.PrimaryKey != nil:
		return t.PrimaryKey
	case k == from.PrimaryKey:
		copied.Name = l.names.choose(t.Schema, t.Name, "", "pkey")
		setNotNull(t, copied.Columns)
		t.PrimaryKey = copied
	default:
		copied.Name = l.names.choose(t.Schema, t.Name, columnsPart(facts.parts), facts.label)
		switch {
		case slices.Contains(from.Uniques, k):
			t.Uniques = append(t.Uniques, copied)
		case slices.Contains(from.Excludes, k):
			t.Excludes = append(t.Excludes, copied)
		default:
			t.Indexes = append(t.Indexes, copied)
		}
	}
	l.noteKey(copied, facts)
	return copied
}

// noteKey keeps the facts of a new key, and that it was made after the others.
func (l *loader) noteKey(k *Key, facts keyFacts) {
	facts.made, facts.of = len(l.keys), nil
	l.keys[k] = facts
}
