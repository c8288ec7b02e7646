package model

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// Kind groups Go types that hold the same sort of value.
type Kind int

// The kinds of Shape.
const (
	Other    Kind = iota // passed on as it is
	UUID                 // 16 bytes
	Text                 // string
	Bool                 // bool
	Int                  // signed, of Bits
	Float                // of Bits
	Time                 // time.Time
	Bytes                // []byte of a bytea, or of unknown type
	JSON                 // []byte or json.RawMessage of a json or jsonb
	Enum                 // string type that sqlc made from a PostgreSQL enum
	Row                  // struct that holds one row, or a pointer to one
	List                 // slice
	Constant             // element of `data`
)

// Form says how a Go type spells "may be NULL".
type Form int

// The forms of Shape.
const (
	Plain   Form = iota // the bare value
	Pointer             // nil for NULL
	Valid               // struct of a value and Valid bool, as pgtype and database/sql have
)

// Shape is a Go type as far as specgen needs to understand it.
type Shape struct {
	Go       goname.Type
	Kind     Kind
	Bits     int // of Int and Float
	Form     Form
	Field    string      // of Valid: the field that holds the value
	Base     goname.Type // the Go type of the bare value
	Enum     *sqlcapi.Enum
	Elem     *Shape // of List
	SQL      string // PostgreSQL type, "" when unknown
	Nullable bool   // by the schema, or the declaration: it may be NULL
	base     string // SQL under its domains; that of the elements for an array
	There    bool   // a condition around the place says that it is not NULL
}

const (
	pgtypePath = "github.com/jackc/pgx/v5/pgtype"
	scopePath  = "github.com/specgen-dev/specgen/scope"
)

var (
	uuidShape  = Shape{Go: goname.Named(scopePath, "scope", "UUID"), Kind: UUID, Base: goname.Named(scopePath, "scope", "UUID")}
	textShape  = plainShape("string", Text, 0)
	boolShape  = plainShape("bool", Bool, 0)
	int64Shape = plainShape("int64", Int, 64)
	floatShape = plainShape("float64", Float, 64)
	timeShape  = Shape{Go: goname.Named("time", "time", "Time"), Kind: Time, Base: goname.Named("time", "time", "Time")}
)

func plainShape(name string, kind Kind, bits int) Shape {
	return Shape{Go: goname.Basic(name), Kind: kind, Bits: bits, Base: goname.Basic(name)}
}

func listOf(elem Shape) Shape {
	return Shape{Go: elem.Go.SliceOf(), Kind: List, Elem: &elem}
}

// validForms are the structs of a value and Valid bool, by package and name.
var validForms = map[string]struct {
	field string
	base  Shape
}{
	"pgtype.UUID":        {"Bytes", Shape{Kind: UUID, Base: goname.Basic("[16]byte")}},
	"pgtype.Text":        {"String", textShape},
	"pgtype.Bool":        {"Bool", boolShape},
	"pgtype.Int2":        {"Int16", plainShape("int16", Int, 16)},
	"pgtype.Int4":        {"Int32", plainShape("int32", Int, 32)},
	"pgtype.Int8":        {"Int64", int64Shape},
	"pgtype.Float4":      {"Float32", plainShape("float32", Float, 32)},
	"pgtype.Float8":      {"Float64", floatShape},
	"pgtype.Timestamptz": {"Time", timeShape},
	"pgtype.Timestamp":   {"Time", timeShape},
	"pgtype.Date":        {"Time", timeShape},
	"sql.NullString":     {"String", textShape},
	"sql.NullBool":       {"Bool", boolShape},
	"sql.NullInt16":      {"Int16", plainShape("int16", Int, 16)},
	"sql.NullInt32":      {"Int32", plainShape("int32", Int, 32)},
	"sql.NullInt64":      {"Int64", int64Shape},
	"sql.NullFloat64":    {"Float64", floatShape},
	"sql.NullTime":       {"Time", timeShape},
	"uuid.NullUUID":      {"UUID", Shape{Kind: UUID, Base: goname.Named("github.com/google/uuid", "uuid", "UUID")}},
}

// wellKnown are the packages whose types validForms names.
var wellKnown = []string{pgtypePath, "database/sql", "github.com/google/uuid", "github.com/gofrs/uuid", "github.com/gofrs/uuid/v5"}

// shapeOf classifies a Go type. pkg is the sqlc package that uses it, for its
// enums and structs; it may be nil.
func shapeOf(t goname.Type, pkg *sqlcapi.Package) Shape {
	s := Shape{Go: t, Base: t}
	switch {
	case t.IsZero():
		return s
	case t.Mods == "[]" && t.Name == "byte" && t.Pkg == "":
		s.Kind = Bytes
		return s
	case t.IsSlice():
		return listOf(shapeOf(t.Elem(), pkg))
	case t.IsPointer():
		inner := shapeOf(t.Elem(), pkg)
		if inner.Form != Plain {
			return s
		}
		inner.Go, inner.Form = t, Pointer
		return inner
	case t.Pkg == "":
		return basicShape(s)
	}
	if slices.Contains(wellKnown, t.Pkg) {
		if v, ok := validForms[t.PkgName+"."+t.Name]; ok {
			s.Kind, s.Bits, s.Form, s.Field, s.Base = v.base.Kind, v.base.Bits, Valid, v.field, v.base.Base
			return s
		}
	}
	switch {
	case t.Pkg == timeShape.Go.Pkg && t.Name == "Time":
		s.Kind = Time
	case t.Pkg == "encoding/json" && t.Name == "RawMessage":
		s.Kind = JSON
	case t.Name == "UUID" && (strings.Contains(t.Pkg, "uuid") || t.Pkg == scopePath):
		s.Kind = UUID
	case pkg != nil && t.Pkg == pkg.ImportPath:
		return packageShape(s, pkg)
	}
	return s
}

func basicShape(s Shape) Shape {
	switch s.Go.Name {
	case "string":
		s.Kind = Text
	case "bool":
		s.Kind = Bool
	case "int16":
		s.Kind, s.Bits = Int, 16
	case "int32":
		s.Kind, s.Bits = Int, 32
	case "int", "int64":
		s.Kind, s.Bits = Int, 64
	case "float32":
		s.Kind, s.Bits = Float, 32
	case "float64":
		s.Kind, s.Bits = Float, 64
	case "[16]byte":
		s.Kind = UUID
	}
	return s
}

// packageShape classifies a type that sqlc itself made.
func packageShape(s Shape, pkg *sqlcapi.Package) Shape {
	if e := pkg.Enum(s.Go); e != nil {
		s.Kind, s.Enum, s.Base = Enum, e, e.Type
		if s.Go == e.NullType {
			s.Form, s.Field = Valid, e.Field
		}
		return s
	}
	s.Kind = Row
	return s
}

// plain is the shape of the bare value: what a NULL-able shape holds.
func (s Shape) plain() Shape {
	switch s.Kind {
	case UUID:
		return uuidShape
	case List:
		return s
	}
	return Shape{Go: s.Base, Kind: s.Kind, Bits: s.Bits, Base: s.Base, Enum: s.Enum, Elem: s.Elem, SQL: s.SQL, base: s.base}
}

// withSQL adds what the schema knows of a value.
func (s Shape) withSQL(sqlType string, nullable bool) Shape {
	s.SQL, s.Nullable = sqlType, nullable
	if s.Kind == Bytes && (sqlType == "json" || sqlType == "jsonb") {
		s.Kind = JSON
	}
	return s
}

// Optional reports whether the shape can say that there is no value.
func (s Shape) Optional() bool {
	return s.Form != Plain || s.Kind == List || s.Kind == Bytes || s.Kind == JSON
}

// unknown reports the shape of something that was reported.
func (s Shape) unknown() bool { return s.Go.IsZero() && s.Kind == Other }

// interfaceOnly reports a type of the database that sqlc has no Go type for.
func (s Shape) interfaceOnly() bool {
	return s.SQL != "" && s.Go.Pkg == "" && s.Go.Name == "interface{}"
}

// sqlNames are PostgreSQL's short names of types as people write them.
var sqlNames = map[string]string{"int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision", "bpchar": "char"}

// describe names the shape for a person: the PostgreSQL type where it is known.
func (s Shape) describe() string {
	name := s.SQL
	if long := sqlNames[name]; long != "" {
		name = long
	}
	if name == "" {
		name = [...]string{"a Go " + s.Go.String(), "uuid", "text", "bool", "integer", "float", "time", "bytea", "jsonb", "enum " + s.Go.Name, "row", "list", "row of constants"}[s.Kind]
	}
	if s.Kind == List && s.Elem != nil {
		elem := *s.Elem
		elem.SQL = s.SQL
		name = "list of " + elem.describe()
	}
	if s.Nullable {
		name = "nullable " + name
	}
	return name
}

// Convertible reports whether a value of shape from can stand where to is
// wanted, by the implicit conversions alone: the same kind of value, and uuid,
// integers and enums as text. The string says why not.
func Convertible(from, to Shape) (bool, string) {
	if from.Go == to.Go && from.Kind != Constant {
		return true, ""
	}
	if from.Kind == List || to.Kind == List {
		if from.Kind == List && to.Kind == List && from.Elem.Go == to.Elem.Go {
			return true, ""
		}
		return false, ""
	}
	if !sameValue(from, to) {
		return false, ""
	}
	switch {
	case !from.MayBeNull():
		return true, ""
	case to.Form == Plain || from.Kind != to.Kind:
		return false, "it may be NULL"
	case to.Form != from.Form || from.Form == Pointer && !widens(from, to):
		return false, "NULL is spelled differently in Go"
	default:
		return true, ""
	}
}

// widens reports an integer behind a pointer that becomes a wider one.
func widens(from, to Shape) bool {
	return from.Kind == Int && to.Kind == Int && (to.Base == int64Shape.Base || to.Base.Name == "int32" && from.Bits == 16)
}

// MayBeNull reports whether a value of the shape may be NULL: by the schema or
// the declaration where they are known, whatever the Go type is.
func (s Shape) MayBeNull() bool {
	switch {
	case s.There:
		return false
	case s.Form == Plain:
		return s.Nullable && (s.Kind == Bytes || s.Kind == JSON)
	case s.SQL != "":
		return s.Nullable
	default:
		return s.Kind != UUID // a pgtype.UUID holds every uuid
	}
}

func sameValue(from, to Shape) bool {
	switch {
	case from.Kind == Other, from.Kind == Row, from.Kind == Constant:
		return false
	case from.Kind == Int && to.Kind == Int:
		return from.Bits <= to.Bits
	case from.Kind == Enum && to.Kind == Enum:
		return from.Base == to.Base
	case from.Kind == to.Kind:
		return true
	default:
		return to.Kind == Text && (from.Kind == UUID || from.Kind == Int || from.Kind == Enum)
	}
}

// withSQL adds what the schema knows of a value, under the domains too.
func (r *resolver) withSQL(s Shape, sqlType string, nullable bool) Shape {
	s = s.withSQL(sqlType, nullable)
	s.base = strings.TrimSuffix(r.catalog.BaseType(strings.TrimSuffix(sqlType, "[]")), "[]")
	if s.Kind == List && s.Elem != nil {
		elem := *s.Elem
		elem.base, s.Elem = s.base, &elem
	}
	return s
}
