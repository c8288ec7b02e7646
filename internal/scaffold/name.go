package scaffold

import (
	"regexp"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
)

func cutSuffix(s, suffix string) (string, bool) {
	base, ok := strings.CutSuffix(s, suffix)
	return base, ok && base != ""
}

func sameName(a, b string) bool { return goname.Equal(strings.ReplaceAll(a, "-", "_"), b) }

// scopeName is the name of a table's scope: that of the struct which sqlc made
// for its rows, where the INSERT gives one back, since sqlc knows the singular.
func scopeName(t *schema.Table, create *query) string {
	name := goname.Snake(goname.Singular(t.Name))
	if row := create.Row.Name; create.Row.Pkg == create.Package.ImportPath && row != create.Name+"Row" {
		name = goname.Snake(row)
		if name == goname.Snake(t.Name) {
			name = goname.Singular(name)
		}
	}
	if slices.Contains(spec.Reserved(), name) {
		name += "_scope"
	}
	return name
}

// sqlName spells a name in SQL.
func sqlName(name string) string {
	if plainName.MatchString(name) && !slices.Contains(sqlWords, name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func sqlTable(t *schema.Table) string {
	if t.Schema == "" || t.Schema == "public" {
		return sqlName(t.Name)
	}
	return sqlName(t.Schema) + "." + sqlName(t.Name)
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// sqlWords are the reserved words of PostgreSQL (manual, appendix C).
var sqlWords = strings.Fields(`all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
	column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp
	current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in
	initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on
	only or order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table
	tablesample then to trailing true union unique user using variadic verbose when where window with`)

// words is an enumeration in prose.
func words(list []string) string {
	switch n := len(list); n {
	case 0:
		return ""
	case 1:
		return list[0]
	default:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
}
