// Package schema reads PostgreSQL DDL and queries, and says what they are about
// in plain facts: tables with their columns, keys and defaults; and for each
// query the table that it writes, those that it reads, what it locks, which
// parameter fixes which column, and what it returns.
//
// SQL syntax trees do not leave this package.
package schema

import (
	pg "github.com/sqlc-dev/oliphant"

	"github.com/specgen-dev/specgen/internal/diag"
)

// Catalog is a schema after every file was applied in order.
type Catalog struct {
	Tables []*Table // in order of creation
	Enums  []*Enum  // in order of creation
	// Domains maps a CREATE DOMAIN type to its base type, "text[]" for an array.
	Domains map[string]string
	// SetReturning holds the functions of the schema that answer with a set of
	// rows: one call in VALUES may insert many.
	SetReturning map[string]bool
	// Functions are the functions and procedures that the files define, in order;
	// overloads have one name.
	Functions []*Function

	relations relations
	index     *index // nil while it is loaded

	past     map[string]Past // tables that have another name now, or are dropped
	others   map[string]bool // relations that are no tables
	schemas  map[string]bool // that CREATE SCHEMA makes
	extended bool            // extensions are created
	unread   bool            // a statement was not read that may make tables
}

// Table is one table. Names are folded as PostgreSQL folds them. Where another
// fact names a table, it is by [Table.QualifiedName].
type Table struct {
	Schema      string // "" when not written or "public"
	Name        string
	Columns     []*Column
	PrimaryKey  *Key   // nil for none
	Uniques     []*Key // unique constraints and unique indexes, without the primary key
	Indexes     []*Key // the other indexes
	Excludes    []*Key // EXCLUDE constraints
	ForeignKeys []*ForeignKey
	Checks      []string // names of CHECK constraints, "" for a nameless one
	// Triggers are those that a statement on the table may fire; see [Table.Fired].
	Triggers []*Trigger
	Rules    []*Rule
	// RowSecurity reports ENABLE ROW LEVEL SECURITY: a statement may miss rows that
	// are there. ForceRowSecurity extends it to the table's owner.
	RowSecurity, ForceRowSecurity bool
	Partitioned                   bool // PARTITION BY: its rows are those of its partitions
	// Inherited reports that other tables inherit from this one: a SELECT from it
	// reads their rows, too, and its keys do not hold over these.
	Inherited bool
	Foreign   bool // a foreign table: another server decides what is stored
	// Uncertain reports that a statement of the schema may have changed the table in a
	// way that was not read: it may have other columns, keys and triggers.
	Uncertain bool
	open      bool            // it may have columns that are not known
	unlike    bool            // sqlc may know other columns, or another order: a parent, LIKE, a DO block
	past      map[string]Past // columns that have another name now, or are dropped
	policies  []*policy
	Comment   string // COMMENT ON TABLE
	Pos       diag.Pos
}

// Column is one column of a table.
type Column struct {
	Name      string
	Type      string // canonical, lower case, no modifiers: "uuid", "text", "varchar", "int8", "timestamptz", "jsonb", "numeric", "bpchar" for char(n), or a user type's name, "schema.name" outside of public
	Array     bool
	Length    int  // of varchar(n) and bpchar(n), or of the domain over one; 0 for none
	NotNull   bool // primary keys and identity columns included
	Default   bool // DEFAULT, identity or serial
	Identity  bool // identity or serial: the server makes the value
	Always    bool // GENERATED ALWAYS AS IDENTITY: no value may be given without OVERRIDING
	Generated bool // GENERATED ALWAYS AS (…), STORED or VIRTUAL
	// Nondeterministic reports a nondeterministic collation: two values may be equal
	// and not the same.
	Nondeterministic bool
	Allowed          []Allowed // by CHECK constraints that list values
	Comment          string    // COMMENT ON COLUMN
	Pos              diag.Pos

	defaultExpr *pg.Node
	local       bool // it was defined here, and not only inherited
}

// Allowed is a CHECK constraint that is nothing but column IN (…).
type Allowed struct {
	Check  string   // "" for a nameless one
	Values []string // never empty
}

// Key is a primary key, a unique constraint or an index.
type Key struct {
	Name    string   // PostgreSQL's default name where none was written
	Columns []string // empty elements stand for expressions
	Partial bool     // an index with a WHERE
	Depends []string // the columns in its expressions and its WHERE
	// Deferrable reports that two rows may have the same key until the
	// transaction ends.
	Deferrable bool
	Pos        diag.Pos
}

// ForeignKey is a reference to another table.
type ForeignKey struct {
	Name       string // PostgreSQL's default name where none was written
	Columns    []string
	RefTable   string
	RefColumns []string // the referenced primary key where none was written
	OnDelete   string   // "NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"
	OnUpdate   string   // the same, for an UPDATE of RefColumns
	Deferrable bool
	Pos        diag.Pos
}

// Enum is a CREATE TYPE … AS ENUM.
type Enum struct {
	Name   string
	Values []string
	Pos    diag.Pos
	// Uncertain reports that sqlc may know other values: a DO block changes it, or it
	// is made twice.
	Uncertain bool
}

// Kind is what a query's top-level statement does.
type Kind string

// The kinds of statement.
const (
	Select Kind = "SELECT"
	Insert Kind = "INSERT"
	Update Kind = "UPDATE"
	Delete Kind = "DELETE"
	Other  Kind = "OTHER"
)

// Query is what one query does, as far as its text and the catalog say.
type Query struct {
	Kind   Kind
	Writes []string // tables written, at top level or in a CTE; sorted, no duplicates
	Reads  []string // tables and views read and not only written; sorted, no duplicates
	// Target is the table that the top-level statement writes, "" for a SELECT.
	Target string
	// Sets are the columns of Target that INSERT or UPDATE gives a value, in order.
	Sets []ColumnValue
	// Equal are the columns that a top-level WHERE fixes by `column = $n` (AND only).
	Equal []ColumnValue
	// Unequal are the columns that a top-level WHERE compares with a parameter in
	// a way that most values pass, such as `column <> $n` (AND only).
	Unequal []ColumnValue
	// Matched are the parameters, n of $n, that a condition at any depth, but not
	// below a NOT, compares with a column by =, each or as a list; sorted.
	Matched []int
	// Emptied are the tables of which a DELETE without WHERE deletes every row, at
	// any depth; sorted.
	Emptied []string
	// Disjuncts are the conditions of an OR in a top-level WHERE, each with those that
	// hold beside the OR: a row that passes one of them is meant.
	Disjuncts []Disjunct
	// Limited reports a LIMIT, OFFSET or FETCH at top level.
	Limited bool
	// Flags are the boolean columns that a top-level WHERE requires (AND only).
	Flags []Flag
	// Constants are the columns that a top-level WHERE fixes to a text (AND only),
	// and Gives those that the VALUES of an INSERT give a text or NULL.
	Constants, Gives []Constant
	// InSubquery are the columns that a top-level WHERE compares with the rows of a
	// subquery (AND only).
	InSubquery []InSubquery
	// Conditions are all that a row must pass for the top-level SELECT, UPDATE or
	// DELETE to take it.
	Conditions []Condition
	// Assigns are the values that the SET of an UPDATE gives.
	Assigns []Assignment
	// Absences are the tables of whose rows a condition, at any depth, asks that there
	// are none: NOT EXISTS, NOT IN, a LEFT JOIN … IS NULL, count(*) = 0; sorted.
	Absences []string
	// Deciding are the tables whose rows decide which rows the statement is about:
	// those that it reads, but for one that is joined by an outer join and of which
	// no condition is; sorted.
	Deciding []string
	// Joins are the columns that a condition at any depth compares by = with a column
	// of another table.
	Joins []Join
	// ReferencedColumns are the names of the columns that any WHERE, HAVING or ON of the
	// statement mentions, those of subqueries included; sorted, no duplicates. A
	// column that is not among them decides nothing about which rows are meant.
	ReferencedColumns []string
	// Returns are the columns of the answer, in order: RETURNING, or the SELECT
	// list. * is expanded; over something of unknown columns it stays one
	// Result named "*".
	Returns []Result
	// Locks are the row locks of a SELECT … FOR ….
	// Those of a subquery or CTE in its FROM count.
	Locks []Lock
	// SingleRow reports an INSERT … VALUES with one row and no ON CONFLICT, into
	// a known table in which nothing rewrites an INSERT: it writes exactly one row or fails.
	SingleRow bool
	// OnConflict is "", "nothing" or "update".
	OnConflict string
	// Conflict are the columns of the key that ON CONFLICT names, empty elements
	// for what is no column; nil where it names none.
	Conflict []string
	// Copies are the tables from whose rows an INSERT … SELECT makes its own; sorted.
	Copies []string
	// Functions are the names of the functions that the statement calls, at any
	// depth; sorted, no duplicates.
	Functions []string
	// Varies is a function in the list of a top-level SELECT that answers
	// differently when the statement is sent again, such as random; "" for none.
	Varies string
	// Overriding reports OVERRIDING SYSTEM VALUE or USER VALUE.
	Overriding bool
	// OuterJoins reports that an outer join may leave a part of a row of the answer
	// NULL, whatever of it is returned.
	OuterJoins bool
	// Ordered reports an ORDER BY at top level.
	Ordered bool
	// Params are the parameters, Params[0] for $1.
	Params []Param
	// Effects are what running the statement may read, write and lock.
	Effects Effects

	outputs []outputs // of its lists, in the order in which they are analysed
	absent  *Absent   // a column, nil for none
}

// Flag is a boolean column that a condition requires, or requires not to hold.
type Flag struct {
	Table, Column string
	Not           bool
}

// Constant is a column that gets, or is compared with, a text or NULL.
type Constant struct {
	Table, Column, Text string
	Null                bool
}

// ColumnValue is a column that gets, or is compared with, a parameter.
type ColumnValue struct {
	Table  string
	Column string
	Param  int // n of a bare $n or $n::type; 0 for any other expression
}

// InSubquery is `column = (SELECT ref FROM reftable WHERE …)`, or IN.
type InSubquery struct {
	Table, Column       string
	RefTable, RefColumn string
	Equal, Unequal      []ColumnValue // as those of a Query, of RefTable
}

// Join is `a.x = b.y`, with the tables' names.
type Join struct {
	Table, Column           string
	OtherTable, OtherColumn string
}

// Disjunct is one of several conditions that a row may pass.
type Disjunct struct {
	Equal             []ColumnValue // as those of a Query
	ReferencedColumns []string      // as those of a Query
}

// Result is one column of a query's answer.
type Result struct {
	Name   string // as the server names it
	Table  string // where the column comes from, "" for an expression
	Column string
	// Param is n where the statement itself fixes this column to $n, so that
	// its value is known before the answer; else 0. It is only set where the
	// stored value is the sent one: same type, nothing that rewrites the
	// statement, no rounding or padding.
	//
	// One case is left to the caller: a varchar(n) column refuses a longer value,
	// except that PostgreSQL cuts excess blanks at its end without a word
	// (manual, section 8.3). Where the column's Length is not 0, the value is
	// the sent one if that has at most Length characters.
	Param int
	// Present reports that a condition of a SELECT passes no row in which the column
	// is NULL, although the table lets it be.
	Present bool
	// MayBeNull reports that the query can make the column NULL although the
	// table says NOT NULL: an outer join, grouping sets, or RETURNING old.…
	MayBeNull bool
	// Source tells the uses of one table in the statement apart, from 1: columns of
	// one Source come from one row of Table. It is 0 where that is not known.
	Source int
	// Missing are the outer joins, each by a number, that leave the column NULL
	// where they find no row, innermost first; nil for none.
	Missing []int
}

// Lock is a row lock.
type Lock struct {
	Table              string
	Strength           string // "UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE"
	SkipLocked, NoWait bool
}

// Param is what a query's text says of one parameter.
type Param struct {
	Table  string // with Column: the column that it is written to or compared with; "" when unknown
	Column string
	Cast   string // canonical type of $n::type, without []; int8 for LIMIT and OFFSET; "" for none
	Array  bool   // $n::type[] or = ANY($n)
	Sole   bool   // every use of it has the type of Column
}
