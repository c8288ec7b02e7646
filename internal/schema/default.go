package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// checkDefault warns of a default that PostgreSQL refuses for the type of its
// column: a text that is no number or no uuid, or what a function makes for
// columns of another kind.
func (l *loader) checkDefault(c *Column) {
	expr := l.defaults[c]
	if expr == nil || c.Array {
		return
	}
	what := ""
	if text, ok := constantText(expr); ok && !takesText(c.Type, text) {
		what = fmt.Sprintf("%q", text)
	}
	if _, name := splitName(texts(expr.GetFuncCall().GetFuncname())); slices.Contains(refusing[makes[name]], c.Type) {
		what = fmt.Sprintf("a %s", makes[name])
	}
	if what != "" {
		l.warn(c.Pos, codeDefault, "write a default of the column's type", "the default of column %q is %s, and the column is %s", c.Name, what, c.Type)
	}
}

// makes are the types of what the functions that defaults call return, and
// refusing the types that none of it can be assigned to.
var (
	makes = map[string]string{
		"gen_random_uuid": "uuid", "uuid_generate_v1": "uuid", "uuid_generate_v4": "uuid", "uuidv4": "uuid", "uuidv7": "uuid",
		"now": "timestamptz", "clock_timestamp": "timestamptz", "statement_timestamp": "timestamptz", "transaction_timestamp": "timestamptz",
	}
	refusing = map[string][]string{
		"uuid":        {"int2", "int4", "int8", "numeric", "float4", "float8", "bool", "date", "timestamp", "timestamptz", "json", "jsonb", "bytea"},
		"timestamptz": {"int2", "int4", "int8", "numeric", "float4", "float8", "bool", "uuid", "json", "jsonb", "bytea"},
	}
)

var hex32 = regexp.MustCompile(`^[0-9A-Fa-f]{32}$`)

// takesText reports whether a text may be a value of a type, true for types that
// are not looked into.
func takesText(typ, text string) bool {
	switch typ {
	case "int2", "int4", "int8":
		_, err := strconv.ParseInt(strings.TrimSpace(text), 0, 64)
		return err == nil
	case "uuid":
		return hex32.MatchString(strings.NewReplacer("-", "", "{", "", "}", "").Replace(strings.TrimSpace(text)))
	default:
		return true
	}
}

// checkKeys warns of keys and indexes on columns that are not there.
func (l *loader) checkKeys(t *Table) {
	if l.facts[t].open {
		return
	}
	for _, k := range t.indexes() {
		for _, name := range k.Columns {
			if name != "" && t.Column(name) == nil && !slices.Contains(systemColumns, name) {
				l.warn(k.Pos, codeUnknown, "correct the name", "%q is on column %q, which table %q does not have", k.Name, name, t.QualifiedName())
			}
		}
	}
}

// systemColumns are those that every table has.
var systemColumns = []string{"tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"}
