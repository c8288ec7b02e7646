package breaking

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// queries compares the SQL of the queries that both states call.
func (c *comparison) queries() {
	before, after := callsOf(c.before.Project), callsOf(c.after.Project)
	for _, name := range bothKeys(before, after) {
		old, now := before[name], after[name]
		if old == nil || now == nil || statement(old) == statement(now) {
			continue
		}
		c.where = "query " + now.Query.Name
		told := len(c.changes)
		c.locks(old, now)
		c.statement(old, now)
		if len(c.changes) == told {
			c.note("sql-changed", is(now.Query.Pos), "its SQL is another one: specgen cannot tell what that means")
		}
	}
	c.where = ""
}

// callsOf finds a call of each query.
func callsOf(p *model.Project) map[string]*model.Call {
	out := map[string]*model.Call{}
	for _, s := range p.Scopes {
		for _, co := range s.Operations {
			calls := gather(co).calls
			if co.Found != nil {
				calls = append(calls, co.Found)
			}
			for _, call := range calls {
				out[queryName(call)] = call
			}
		}
	}
	return out
}

// statement is the SQL of a call without comments at its head, blanks made one.
func statement(c *model.Call) string {
	text := c.Query.SQL
	for strings.HasPrefix(text, "--") {
		_, text, _ = strings.Cut(text, "\n")
	}
	if text == "" {
		text = "COPY " + strings.Join(c.Query.CopyTable, ".") + " " + strings.Join(c.Query.CopyColumns, ", ")
	}
	return strings.Join(strings.Fields(text), " ")
}

// strengths are the row locks of SELECT, the weakest first (PostgreSQL manual,
// section 13.3.2: each conflicts with all that those before it conflict with).
func strengths() []string { return []string{"KEY SHARE", "SHARE", "NO KEY UPDATE", "UPDATE"} }

// locks compares the row locks that a query takes.
func (c *comparison) locks(old, now *model.Call) {
	at := is(now.Query.Pos)
	after := map[string]schema.Lock{}
	for _, l := range now.Facts.Locks {
		after[l.Table] = l
	}
	before := map[string]schema.Lock{}
	for _, l := range old.Facts.Locks {
		before[l.Table] = l
	}
	for _, table := range bothKeys(before, after) {
		o, had := before[table]
		n, has := after[table]
		weak, strong := slices.Index(strengths(), o.Strength), slices.Index(strengths(), n.Strength)
		switch {
		case !has:
			c.breaking("lock-weakened", at, "does not lock %s, and locked it for %s", table, strings.ToLower(o.Strength))
		case !had:
			c.note("lock-strengthened", at, "locks %s for %s", table, strings.ToLower(n.Strength))
		case strong < weak:
			c.breaking("lock-weakened", at, "locks %s for %s, and locked it for %s", table, strings.ToLower(n.Strength), strings.ToLower(o.Strength))
		case strong > weak:
			c.note("lock-strengthened", at, "locks %s for %s, and locked it for %s", table, strings.ToLower(n.Strength), strings.ToLower(o.Strength))
		}
		if has && had && n.SkipLocked && !o.SkipLocked {
			c.breaking("lock-weakened", at, "passes over rows of %s that others hold, and waited for them", table)
		}
		if has && had && n.NoWait && !o.NoWait {
			c.breaking("lock-weakened", at, "fails when others hold a row of %s, and waited for it", table)
		}
	}
}

// statement compares what a query does.
func (c *comparison) statement(old, now *model.Call) {
	at := is(now.Query.Pos)
	o, n := old.Facts, now.Facts
	if o.Kind != n.Kind || o.Target != n.Target || o.OnConflict != n.OnConflict {
		kind := "query-changed"
		if o.Kind == schema.Delete && n.Kind != schema.Delete {
			kind = "keeps-more"
		} else if o.Kind != schema.Delete && n.Kind == schema.Delete {
			kind = "deletes-more"
		}
		if old.Action() != now.Action() {
			c.breaking(kind, at, "is now: %s; was: %s", now.Action(), old.Action())
		}
		return
	}
	narrowed, widened := "narrowed", "widened"
	if n.Kind == schema.Delete {
		narrowed, widened = "keeps-more", "deletes-more"
	}
	for _, column := range missing(columns(n.Equal), columns(o.Equal), self) {
		c.breaking(narrowed, at, "is about the rows of one %s only", column)
	}
	for _, column := range missing(columns(o.Equal), columns(n.Equal), self) {
		c.breaking(widened, at, "is about the rows of any %s", column)
	}
	for _, column := range missing(columns(o.Sets), columns(n.Sets), self) {
		c.breaking("column-not-written", at, "does not write %s", column)
	}
	for _, column := range missing(columns(n.Sets), columns(o.Sets), self) {
		c.note("column-written", at, "writes %s", column)
	}
}

func self(text string) string { return text }

func columns(list []schema.ColumnValue) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = v.Table + "." + v.Column
	}
	return out
}
