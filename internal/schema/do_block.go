package schema

import (
	"fmt"
	"slices"
	"strings"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/specgen-dev/specgen/internal/diag"
)

// codeBlock is the code of a block that was not read as a whole.
const codeBlock = "SG105"

// doBlock reads the DDL of a DO block as what it most likely does to a schema that
// holds what the files before made. A statement that cannot be read makes the tables
// that the block names uncertain: see [Table.Uncertain].
type doBlock struct {
	*loader
	text      string
	variables map[string]string // those with a known text
	arrays    map[string][]string
	pos       diag.Pos
	looksUp   bool   // a loop goes over the server's catalogs
	unread    string // the first thing that was not read, "" for none
}

// do applies DO.
func (l *loader) do(n *pg.DoStmt) {
	language := "plpgsql"
	body := ""
	for _, arg := range n.Args {
		switch d := arg.GetDefElem(); d.GetDefname() {
		case "language":
			language = strings.ToLower(d.GetArg().GetString_().GetSval())
		case "as":
			body = d.GetArg().GetString_().GetSval()
		}
	}
	l.block(body, language)
}

// block applies the body of a block. Positions in it are those of the file where the
// body stands there as it is, which it does between dollar signs.
func (l *loader) block(body, language string) {
	base, start := l.base, l.start
	defer func(within *doBlock) { l.base, l.start, l.within = base, start, within }(l.within)
	b := &doBlock{loader: l, text: body, variables: map[string]string{}, arrays: map[string][]string{}, pos: l.source.pos(start)}
	l.within = b
	at := strings.Index(l.source.text[start:], body)
	if at >= 0 {
		at += start
	}
	block, ok := readPlpgsql(body)
	if language != "plpgsql" || !ok {
		b.skip("the block")
		b.doubt(body)
	} else {
		b.run([]plStatement{block}, at)
	}
	b.report()
}

// report says once a block what was not read of it.
func (b *doBlock) report() {
	if b.unread == "" {
		return
	}
	b.problems.Add(diag.Problem{
		Pos: b.pos, Severity: diag.Hint, Code: codeBlock,
		Message: fmt.Sprintf("it is not known what %s does to the schema: the tables named here may have other columns, keys and triggers", b.unread),
		Fix:     "write plain statements, or IF with a condition on the server's catalogs",
	})
}

// skip notes something that was not read.
func (b *doBlock) skip(what string) {
	b.catalog.unread = true
	if b.unread == "" {
		b.unread = what
	}
}

// run applies statements; it is false where one fails as PostgreSQL would have it
// fail, which ends a block with EXCEPTION.
func (b *doBlock) run(stmts []plStatement, at int) bool {
	for _, stmt := range stmts {
		ok := true
		switch s := stmt.(type) {
		case *plRun:
			ok = b.sql(s.sql, s.at, at)
		case *plIf:
			ok = b.conditional(s, at)
		case *plLoop:
			b.loop(s, at)
		case *plBlock:
			ok = b.inner(s, at)
		case *plOpaque:
			ok = !s.executes() || b.dynamic(s, at)
		case *plAssign, *plReturn, *plRaise: // they make no DDL
		}
		if !ok {
			return false
		}
	}
	return true
}

// executes reports EXECUTE of a text.
func (s *plOpaque) executes() bool { return s.what == "EXECUTE" && s.text != "" }

func (b *doBlock) inner(s *plBlock, at int) bool {
	b.declare(s.declared)
	if b.run(s.body, at) || len(s.handlers) == 0 {
		return true
	}
	// What the block did before is undone. Usually it is one statement, and nothing is.
	if len(s.body) > 1 {
		b.skip("a block that fails half-way")
		b.doubt(b.text)
	}
	b.run(s.handlers[0], at)
	return true
}

func (b *doBlock) conditional(s *plIf, at int) bool {
	for i, branch := range s.branches {
		holds := yes // ELSE
		if branch.cond != "" {
			holds = b.holds(branch.cond)
		}
		switch holds {
		case yes:
			return b.run(branch.body, at)
		case maybe:
			b.maybe("IF "+brief(branch.cond), branch.body, at)
			for _, other := range s.branches[i+1:] {
				if b.matters(other.body) {
					b.skip("IF " + brief(branch.cond))
					b.doubt(b.text)
				}
			}
			return true
		}
	}
	return true
}

// maybe applies what may or may not run: as if it did, and with doubt.
func (b *doBlock) maybe(what string, body []plStatement, at int) {
	if !b.matters(body) {
		return
	}
	b.skip(what)
	b.run(body, at)
	b.doubt(b.text)
}

// loop applies a loop over known texts once for each. Of any other loop the
// statements are read as they would be for any value.
func (b *doBlock) loop(s *plLoop, at int) {
	elements := b.elements(s.over)
	if elements == nil || len(s.targets) != 1 {
		over := strings.ToLower(s.over)
		b.looksUp = b.looksUp || strings.Contains(over, "information_schema") || strings.Contains(over, "pg_")
		b.run(s.body, at)
		return
	}
	for _, e := range elements {
		b.variables[s.targets[0]] = e
		b.run(s.body, at)
	}
	delete(b.variables, s.targets[0])
}

// matters reports whether statements hold DDL that the catalog knows of.
func (b *doBlock) matters(body []plStatement) bool {
	for _, stmt := range body {
		found := false
		switch s := stmt.(type) {
		case *plRun:
			found = changesTables(s.sql)
		case *plOpaque:
			found = s.executes()
		case *plIf:
			found = slices.ContainsFunc(s.branches, func(x plBranch) bool { return b.matters(x.body) })
		case *plLoop:
			found = b.matters(s.body)
		case *plBlock:
			found = b.matters(s.body) || slices.ContainsFunc(s.handlers, b.matters)
		case *plAssign, *plReturn, *plRaise:
		}
		if found {
			return true
		}
	}
	return false
}

// changesTables reports whether a statement may change what is known of a table.
func changesTables(text string) bool {
	stmts, err := parse(text)
	if err != nil {
		return mayBeDDL(text)
	}
	return slices.ContainsFunc(stmts, func(s *pg.RawStmt) bool {
		switch n := s.Stmt.GetNode().(type) {
		case *pg.Node_CreateStmt, *pg.Node_RenameStmt, *pg.Node_IndexStmt, *pg.Node_CreateEnumStmt, *pg.Node_AlterEnumStmt, *pg.Node_CreateDomainStmt,
			*pg.Node_AlterDomainStmt, *pg.Node_CreateTrigStmt, *pg.Node_RuleStmt, *pg.Node_DoStmt, *pg.Node_CallStmt, *pg.Node_AlterObjectSchemaStmt, *pg.Node_CreateFunctionStmt:
			return true
		case *pg.Node_AlterTableStmt:
			return !harmlessAlter(n.AlterTableStmt)
		case *pg.Node_DropStmt:
			return n.DropStmt.RemoveType != pg.ObjectType_OBJECT_POLICY && n.DropStmt.RemoveType != pg.ObjectType_OBJECT_EXTENSION
		default:
			return false
		}
	})
}

// mayBeDDL reports whether a statement may change a table, by its first word.
func mayBeDDL(text string) bool {
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text)), " ")
	first, _, _ = strings.Cut(first, "\n")
	return slices.Contains([]string{"create", "alter", "drop", "do", "call", "reassign", "import"}, first)
}

// sql applies one statement at an offset of the body, which stands at another of
// the file; -1 where that is not known.
func (b *doBlock) sql(text string, offset, at int) bool {
	stmts, err := parse(text)
	if err != nil {
		if mayBeDDL(text) {
			b.skip(brief(text))
			b.doubt(text)
		}
		return true // SELECT … INTO STRICT, and the like
	}
	if at >= 0 {
		b.base, b.start = at+offset, at+offset
	}
	for _, s := range stmts {
		if !b.apply(s.Stmt) {
			return false
		}
	}
	return true
}

// apply applies a statement that PostgreSQL would not refuse.
func (b *doBlock) apply(stmt *pg.Node) bool {
	if b.fails(stmt) {
		return false
	}
	b.statement(stmt)
	return true
}

// brief is the first line of a statement.
func brief(text string) string {
	line, _, cut := strings.Cut(strings.TrimSpace(text), "\n")
	if runes := []rune(line); len(runes) > 60 {
		line, cut = string(runes[:60]), true
	}
	if cut {
		return line + "…"
	}
	return line
}

// doubt makes the tables uncertain that a text names.
func (b *doBlock) doubt(text string) {
	for _, t := range b.named(text) {
		t.doubt(b.pos)
	}
}

// doubt makes a table uncertain.
func (t *Table) doubt(pos diag.Pos) {
	if t.Uncertain {
		return
	}
	t.Uncertain = true
	t.Triggers = append(t.Triggers, &Trigger{
		Name: "of the DO block at " + pos.String(), Table: t.QualifiedName(), Timing: Before, Events: AnyEvent, Row: true, Unknown: true, Pos: pos,
	})
}

// named are the tables whose names stand in a text: as words, or in a string.
func (b *doBlock) named(text string) []*Table {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool {
		return r != '_' && r != '$' && r < 0x80 && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		words[w] = true
		words[strings.ToLower(w)] = true
	}
	var out []*Table
	for _, t := range b.catalog.Tables {
		if words[t.Name] {
			out = append(out, t)
		}
	}
	return out
}

// call reads a call of a function of the schema that makes DDL, such as SELECT
// add_updated_at('users'): the tables that the statement names become uncertain.
func (l *loader) call(stmt *pg.Node) {
	var called *Function
	b := &doBlock{loader: l, pos: l.source.pos(l.start)}
	walk(stmt, func(node any) bool {
		if f, ok := node.(*pg.FuncCall); ok {
			for _, known := range l.catalog.Functions {
				if known.Name == joinName(f.Funcname) && makesDDL(known) {
					called = known
				}
			}
		}
		if s, ok := node.(*pg.A_Const_Sval); ok {
			b.text += " " + s.Sval.GetSval()
		}
		return true
	})
	switch {
	case called == nil:
	case l.within != nil:
		l.within.skip("a call of " + called.Name)
		b.doubtAll()
	default:
		b.skip("a call of " + called.Name)
		b.doubtAll()
		b.report()
	}
}

// makesDDL reports whether a function's body may change tables.
func makesDDL(f *Function) bool {
	if f.Language != "plpgsql" {
		return false
	}
	body := strings.ToLower(f.Body)
	return slices.ContainsFunc([]string{"execute ", "alter table", "create trigger", "create table", "create index", "drop "}, func(word string) bool {
		return strings.Contains(body, word)
	})
}
