package schema

import (
	"fmt"
	"strings"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/specgen-dev/specgen/internal/diag"
)

// Codes of this package's problems.
const (
	codeSyntax     = "SG101" // SQL that does not parse
	codeUnknown    = "SG102" // a name that is not there
	codeDuplicate  = "SG103" // a name that is there already
	codeForeignKey = "SG104" // a reference to what is not there
)

// File is a file of the schema: its name for messages, and its text.
type File struct {
	Name string
	Text []byte
}

// Load applies files in order and returns the schema that they lead to.
//
// Of migrations only the way up is read: the part after "-- +goose Up",
// "-- +migrate Up" or "-- migrate:up", the part above tern's line, and no
// *.down.sql file. What does not parse is a problem (SG101), and the rest is
// applied. What PostgreSQL would refuse for the order of things is a warning:
// a schema may rely on objects that are made elsewhere.
func Load(files []File, problems *diag.List) *Catalog {
	l := &loader{
		catalog:    &Catalog{Domains: map[string]string{}, SetReturning: map[string]bool{}},
		problems:   problems,
		tables:     map[[2]string]*Table{},
		names:      names{},
		domains:    map[string]*domain{},
		collations: map[string]bool{},
		others:     map[string]bool{},
		types:      map[string]bool{},
		facts:      map[*Table]*tableFacts{},
		keys:       map[*Key]keyFacts{},
		foreignOf:  map[*ForeignKey]*ForeignKey{},
	}
	for _, f := range files {
		if !isRollback(f.Name) {
			l.file(f)
		}
	}
	l.finish()
	l.catalog.indexed()
	return l.catalog
}

// loader holds the catalog that it builds, and what only building needs.
type loader struct {
	catalog  *Catalog
	problems *diag.List

	source *source // of the current file
	base   int     // what locations in the current statement count from
	start  int     // offset of the current statement

	tables     map[[2]string]*Table // by schema and name
	names      names
	domains    map[string]*domain
	collations map[string]bool // the nondeterministic ones
	types      map[string]bool // those that are neither an enum nor a domain
	within     *doBlock        // that is being read; may be nil
	others     map[string]bool // views, sequences and the like, which ALTER TABLE may name
	facts      map[*Table]*tableFacts
	keys       map[*Key]keyFacts
	foreignOf  map[*ForeignKey]*ForeignKey // of a partition: that of the parent which it is a copy of
}

// tableFacts is what the loader knows of a table beside its Table.
type tableFacts struct {
	checks  []check
	parents []*Table // that it is a partition of, or inherits from
	open    bool     // it may have columns that are not known
}

// keyFacts is what the loader knows of a key beside its Key.
type keyFacts struct {
	label   string   // that ends a default name: "key" of a constraint, "idx" of an index
	parts   []string // that a default name is made of
	depends []string // columns in an index's expressions and WHERE
	made    int      // how many keys there were before
	of      *Key     // that of the parent which it is a part of
}

type check struct {
	name    string
	columns []string
	allows  []string // the values of the column; nil where it says something else

	local     bool // it was written here, and not only inherited
	noInherit bool // parts do not have it
}

type domain struct {
	base             typeInfo
	notNull          bool
	dflt             *pg.Node // nil for none
	nondeterministic bool
}

func (l *loader) file(f File) {
	text := forwardPart(string(f.Text))
	l.source = newSource(f.Name, text)
	batches, errs := parseAll(text)
	for _, err := range errs {
		l.problems.ErrorFix(l.source.pos(err.offset), codeSyntax,
			"correct the statement; the statements after it were read", "this is not SQL that PostgreSQL accepts: %s", err.Message)
	}
	for _, b := range batches {
		l.base = b.base
		for _, s := range b.stmts {
			l.start = skipBlank(text, b.base+int(s.StmtLocation))
			l.statement(s.Stmt)
		}
	}
}

// skipBlank returns the offset of the first thing at or after offset that is
// neither blank nor a comment.
func skipBlank(text string, offset int) int {
	for offset < len(text) {
		switch rest := text[offset:]; {
		case strings.ContainsRune(" \t\r\n\f\v;", rune(rest[0])):
			offset++
		case strings.HasPrefix(rest, "--"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				return len(text)
			}
			offset += end
		case strings.HasPrefix(rest, "/*"):
			offset += commentLength(rest)
		default:
			return offset
		}
	}
	return offset
}

// commentLength is the length of the block comment that text begins with; they nest.
func commentLength(text string) int {
	depth := 0
	for i := 0; i < len(text)-1; i++ {
		switch text[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// statement applies one statement. What says nothing about tables is left out:
// permissions, extensions, and data.
func (l *loader) statement(stmt *pg.Node) {
	switch n := stmt.GetNode().(type) {
	case *pg.Node_CreateStmt:
		l.createTable(n.CreateStmt)
	case *pg.Node_AlterTableStmt:
		l.alterTable(n.AlterTableStmt)
	case *pg.Node_RenameStmt:
		l.rename(n.RenameStmt)
	case *pg.Node_AlterObjectSchemaStmt:
		l.moveToSchema(n.AlterObjectSchemaStmt)
	case *pg.Node_DropStmt:
		l.drop(n.DropStmt)
	case *pg.Node_IndexStmt:
		l.createIndex(n.IndexStmt)
	case *pg.Node_CreateEnumStmt:
		l.createEnum(n.CreateEnumStmt)
	case *pg.Node_AlterEnumStmt:
		l.alterEnum(n.AlterEnumStmt)
	case *pg.Node_CreateDomainStmt:
		l.createDomain(n.CreateDomainStmt)
	case *pg.Node_AlterDomainStmt:
		l.alterDomain(n.AlterDomainStmt)
	case *pg.Node_DefineStmt:
		l.createCollation(n.DefineStmt)
		l.createOperator(n.DefineStmt)
	case *pg.Node_CreateFunctionStmt:
		l.createFunction(n.CreateFunctionStmt)
	case *pg.Node_AlterFunctionStmt:
		l.alterFunction(n.AlterFunctionStmt)
	case *pg.Node_CommentStmt:
		l.comment(n.CommentStmt)
	case *pg.Node_CreateTrigStmt:
		l.createTrigger(n.CreateTrigStmt)
	case *pg.Node_RuleStmt:
		l.createRule(n.RuleStmt)
	case *pg.Node_CreatePolicyStmt:
		l.createPolicy(n.CreatePolicyStmt)
	case *pg.Node_AlterPolicyStmt:
		l.alterPolicy(n.AlterPolicyStmt)
	case *pg.Node_CompositeTypeStmt:
		l.types[relationName(n.CompositeTypeStmt.Typevar)] = true
	case *pg.Node_CreateRangeStmt:
		l.types[joinName(n.CreateRangeStmt.TypeName)] = true
	case *pg.Node_DoStmt:
		l.do(n.DoStmt)
	case *pg.Node_SelectStmt:
		l.call(stmt)
	case *pg.Node_CallStmt:
		l.call(stmt)
	case *pg.Node_ViewStmt:
		l.other(n.ViewStmt.GetView())
		l.createView(n.ViewStmt)
	case *pg.Node_CreateTableAsStmt:
		l.other(n.CreateTableAsStmt.GetInto().GetRel())
	case *pg.Node_CreateSeqStmt:
		l.other(n.CreateSeqStmt.GetSequence())
	case *pg.Node_CreateForeignTableStmt:
		l.createTable(n.CreateForeignTableStmt.GetBaseStmt())
		if t := l.lookup(n.CreateForeignTableStmt.GetBaseStmt().GetRelation(), false); t != nil {
			t.Foreign = true
		}
	case *pg.Node_CreateExtensionStmt:
		l.catalog.extended = true
	case *pg.Node_CreateSchemaStmt:
		if l.catalog.schemas == nil {
			l.catalog.schemas = map[string]bool{}
		}
		l.catalog.schemas[n.CreateSchemaStmt.Schemaname] = true
		for _, element := range n.CreateSchemaStmt.SchemaElts {
			if c := element.GetCreateStmt(); c.GetRelation() != nil && c.Relation.Schemaname == "" {
				c.Relation.Schemaname = n.CreateSchemaStmt.Schemaname
			}
			l.statement(element)
		}
	}
}

// pos is the position of a location in the current statement; the statement's
// own where the parser gives none.
func (l *loader) pos(location int32) diag.Pos {
	if location <= 0 || l.base < 0 {
		return l.source.pos(l.start)
	}
	return l.source.pos(l.base + int(location))
}

func (l *loader) warn(pos diag.Pos, code, fix, format string, args ...any) {
	l.problems.Add(diag.Problem{
		Pos: pos, Severity: diag.Warning, Code: code, Fix: fix, Message: fmt.Sprintf(format, args...),
	})
}

// other notes a relation that is no table.
func (l *loader) other(rel *pg.RangeVar) {
	name := qualify(rel.GetSchemaname(), rel.GetRelname())
	if !l.others[name] {
		l.others[name] = true
		l.names.take(relationNames, tableSchema(rel.GetSchemaname()), rel.GetRelname())
	}
}

// table is Catalog.table, for schemas of thousands of tables.
func (l *loader) table(schema, name string) *Table {
	return l.tables[[2]string{tableSchema(schema), name}]
}

// lookup finds the table that a statement names, and warns where there is
// neither a table nor another relation of that name.
func (l *loader) lookup(rel *pg.RangeVar, missingOK bool) *Table {
	t := l.table(rel.GetSchemaname(), rel.GetRelname())
	if t != nil {
		return t
	}
	name := qualify(rel.GetSchemaname(), rel.GetRelname())
	if !missingOK && !l.others[name] && rel.GetSchemaname() != "pg_catalog" {
		l.warn(l.pos(rel.GetLocation()), codeUnknown, l.nearestTable(name), "there is no table %q at this point", name)
	}
	return nil
}

func (l *loader) nearestTable(name string) string {
	var known []string
	for _, t := range l.catalog.Tables {
		known = append(known, t.QualifiedName())
	}
	if hint := diag.DidYouMean(name, known); hint != "" {
		return hint
	}
	return "create the table in an earlier statement or file; files are read in the order of sqlc.yaml"
}

// finish fills in what depends on the whole schema.
func (l *loader) finish() {
	l.spreadTriggers()
	l.catalog.others = l.others
	for _, f := range l.catalog.Functions {
		// Overloads share the name: one that answers with a set is enough.
		if f.SetReturning {
			l.catalog.SetReturning[f.Name] = true
		}
	}
	for _, t := range l.catalog.Tables {
		for _, c := range l.facts[t].checks {
			t.Checks = append(t.Checks, c.name)
			for _, name := range c.columns {
				if col := t.Column(name); col != nil && len(c.allows) > 0 {
					col.Allowed = append(col.Allowed, Allowed{Check: c.name, Values: c.allows})
				}
			}
		}
		t.open = l.facts[t].open
		for _, c := range t.Columns {
			l.applyDomain(c)
		}
		for _, k := range t.indexes() {
			k.Depends = l.keys[k].depends
		}
		l.checkKeys(t)
		for _, fk := range t.ForeignKeys {
			l.resolveForeignKey(t, fk)
		}
	}
	l.relate()
	for name, d := range l.domains {
		base := d.base.name
		if d.base.array {
			base += "[]"
		}
		l.catalog.Domains[name] = base
	}
}

func columnNames(t *Table) []string {
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Name
	}
	return out
}
