package sqlcapi

import (
	"slices"
	"strings"
	"unicode"

	"github.com/specgen-dev/specgen/internal/goname"
)

// TypeOf returns the Go type that sqlc uses in this package for a PostgreSQL
// type, such as "uuid", "varchar", "double precision", "text[]" or the name of
// an enum; sqlc.yaml's overrides and emit_pointers_for_null_types are honoured.
// An array is never nullable in Go. The zero Type is returned for a type that is not
// known, such as a domain or an extension's, which sqlc makes an interface{}.
//
// sqlc.yaml may name one type in several ways, of which sqlc takes the one that
// the column's definition happens to use: pg_catalog.timestamptz for "timestamp
// with time zone" and timestamptz for itself. An override of the exact name
// comes first here, then those of its other names.
func (p *Package) TypeOf(sqlType string, nullable bool) goname.Type {
	name := strings.ToLower(strings.TrimSpace(sqlType))
	if open := strings.IndexByte(name, '('); open >= 0 { // varchar(64), numeric(10, 2), timestamp(3) with time zone
		rest := name[open:]
		name = strings.TrimSpace(name[:open]) + rest[strings.IndexByte(rest, ')')+1:]
	}
	if elem, ok := strings.CutSuffix(name, "[]"); ok {
		if t := p.TypeOf(elem, false); !t.IsZero() {
			return t.SliceOf()
		}
		return goname.Type{}
	}
	i := slices.IndexFunc(builtins, func(b builtin) bool { return slices.Contains(b.names, name) })
	names := []string{name}
	if i >= 0 {
		names = append(names, builtins[i].names...)
	}
	for _, n := range names {
		o := p.Overrides[n]
		if t := o.Type; !nullable && !t.IsZero() {
			return t
		}
		if t := o.NullType; nullable && !t.IsZero() {
			return t
		}
	}
	switch {
	case i < 0:
		return p.enumType(name, nullable)
	case !nullable && !(p.PointersForNull && builtins[i].always):
		return builtins[i].notNull
	case p.PointersForNull && builtins[i].pointer:
		return builtins[i].notNull.PointerTo()
	default:
		return builtins[i].null
	}
}

// enumType finds the Go type that sqlc made from an enum. An enum outside the
// schema public has its schema's name in front.
func (p *Package) enumType(name string, nullable bool) goname.Type {
	name = strings.TrimPrefix(name, "public.")
	goName := p.options.structName(strings.ReplaceAll(name, ".", "_"))
	for _, e := range p.Enums {
		switch {
		case e.Type.Name != goName:
		case !nullable:
			return e.Type
		case e.NullType.IsZero():
			return e.Type.PointerTo()
		default:
			return e.NullType
		}
	}
	return goname.Type{}
}

// structName is sqlc's rule for the Go name of a table, a column or an enum.
func (t typeOptions) structName(name string) string {
	if renamed := t.rename[name]; renamed != "" {
		return renamed
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, name)
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if slices.Contains(t.initialisms, word) {
			b.WriteString(strings.ToUpper(word))
			continue
		}
		for i, r := range word {
			if i == 0 {
				r = unicode.ToTitle(r)
			}
			b.WriteRune(r)
		}
	}
	out := b.String()
	if out != "" && unicode.IsDigit([]rune(out)[0]) {
		return "_" + out
	}
	return out
}

// builtin is what sqlc makes of one of PostgreSQL's own types.
type builtin struct {
	names         []string // every way to write it in SQL or in db_type
	notNull, null goname.Type
	pointer       bool // emit_pointers_for_null_types makes null a pointer to notNull
	always        bool // and notNull too
}

const (
	pgtypePath   = "github.com/jackc/pgx/v5/pgtype"
	pgvectorPath = "github.com/pgvector/pgvector-go"
)

// builtins follows sqlc's internal/codegen/golang/postgresql_type.go, for pgx/v5.
var builtins = []builtin{
	basic("int16", "Int2", "int2", "smallint", "smallserial", "serial2"),
	basic("int32", "Int4", "int4", "integer", "int", "serial", "serial4"),
	basic("int64", "Int8", "int8", "bigint", "bigserial", "serial8"),
	basic("float32", "Float4", "float4", "real"),
	basic("float64", "Float8", "float8", "double precision", "float"),
	basic("bool", "Bool", "bool", "boolean"),
	basic("string", "Text", "text", "varchar", "character varying", "bpchar", "character", "char", "string", "citext", "name"),
	basic("string", "Text", "ltree"),
	basic("string", "Text", "lquery"),
	basic("string", "Text", "ltxtquery"),
	same(pgtype("Numeric"), "numeric", "decimal"),
	same(pgtype("Numeric"), "money"),
	same(goname.Basic("byte").SliceOf(), "json"),
	same(goname.Basic("byte").SliceOf(), "jsonb"),
	same(goname.Basic("byte").SliceOf(), "bytea", "blob"),
	same(pgtype("Date"), "date"),
	same(pgtype("Time"), "time", "time without time zone"),
	{names: aliases("timetz", "time with time zone"), notNull: goname.Named("time", "time", "Time"), null: goname.Named("database/sql", "sql", "NullTime"), pointer: true},
	same(pgtype("Timestamp"), "timestamp", "timestamp without time zone"),
	same(pgtype("Timestamptz"), "timestamptz", "timestamp with time zone"),
	same(pgtype("Interval"), "interval"),
	same(pgtype("UUID"), "uuid"),
	address("Addr", "inet"),
	address("Prefix", "cidr"),
	same(goname.Named("net", "net", "HardwareAddr"), "macaddr", "macaddr8"),
	same(pgtype("Range[pgtype.Date]"), "daterange"),
	same(pgtype("Range[pgtype.Timestamp]"), "tsrange"),
	same(pgtype("Range[pgtype.Timestamptz]"), "tstzrange"),
	same(pgtype("Range[pgtype.Numeric]"), "numrange"),
	same(pgtype("Range[pgtype.Int4]"), "int4range"),
	same(pgtype("Range[pgtype.Int8]"), "int8range"),
	same(pgtype("Multirange[pgtype.Range[pgtype.Date]]"), "datemultirange"),
	same(pgtype("Multirange[pgtype.Range[pgtype.Timestamp]]"), "tsmultirange"),
	same(pgtype("Multirange[pgtype.Range[pgtype.Timestamptz]]"), "tstzmultirange"),
	same(pgtype("Multirange[pgtype.Range[pgtype.Numeric]]"), "nummultirange"),
	same(pgtype("Multirange[pgtype.Range[pgtype.Int4]]"), "int4multirange"),
	same(pgtype("Multirange[pgtype.Range[pgtype.Int8]]"), "int8multirange"),
	same(pgtype("Hstore"), "hstore"),
	same(pgtype("Bits"), "bit", "varbit", "bit varying"),
	same(pgtype("Uint32"), "oid"),
	same(pgtype("Uint32"), "xid", "cid"),
	same(pgtype("Uint64"), "xid8"),
	same(pgtype("TID"), "tid"),
	same(pgtype("Box"), "box"),
	same(pgtype("Circle"), "circle"),
	same(pgtype("Line"), "line"),
	same(pgtype("Lseg"), "lseg"),
	same(pgtype("Path"), "path"),
	same(pgtype("Point"), "point"),
	same(pgtype("Polygon"), "polygon"),
	{names: []string{"vector"}, notNull: goname.Named(pgvectorPath, "pgvector", "Vector"), null: goname.Named(pgvectorPath, "pgvector", "Vector"), pointer: true, always: true},
}

// basic is a type with a predeclared Go type and a nullable one in pgtype.
func basic(goName, null string, names ...string) builtin {
	return builtin{names: aliases(names...), notNull: goname.Basic(goName), null: pgtype(null), pointer: true}
}

// same is a type whose Go type holds NULL by itself.
func same(t goname.Type, names ...string) builtin {
	return builtin{names: aliases(names...), notNull: t, null: t}
}

// address is a type of net/netip, always a pointer where it is nullable.
func address(name string, names ...string) builtin {
	t := goname.Named("net/netip", "netip", name)
	return builtin{names: names, notNull: t, null: t.PointerTo()}
}

func pgtype(name string) goname.Type { return goname.Named(pgtypePath, "pgtype", name) }

// aliases adds the names with pg_catalog in front: sqlc knows a type by such a
// name where the SQL grammar has a keyword for it.
func aliases(names ...string) []string {
	out := slices.Clone(names)
	for _, n := range names {
		out = append(out, "pg_catalog."+n)
	}
	return out
}
