// Package sqlcapi reads what sqlc was told and what it made: sqlc.yaml, and the
// Go package that `sqlc generate` wrote, by go/parser alone.
//
// Go syntax trees do not leave this package.
package sqlcapi

import (
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/goname"
)

// API is everything that one or more sqlc.yaml files describe.
type API struct {
	Packages []*Package // in the order of the files
	LeftOut  []*LeftOut // in the order of the files
}

// Package is one Go package that sqlc generates.
type Package struct {
	Name       string // Go package name
	ImportPath string
	Dir        string   // where the generated files are, slash-separated, relative to the base directory
	Schema     []string // SQL files, in the order that sqlc applies them
	QueryFiles []string // SQL files with queries
	// QueryPaths are the files, directories and patterns that sqlc.yaml names as
	// queries, relative to the base directory.
	QueryPaths []string
	// DBArgument reports emit_methods_with_db_argument: New takes nothing and
	// every method takes the DBTX after the context.
	DBArgument bool
	// CopyFrom and SendBatch report whether DBTX has these methods.
	CopyFrom, SendBatch bool
	Queries             []*Query         // sorted by name
	Unusable            []string         // names of queries that were reported, and so are not among Queries
	Lost                []*LostParameter // queries that lack a parameter, and so are not among Queries
	Models              []*Struct        // structs of models.go, sorted by name
	Enums               []*Enum          // sorted by Go name
	// Overrides maps a PostgreSQL type, as sqlc.yaml writes it, to the Go type
	// that an override gives it; the second is for nullable columns.
	Overrides map[string]Override
	// PointersForNull reports emit_pointers_for_null_types.
	PointersForNull bool
	Pos             diag.Pos // of the package's entry in sqlc.yaml

	structs map[string]*Struct // every struct type of the package, by name
	options typeOptions        // what TypeOf needs to know of sqlc.yaml
}

// Override is the Go type of a database type; a zero Type where there is none.
type Override struct{ Type, NullType goname.Type }

// Query is one generated method of Queries.
type Query struct {
	Package *Package
	Name    string  // the method's and the query's name
	Cmd     string  // "one", "many", "exec", "execrows", "execresult", "copyfrom", "batchexec", "batchone", "batchmany", "execlastid"
	SQL     string  // the constant's text, "" for :copyfrom
	Source  string  // the statement in the SQL file, "" where SQL was made of another one, or of none
	Params  []Param // Params[0] is $1
	// ParamStruct is the struct that carries the parameters, zero where they
	// are flat arguments; a pointer with emit_params_struct_pointers; a slice
	// for :copyfrom and :batch*. Where such a query has a single parameter
	// without a struct, this is zero and the method takes a slice of it.
	ParamStruct goname.Type
	// ParamOrder are the indexes into Params as the method's flat arguments, or
	// the struct's fields, order them (each Go name once: a parameter used twice
	// is one field).
	ParamOrder []int
	// Row is the type of one answer, zero for none: a struct, a pointer to one
	// (emit_result_struct_pointers), or the bare type of a single column.
	Row goname.Type
	// Columns are the answer's columns in order; with a bare Row there is one, and its Field is "".
	Columns []Column
	// CopyTable and CopyColumns are what a :copyfrom query fills: the table's
	// name in up to three parts, and the column of each of Params.
	CopyTable   []string
	CopyColumns []string
	Doc         string   // the comment above the query, without "--" and the name line
	Pos         diag.Pos // of the "-- name:" line in the SQL file, else of the Go method

	goPos diag.Pos // of the Go method
}

// GoPos is the position of the Go method.
func (q *Query) GoPos() diag.Pos { return q.goPos }

// Param is one parameter of a query.
type Param struct {
	Name string // Go name: the struct's field, or the flat argument
	Type goname.Type
}

// Column is one column of a query's answer.
type Column struct {
	Field string // Go field of the row's struct; with sqlc.embed "Embedded.Field"
	Type  goname.Type
}

// Struct is a struct type of the generated package.
type Struct struct {
	Name   string
	Fields []Field
}

// Field is one field of a Struct.
type Field struct {
	Name    string
	Type    goname.Type
	Comment string
}

// Enum is a string type that sqlc made from a PostgreSQL enum.
type Enum struct {
	Type     goname.Type
	NullType goname.Type // NullX{X, Valid}; zero when pointers are used
	Field    string      // the field of NullType that holds the value
	Consts   []EnumConst
}

// EnumConst is one value of an Enum.
type EnumConst struct{ Name, Value string }
