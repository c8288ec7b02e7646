package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
)

// relate finds what the scopes are to each other, and what else a purge of each
// has to remove.
func (p *project) relate(scopes []*scope, m *missing) {
	of := map[*schema.Table]*scope{}
	for _, s := range scopes {
		of[s.table] = s
	}
	for _, s := range scopes {
		p.parents(s, of, m)
		s.lock = find(p.queries, func(q *query) bool {
			return q.facts.Kind == schema.Select && (q.Cmd == "one" || q.counted()) && q.locks(s.table, "UPDATE") && q.compares(s.table, append([]string{s.key.Name}, s.beside...)...) && q.plain()
		}, func(q *query) bool { return len(q.facts.Returns) == 1 })
		if s.lock == nil {
			s.lock = m.purgeLock(s)
		}
	}
	for _, s := range scopes {
		p.purge(s, of, m)
		p.unique(s)
	}
}

// parents finds the scopes that the row of this one always refers to.
func (p *project) parents(s *scope, of map[*schema.Table]*scope, m *missing) {
	var names goname.Namer
	names.Reserve(spec.Reserved()...)
	for _, r := range p.references(s.table) {
		above := of[r.to]
		if above == nil || above == s || r.target != above.key.Name {
			continue
		}
		name := s.create.argument(r.column.Name)
		if !r.column.NotNull || name == "" {
			if name == "" && r.column.NotNull {
				s.rest = append(s.rest, fmt.Sprintf("%s gives %s no parameter of its own: name the %s under parents yourself.", s.create.Name, r.column.Name, above.name))
			}
			continue
		}
		as := above.name
		if slices.ContainsFunc(p.references(s.table), func(other reference) bool { return other.to == r.to && other.key != r.key }) {
			as = strings.TrimSuffix(goname.Snake(r.column.Name), "_id")
		}
		as = names.Unique(as)
		lock := find(p.queries, func(q *query) bool {
			return q.facts.Kind == schema.Select && q.Cmd == "one" && q.locks(above.table, "KEY SHARE", "SHARE") && q.compares(above.table, above.key.Name) &&
				q.returned(above.table, above.key.Name) >= 0
		}, func(q *query) bool { return q.facts.Locks[0].Strength == "KEY SHARE" })
		if lock == nil {
			lock = m.parentLock(above)
		}
		s.parents = append(s.parents, &parent{scope: above, as: as, lock: lock, input: name})
	}
}

// purge finds what else goes with the row, what forbids its purge, and what
// stays.
func (p *project) purge(s *scope, of map[*schema.Table]*scope, m *missing) {
	owner := goname.Exported(s.name)
	var deletes []*deletion
	for _, r := range p.refs[s.table] {
		if r.from == s.table || r.target != s.key.Name {
			if r.from == s.table {
				s.rest = append(s.rest, fmt.Sprintf("rows of %s itself refer to it by %s.", s.table.Name, r.column.Name))
			}
			continue
		}
		err := "Err" + owner + "Has" + goname.Exported(r.from.Name)
		switch below := of[r.from]; {
		case below != nil && !strings.HasPrefix(r.key.OnDelete, "SET"):
			s.children = append(s.children, &child{scope: below, list: p.childList(s, below, r, m), err: err})
			continue
		case below == nil:
			if q := p.deletionOf(r.from, r.column.Name); q != nil {
				deletes = append(deletes, &deletion{query: q, table: r.from, with: fmt.Sprintf("%s: $scope.id", scalar(r.column.Name))})
				continue
			}
		}
		switch {
		case r.refuses():
			s.errors = append(s.errors, constraintError{r.key.Name, err})
			s.rest = append(s.rest, fmt.Sprintf("no query deletes the rows of %s by %s, and %s refuses the purge while there are any.", r.from.Name, r.column.Name, r.key.Name))
		case r.key.OnDelete == "CASCADE":
			s.rest = append(s.rest, fmt.Sprintf("rows of %s go with the row: %s is ON DELETE CASCADE.", r.from.Name, r.key.Name))
		default:
			s.rest = append(s.rest, fmt.Sprintf("rows of %s stay: %s is ON DELETE %s.", r.from.Name, r.key.Name, r.key.OnDelete))
		}
	}
	for _, x := range p.pairs {
		stored := p.stores(x, s.name, s.table, s.key)
		if x.table == s.table || stored == "" || of[x.table] != nil {
			continue
		}
		if q := p.deletionOf(x.table, x.kind.Name, x.id.Name); q != nil {
			d := &deletion{query: q, table: x.table}
			switch {
			case p.catalog.Enum(x.kind.Type) != nil: // which $scope.type, a text, does not fit
				d.with = fmt.Sprintf("%s: %s, %s: $scope.id", x.kind.Name, scalar(stored), x.id.Name)
			case x.name != "scope":
				d.with = fmt.Sprintf("%s: $scope.type, %s: $scope.id", x.kind.Name, x.id.Name)
			}
			deletes = append(deletes, d)
			continue
		}
		s.rest = append(s.rest, fmt.Sprintf("rows of %s may stay: no query deletes them by %s and %s.", x.table.Name, x.kind.Name, x.id.Name))
	}
	s.steps = ordered(deletes)
	nameSteps(s.steps)
	p.refused(s)
	p.writers(s, of)
}

// refused notes what may refuse a step: rows of tables that no step deletes from
// and that refer to rows which one deletes.
func (p *project) refused(s *scope) {
	for _, d := range s.steps {
		for _, r := range p.refs[d.table] {
			if r.refuses() && r.from != d.table && !slices.ContainsFunc(s.steps, func(other *deletion) bool { return other.table == r.from }) {
				s.rest = append(s.rest, fmt.Sprintf("no step deletes from %s, whose rows may refer to those of %s that the purge deletes: %s refuses it then.", r.from.Name, d.table.Name, r.key.Name))
			}
		}
	}
}

// childList is the query that finds the children of a scope: one of the project
// that lists their ids, or counts them, or one of ours.
func (p *project) childList(s, below *scope, r reference, m *missing) *query {
	list := find(p.queries, func(q *query) bool {
		return q.facts.Kind == schema.Select && q.compares(below.table, r.column.Name) && q.plain() &&
			(q.Cmd == "many" && len(q.facts.Returns) == 1 && q.returned(below.table, below.key.Name) == 0 || q.Cmd == "one" && counts.MatchString(q.SQL))
	}, func(q *query) bool { return q.locks(below.table, "UPDATE") }, func(q *query) bool { return q.Cmd == "many" })
	if list == nil {
		list = m.childList(s, below, r)
	}
	return list
}

// deletionOf is a query that deletes all rows of a table in which these columns
// have one value each.
func (p *project) deletionOf(t *schema.Table, columns ...string) *query {
	return find(p.writing(t, schema.Delete), func(q *query) bool {
		return (q.counted() || q.Cmd == "exec" || q.Cmd == "many") && q.compares(t, columns...) && q.plain()
	}, func(q *query) bool { return q.counted() }, func(q *query) bool { return q.Cmd == "many" })
}

// ordered puts the rows that refer to others in front of them; in a cycle, the
// order stays as it is.
func ordered(deletes []*deletion) []*deletion {
	var out []*deletion
	rest := slices.Clone(deletes)
	for len(rest) > 0 {
		i := slices.IndexFunc(rest, func(d *deletion) bool {
			return !slices.ContainsFunc(rest, func(other *deletion) bool { return other.table != d.table && refersTo(other.table, d.table) })
		})
		i = max(i, 0)
		out = append(out, rest[i])
		rest = slices.Delete(rest, i, i+1)
	}
	return out
}

func refersTo(from, to *schema.Table) bool {
	return slices.ContainsFunc(from.ForeignKeys, func(k *schema.ForeignKey) bool {
		return k.RefTable == to.QualifiedName() || k.RefTable == "public."+to.Name
	})
}

// nameSteps names the counts of a purge's result by the tables.
func nameSteps(steps []*deletion) {
	count := map[string]int{}
	for _, d := range steps {
		count[d.table.Name]++
	}
	var names goname.Namer
	names.Reserve(spec.Reserved()...)
	for _, d := range steps {
		if !d.query.counted() {
			continue
		}
		name := goname.Snake(d.table.Name)
		if count[d.table.Name] > 1 {
			name = goname.Snake(strings.TrimPrefix(d.query.Name, "Delete"))
		}
		d.as = names.Unique(name)
	}
}

// writers finds queries that may be steps of create: they insert a row that
// refers to the scope.
func (p *project) writers(s *scope, of map[*schema.Table]*scope) {
	for _, t := range p.catalog.Tables {
		if t == s.table || of[t] != nil {
			continue
		}
		byKey := slices.ContainsFunc(p.refs[s.table], func(r reference) bool { return r.from == t })
		byPair := slices.ContainsFunc(p.pairs, func(x pair) bool { return x.table == t && p.stores(x, s.name, s.table, s.key) != "" })
		if inserts := p.writing(t, schema.Insert); len(inserts) > 0 && (byKey || byPair) {
			s.writers = append(s.writers, fmt.Sprintf("%s (%s)", p.ref(inserts[0]), t.Name))
		}
	}
}

// unique names errors for the unique constraints of the row.
func (p *project) unique(s *scope) {
	keys := slices.Clone(s.table.Uniques)
	if key := s.create.argument(s.key.Name); key != "" && s.fixed[key] == "" {
		keys = append(keys, s.table.PrimaryKey)
	}
	var names goname.Namer
	for _, k := range keys {
		var columns []string
		for _, c := range k.Columns {
			above := slices.ContainsFunc(p.references(s.table), func(r reference) bool { return r.column.Name == c })
			if c != "" && !(above && len(k.Columns) > 1) {
				columns = append(columns, goname.Exported(c))
			}
		}
		name := goname.Exported(s.name) + strings.Join(columns, "")
		if len(columns) == 0 {
			name = goname.Exported(k.Name)
		}
		s.errors = append(s.errors, constraintError{k.Name, names.Unique("Err" + name + "Taken")})
	}
	slices.SortFunc(s.errors, func(a, b constraintError) int { return strings.Compare(a.constraint, b.constraint) })
}
