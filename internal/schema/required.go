package schema

import (
	"slices"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// Requires reports whether an INSERT on a table has to give a column a value that is
// not NULL: PostgreSQL would refuse every row else. It does not where the server
// makes the value, nor where a trigger or a rule may.
func (c *Catalog) Requires(t *Table, col *Column) bool {
	return col.NotNull && !col.Default && !col.Generated && !col.Identity && !c.MayFill(t, col.Name)
}

// MayFill reports whether what an INSERT gives a column may be replaced before it is
// stored: by a BEFORE ROW trigger that may assign it, an INSTEAD OF trigger, a rule,
// or another server.
func (c *Catalog) MayFill(t *Table, column string) bool {
	if t.ruled(OnInsert) {
		return true
	}
	return slices.ContainsFunc(t.Fired(OnInsert), func(x *Trigger) bool {
		if x.Timing == InsteadOf {
			return true
		}
		return x.Timing == Before && x.Row && x.Events&OnInsert != 0 && c.mayAssign(x, column)
	})
}

// mayAssign reports whether the function of a trigger may give NEW a value for a
// column. Only a body in PL/pgSQL that does nothing else with NEW than reading
// columns, assigning others and returning it certainly does not.
func (c *Catalog) mayAssign(x *Trigger, column string) bool {
	f := c.Function(x.Function)
	if x.Unknown || f == nil || f.Language != "plpgsql" || f.Body == "" {
		return true
	}
	tokens := scanTokens(f.Body)
	if len(tokens) == 0 {
		return true
	}
	word := func(i int) string {
		if i < 0 || i >= len(tokens) {
			return ""
		}
		text := f.Body[tokens[i].Start:tokens[i].End]
		if quoted, ok := strings.CutPrefix(text, `"`); ok {
			return strings.ReplaceAll(strings.TrimSuffix(quoted, `"`), `""`, `"`)
		}
		return strings.ToLower(text)
	}
	for i := range tokens {
		switch {
		case tokens[i].Token == pg.Token_EXECUTE && word(i+1) != "function":
			return true
		case word(i) != "new":
		case word(i+1) == ".":
			if word(i+2) == column && !readsOnly(word(i+3)) {
				return true
			}
		case word(i-1) == "return" && (word(i+1) == ";" || word(i+1) == ""):
		case word(i-1) == "distinct" || word(i-1) == "row":
		default:
			return true // NEW as a whole: SELECT … INTO NEW, NEW := …
		}
	}
	return false
}

// readsOnly reports whether what follows NEW.column shows that it is read.
func readsOnly(next string) bool {
	return slices.Contains([]string{"is", "<>", "!=", "<", ">", "<=", ">=", "||", "then", "+", "-"}, next)
}
