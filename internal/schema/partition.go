package schema

import "slices"

// parts are the partitions and the children of a table, those next to it only.
func (l *loader) parts(t *Table) []*Table {
	var out []*Table
	for _, other := range l.catalog.Tables {
		if slices.Contains(l.facts[other].parents, t) {
			out = append(out, other)
		}
	}
	return out
}

// partitions are the parts of a partitioned table, which have its keys and foreign
// keys; children have not.
func (l *loader) partitions(t *Table) []*Table {
	if !t.Partitioned {
		return nil
	}
	return l.parts(t)
}

// inherit copies what a partition or a child takes over from its parent: a
// child the columns and checks, a partition the keys as well. Keys get names of
// their own, foreign keys keep the parent's.
func (l *loader) inherit(t, parent *Table) {
	l.facts[t].parents = append(l.facts[t].parents, parent)
	for _, c := range parent.Columns {
		inheritColumn(t, c)
	}
	for _, c := range l.facts[parent].checks {
		l.inheritCheck(t, c)
	}
	if !parent.Partitioned {
		parent.Inherited = true
		return
	}
	l.inheritKeys(t, parent)
}

// attach makes a table that is there a partition of another. It has the columns and
// checks, which are the parent's from now on, and gets the keys that it has not
// (commands/tablecmds.c, AttachPartitionEnsureIndexes).
func (l *loader) attach(t, parent *Table) {
	l.facts[t].parents = append(l.facts[t].parents, parent)
	for _, c := range t.Columns {
		c.local = c.local && parent.Column(c.Name) == nil
	}
	for i := range l.facts[t].checks {
		c := &l.facts[t].checks[i]
		c.local = c.local && !l.hasCheck(parent, c.name)
	}
	l.inheritKeys(t, parent)
}

// leave ends that a table is a part of another. What it has is its own.
func (l *loader) leave(t, parent *Table) {
	facts := l.facts[t]
	facts.parents = slices.DeleteFunc(facts.parents, func(p *Table) bool { return p == parent })
	for _, c := range t.Columns {
		c.local = c.local || !l.inheritsColumn(t, c.Name)
	}
	for i := range facts.checks {
		c := &facts.checks[i]
		c.local = c.local || !l.inheritsCheck(t, c.name)
	}
	for _, k := range t.indexes() {
		facts := l.keys[k]
		facts.of = nil
		l.keys[k] = facts
	}
	for _, fk := range t.ForeignKeys {
		delete(l.foreignOf, fk)
	}
}

// inheritColumn gives a part a column of its parent, unless it has one of that name.
func inheritColumn(t *Table, c *Column) {
	if t.Column(c.Name) != nil {
		return
	}
	copied := *c
	copied.local = false
	t.Columns = append(t.Columns, &copied)
}

// spreadColumn gives the parts of a table a column that it got.
func (l *loader) spreadColumn(t *Table, c *Column) {
	for _, part := range l.parts(t) {
		inheritColumn(part, c)
		l.spreadColumn(part, c)
	}
}

func (l *loader) inheritsColumn(t *Table, name string) bool {
	return slices.ContainsFunc(l.facts[t].parents, func(p *Table) bool { return p.Column(name) != nil })
}

func (l *loader) hasCheck(t *Table, name string) bool {
	return slices.ContainsFunc(l.facts[t].checks, func(c check) bool { return c.name == name })
}

func (l *loader) inheritsCheck(t *Table, name string) bool {
	return slices.ContainsFunc(l.facts[t].parents, func(p *Table) bool { return l.hasCheck(p, name) })
}

// inheritCheck gives a part a CHECK of its parent; one of that name is taken to be the
// same, as PostgreSQL demands.
func (l *loader) inheritCheck(t *Table, c check) {
	if c.noInherit || l.hasCheck(t, c.name) {
		return
	}
	c.local, c.columns = false, slices.Clone(c.columns)
	l.names.take(constraintNames, t.Schema, c.name)
	l.facts[t].checks = append(l.facts[t].checks, c)
}

// spreadCheck gives the parts of a table a CHECK that it got.
func (l *loader) spreadCheck(t *Table, c check, only bool) {
	if only {
		return
	}
	for _, part := range l.parts(t) {
		l.inheritCheck(part, c)
		l.spreadCheck(part, c, false)
	}
}

// spreadNotNull makes columns NOT NULL in a table and in its parts.
func (l *loader) spreadNotNull(t *Table, columns []string, only bool) {
	setNotNull(t, columns)
	if only {
		return
	}
	for _, part := range l.parts(t) {
		l.spreadNotNull(part, columns, false)
	}
}

// spreadKey gives the partitions of a table a key or an index that it got. The columns
// of a primary key are NOT NULL in children, too.
func (l *loader) spreadKey(t *Table, k *Key, only bool) {
	if only {
		return
	}
	for _, part := range l.partitions(t) {
		l.inheritKey(part, t, k)
	}
	if k == t.PrimaryKey {
		l.spreadNotNull(t, k.Columns, false)
	}
}

// inheritKeys gives a partition the keys, indexes and foreign keys of its parent.
func (l *loader) inheritKeys(t, parent *Table) {
	keys := parent.indexes()
	slices.SortStableFunc(keys, func(a, b *Key) int { return l.keys[a].made - l.keys[b].made })
	for _, k := range keys {
		l.inheritKey(t, parent, k)
	}
	for _, fk := range parent.ForeignKeys {
		l.inheritForeignKey(t, fk)
	}
}

// inheritKey gives a partition, and those below it, a key or an index of its parent.
func (l *loader) inheritKey(t, parent *Table, k *Key) {
	copied := l.sameKey(t, parent, k)
	if copied == nil {
		copied = l.copyKey(t, parent, k)
	}
	facts := l.keys[copied]
	facts.of = k
	l.keys[copied] = facts
	for _, below := range l.partitions(t) {
		l.inheritKey(below, t, copied)
	}
}

// sameKey is the key of a partition that serves as that of its parent, or nil. Those
// with expressions or a condition are not compared.
func (l *loader) sameKey(t, parent *Table, k *Key) *Key {
	if k.Partial || slices.Contains(k.Columns, "") {
		return nil
	}
	same := func(other *Key) bool {
		return l.keys[other].of == nil && !other.Partial && slices.Equal(other.Columns, k.Columns) && other.Deferrable == k.Deferrable &&
			(l.keys[k].label == "idx" || l.keyKind(other) == keyNames)
	}
	var among []*Key
	switch {
	case k == parent.PrimaryKey && t.PrimaryKey != nil:
		among = []*Key{t.PrimaryKey}
	case k == parent.PrimaryKey:
	case slices.Contains(parent.Uniques, k):
		among = t.Uniques
	case slices.Contains(parent.Excludes, k): // their operators are not compared
	default:
		among = t.Indexes
	}
	if i := slices.IndexFunc(among, same); i >= 0 {
		return among[i]
	}
	return nil
}

// inheritForeignKey gives a partition, and those below it, a foreign key of its parent.
func (l *loader) inheritForeignKey(t *Table, fk *ForeignKey) {
	i := slices.IndexFunc(t.ForeignKeys, func(x *ForeignKey) bool {
		return l.foreignOf[x] == nil && x.RefTable == fk.RefTable && slices.Equal(x.Columns, fk.Columns) && slices.Equal(x.RefColumns, fk.RefColumns) &&
			x.OnDelete == fk.OnDelete && x.OnUpdate == fk.OnUpdate && x.Deferrable == fk.Deferrable
	})
	if i < 0 {
		copied := *fk
		copied.Columns, copied.RefColumns, copied.Pos = slices.Clone(fk.Columns), slices.Clone(fk.RefColumns), t.Pos
		if l.hasConstraint(t, fk.Name) {
			copied.Name = l.names.choose(t.Schema, t.Name, columnsPart(fk.Columns), "fkey")
		} else {
			l.names.take(constraintNames, t.Schema, fk.Name)
		}
		i, t.ForeignKeys = len(t.ForeignKeys), append(t.ForeignKeys, &copied)
	}
	l.foreignOf[t.ForeignKeys[i]] = fk
	for _, below := range l.partitions(t) {
		l.inheritForeignKey(below, t.ForeignKeys[i])
	}
}

// dropForeignKey removes a foreign key with its copies on partitions.
func (l *loader) dropForeignKey(t *Table, name string) {
	i := slices.IndexFunc(t.ForeignKeys, func(x *ForeignKey) bool { return x.Name == name })
	if i < 0 {
		return
	}
	gone := map[*ForeignKey]bool{t.ForeignKeys[i]: true}
	for more := true; more; {
		more = false
		for fk, of := range l.foreignOf {
			more = more || gone[of] && !gone[fk]
			gone[fk] = gone[fk] || gone[of]
		}
	}
	l.dropForeignKeys(func(_ *Table, fk *ForeignKey) bool { return gone[fk] })
}

// dropCheck removes a CHECK, also from the parts that have it from here alone; with
// only set they keep it.
func (l *loader) dropCheck(t *Table, name string, only bool) {
	if !l.hasCheck(t, name) {
		return
	}
	facts := l.facts[t]
	facts.checks = slices.DeleteFunc(facts.checks, func(c check) bool { return c.name == name })
	l.names.release(constraintNames, t.Schema, name)
	for _, part := range l.parts(t) {
		for i, c := range l.facts[part].checks {
			if c.name != name || l.inheritsCheck(part, name) {
				continue
			}
			if c.local || only {
				l.facts[part].checks[i].local = true
			} else {
				l.dropCheck(part, name, false)
			}
			break
		}
	}
}

// dropInheritedColumn removes a dropped column of the parent from the parts that have
// it from there alone; with only set they keep it.
func (l *loader) dropInheritedColumn(parent *Table, name string, only bool) {
	for _, part := range l.parts(parent) {
		c := part.Column(name)
		switch {
		case c == nil || l.inheritsColumn(part, name):
		case c.local || only:
			c.local = true
		default:
			l.dropColumn(part, name)
			l.dropInheritedColumn(part, name, false)
		}
	}
}
