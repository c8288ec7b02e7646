package schema

import (
	"regexp"
	"strconv"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// anyName stands in a text for a name that is not known.
const anyName = "specgen_any_name"

// declare notes the variables that DECLARE gives a constant.
func (b *doBlock) declare(declared []plDeclared) {
	for _, d := range declared {
		if list := b.elements(d.value); list != nil {
			b.arrays[d.name] = list
		} else if expr := expression(d.value); expr != nil {
			if text, exact := b.fold(expr); exact {
				b.variables[d.name] = text
			}
		}
	}
}

// cutWord cuts around a word of any case.
func cutWord(text, word string) (before, after string, ok bool) {
	i := strings.Index(strings.ToLower(text), " "+word+" ")
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(word)+2:], true
}

// expression parses one expression; nil where it is none.
func expression(text string) *pg.Node {
	stmts, err := parse("SELECT " + text)
	if err != nil || len(stmts) != 1 {
		return nil
	}
	targets := stmts[0].Stmt.GetSelectStmt().GetTargetList()
	if len(targets) != 1 {
		return nil
	}
	return targets[0].GetResTarget().GetVal()
}

// elements are the texts that a loop goes over, or an array holds; nil where they
// are not known: ARRAY['a', 'b'], '{a,b}', a variable of these, unnest(…) and VALUES.
func (b *doBlock) elements(over string) []string {
	over = strings.TrimSpace(over)
	if list := b.arrays[strings.ToLower(over)]; list != nil {
		return list
	}
	stmts, err := parse(over)
	if err != nil {
		stmts, err = parse("SELECT " + over)
	}
	if err != nil || len(stmts) != 1 {
		return nil
	}
	return b.constants(stmts[0].Stmt.GetSelectStmt())
}

func (b *doBlock) constants(s *pg.SelectStmt) []string {
	if s == nil || s.WhereClause != nil || s.Larg != nil {
		return nil
	}
	var out []string
	for _, row := range s.ValuesLists {
		items := row.GetList().GetItems()
		text, ok := constantText(items[0])
		if !ok || len(items) != 1 {
			return nil
		}
		out = append(out, text)
	}
	if out != nil || len(s.TargetList) != 1 {
		return out
	}
	expr := s.TargetList[0].GetResTarget().GetVal()
	if ref := expr.GetColumnRef(); ref != nil && len(s.FromClause) == 1 {
		f := s.FromClause[0].GetRangeFunction()
		if f == nil || len(f.Functions) != 1 || len(f.Functions[0].GetList().GetItems()) == 0 {
			return nil
		}
		expr = f.Functions[0].GetList().GetItems()[0]
	} else if len(s.FromClause) > 0 {
		return nil
	}
	if call := expr.GetFuncCall(); call != nil && len(call.Args) == 1 && resultName(expr) == "unnest" {
		expr = call.Args[0]
	}
	if text, ok := constantText(expr); ok {
		if !strings.HasPrefix(text, "{") || strings.ContainsAny(text, `"\`) {
			return nil
		}
		return strings.Split(strings.Trim(text, "{}"), ",")
	}
	for expr.GetTypeCast() != nil {
		expr = expr.GetTypeCast().Arg
	}
	for _, e := range expr.GetAArrayExpr().GetElements() {
		text, ok := constantText(e)
		if !ok {
			return nil
		}
		out = append(out, text)
	}
	return out
}

// fold is the text of an expression, with anyName for what is not known; exact
// reports that all of it is.
func (b *doBlock) fold(expr *pg.Node) (text string, exact bool) {
	for expr.GetTypeCast() != nil {
		expr = expr.GetTypeCast().Arg
	}
	switch n := expr.GetNode().(type) {
	case *pg.Node_AConst:
		if s := n.AConst.GetSval(); s != nil {
			return s.Sval, true
		}
	case *pg.Node_ColumnRef:
		if name := texts(n.ColumnRef.Fields); len(name) == 1 {
			if v, ok := b.variables[name[0]]; ok {
				return v, true
			}
		}
	case *pg.Node_AExpr:
		if texts(n.AExpr.Name)[0] == "||" {
			left, l := b.fold(n.AExpr.Lexpr)
			right, r := b.fold(n.AExpr.Rexpr)
			return left + right, l && r
		}
	case *pg.Node_FuncCall:
		return b.foldCall(n.FuncCall)
	}
	return anyName, false
}

func (b *doBlock) foldCall(call *pg.FuncCall) (text string, exact bool) {
	args := make([]string, len(call.Args))
	exact = true
	for i, arg := range call.Args {
		one, ok := b.fold(arg)
		args[i], exact = one, exact && ok
	}
	_, name := splitName(texts(call.Funcname))
	switch {
	case name == "quote_ident" && len(args) == 1:
		return identifier(args[0]), exact
	case name == "quote_literal" && len(args) == 1:
		return "'" + strings.ReplaceAll(args[0], "'", "''") + "'", exact
	case name == "concat":
		return strings.Join(args, ""), exact
	case name == "format" && len(args) > 0:
		return formatted(args[0], args[1:]), exact
	default:
		return anyName, false
	}
}

var formatVerb = regexp.MustCompile(`%(?:(\d+)\$)?-?\d*([sIL%])`)

// formatted is PostgreSQL's format.
func formatted(pattern string, args []string) string {
	next := 0
	return formatVerb.ReplaceAllStringFunc(pattern, func(verb string) string {
		m := formatVerb.FindStringSubmatch(verb)
		if m[2] == "%" {
			return "%"
		}
		if n, err := strconv.Atoi(m[1]); err == nil {
			next = n - 1
		}
		arg := anyName
		if next >= 0 && next < len(args) {
			arg = args[next]
		}
		next++
		switch m[2] {
		case "I":
			return identifier(arg)
		case "L":
			return "'" + strings.ReplaceAll(arg, "'", "''") + "'"
		default:
			return arg
		}
	})
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_$]*$`)

// identifier is PostgreSQL's quote_ident, but for keywords.
func identifier(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// dynamic applies EXECUTE of a text.
func (b *doBlock) dynamic(s *plOpaque, at int) bool {
	text, _, _ := cutWord(s.text, "using")
	text, _, _ = cutWord(text, "into")
	expr := expression(text)
	if expr == nil {
		b.skip("EXECUTE " + brief(s.text))
		b.doubt(b.text)
		return true
	}
	command, exact := b.fold(expr)
	stmts, err := parse(command)
	if err != nil {
		b.skip("EXECUTE " + brief(command))
		b.doubtAll()
		return true
	}
	if at >= 0 {
		b.base, b.start = -1, at+s.at
	}
	for _, stmt := range stmts {
		if exact {
			if !b.apply(stmt.Stmt) {
				return false
			}
			continue
		}
		b.inexact(stmt.Stmt, command)
	}
	return true
}

// inexact applies a statement some of whose names are not known.
func (b *doBlock) inexact(stmt *pg.Node, command string) {
	switch n := stmt.GetNode().(type) {
	case *pg.Node_CreateTrigStmt:
		if n.CreateTrigStmt.GetRelation().GetRelname() != anyName {
			b.apply(stmt)
			return
		}
		b.skip("EXECUTE " + brief(strings.ReplaceAll(command, anyName, "…")))
		for _, t := range b.candidates() {
			n.CreateTrigStmt.Relation.Schemaname, n.CreateTrigStmt.Relation.Relname = t.Schema, t.Name
			b.statement(stmt)
		}
	case *pg.Node_DropStmt:
		if n.DropStmt.RemoveType == pg.ObjectType_OBJECT_TRIGGER || n.DropStmt.RemoveType == pg.ObjectType_OBJECT_POLICY {
			return // what is there counts
		}
		b.skip("EXECUTE " + brief(strings.ReplaceAll(command, anyName, "…")))
		b.doubtAll()
	case *pg.Node_AlterTableStmt, *pg.Node_RenameStmt, *pg.Node_CreateStmt, *pg.Node_RuleStmt, *pg.Node_IndexStmt,
		*pg.Node_AlterEnumStmt, *pg.Node_CreateEnumStmt, *pg.Node_CreateDomainStmt, *pg.Node_DoStmt, *pg.Node_AlterObjectSchemaStmt, *pg.Node_CallStmt:
		if harmlessAlter(stmt.GetAlterTableStmt()) {
			return
		}
		b.skip("EXECUTE " + brief(strings.ReplaceAll(command, anyName, "…")))
		b.doubtAll()
	}
}

// harmlessAlter reports an ALTER that changes nothing that a query sees.
func harmlessAlter(n *pg.AlterTableStmt) bool {
	for _, cmd := range n.GetCmds() {
		switch cmd.GetAlterTableCmd().GetSubtype() {
		case pg.AlterTableType_AT_ChangeOwner, pg.AlterTableType_AT_SetStatistics, pg.AlterTableType_AT_SetStorage,
			pg.AlterTableType_AT_SetRelOptions, pg.AlterTableType_AT_ReplicaIdentity, pg.AlterTableType_AT_ClusterOn,
			pg.AlterTableType_AT_ValidateConstraint, pg.AlterTableType_AT_SetTableSpace:
		default:
			return false
		}
	}
	return n != nil
}

var columnNamed = regexp.MustCompile(`(?:column_name|attname)\s*=\s*'(\w+)'`)

// candidates are the tables that a statement with an unknown name may be about:
// those that the block names; or where it looks them up, all that have the column
// that it looks for.
func (b *doBlock) candidates() []*Table {
	if named := b.named(b.text); len(named) > 0 && !b.looksUp {
		return named
	}
	var out []*Table
	m := columnNamed.FindStringSubmatch(b.text)
	for _, t := range b.catalog.Tables {
		if m == nil || t.Column(m[1]) != nil {
			out = append(out, t)
		}
	}
	return out
}

func (b *doBlock) doubtAll() {
	for _, t := range b.candidates() {
		t.doubt(b.pos)
	}
}
