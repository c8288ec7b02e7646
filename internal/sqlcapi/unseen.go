package sqlcapi

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/specgen-dev/specgen/internal/diag"
)

// unseen is a parameter of an SQL file that sqlc left in the generated statement:
// PostgreSQL reads the operator =@ where id=@id has no space, and so does sqlc.
type unseen struct {
	operator string // with the @
	name     string
	start    int    // of the operator
	left     string // the name in front of it, if there is one
	itself   bool   // a column would be compared with itself
}

// at is the offset of the parameter's @.
func (u unseen) at() int { return u.start + len(u.operator) - 1 }

// operators are those that may stand in front of a parameter. Each makes one with
// an @ behind it, if no space is between, that neither PostgreSQL nor its usual
// extensions have.
var operators = strings.Fields("= < > <= >= <> != + - * / % || ^ | & # ~ ~* !~ !~* ~~ !~~ ~~* !~~* << >> && -> ->> #> #>> #- @> <@ @@ @@@ ?| ?& -|- ~= &< &> <<| |>> " +
	"<-> <=> <#> <+> <~> <%> <% %> <<% %>> <<-> <->> <<<-> <->>>")

// withAt are operators that end in an @: of PostgreSQL, ltree, hstore, cube, seg,
// intarray and pgroonga.
var withAt = []string{"<@", "@@", "@@@", "@-@", "^@", "?@", "?<@", "^<@", "&@"}

// mayBeUnseen finds names behind an operator that ends in an @, without a space.
func mayBeUnseen(tokens []sqlToken) []unseen {
	var out []unseen
	for i, t := range tokens[:max(0, len(tokens)-1)] {
		next := tokens[i+1]
		if t.kind == operatorToken && strings.HasSuffix(t.text, "@") && next.kind == wordToken && next.start == t.start+len(t.text) && next.text[0] != '"' {
			u := unseen{operator: t.text, name: next.text, start: t.start}
			if i > 0 && tokens[i-1].kind == wordToken {
				u.left = tokens[i-1].text + " "
				u.itself = tokens[i-1].text == u.name && (i == 1 || tokens[i-2].text != ".")
			}
			out = append(out, u)
		}
	}
	return out
}

// unseenIn finds the parameters that sqlc left in a generated statement. An operator
// that the schema makes is one; a name that is also one of the schema, or of the
// statement, is a column behind an operator of PostgreSQL.
func unseenIn(tokens []sqlToken, schema func() []sqlToken) []unseen {
	return slices.DeleteFunc(mayBeUnseen(tokens), func(u unseen) bool {
		known := slices.Contains(withAt, u.operator)
		switch {
		case u.operator == "@":
			return false // sqlc makes $1 of it, or fails
		case !known && !mayStandInFront(strings.TrimSuffix(u.operator, "@")):
			return true
		case slices.ContainsFunc(schema(), func(t sqlToken) bool { return t.kind == operatorToken && t.text == u.operator }):
			return true
		}
		return known && !u.itself && (named(schema(), u.name, 1) || named(tokens, u.name, 2))
	})
}

// mayStandInFront reports whether an operator, a sign behind it left out as in =-@n,
// may stand in front of a parameter.
func mayStandInFront(operator string) bool {
	return slices.Contains(operators, operator) || slices.Contains(operators, strings.TrimRight(operator, "+-"))
}

// named reports whether a name stands in a text as often as that, or more often.
func named(tokens []sqlToken, name string, times int) bool {
	for _, t := range tokens {
		if t.kind == wordToken && strings.Trim(t.text, `"`) == name {
			times--
		}
	}
	return times <= 0
}

// schemaTokens are the tokens of a package's schema files.
func (l *loader) schemaTokens(p *Package) func() []sqlToken {
	return sync.OnceValue(func() []sqlToken {
		var all []sqlToken
		for _, file := range p.Schema {
			if text, err := l.files.ReadFile(l.resolve(file)); err == nil {
				all = append(all, scanSQL(string(text))...)
			}
		}
		return all
	})
}

// findUnseen notes a query that lost a parameter. It is told where the query is called.
func (p *Package) findUnseen(q *Query, s *sqlQuery, schema func() []sqlToken) bool {
	if !strings.Contains(q.SQL, "@") {
		return false // as a rule: the statement is not scanned again
	}
	lost := unseenIn(scanSQL(q.SQL), schema)
	if len(lost) == 0 {
		return false
	}
	first, pos := lost[0], q.Pos
	name := first.name
	written := mayBeUnseen(s.tokens)
	if i := slices.IndexFunc(written, func(u unseen) bool { return u.operator == first.operator && u.name == first.name }); i >= 0 {
		u := written[i]
		name, pos = s.file[u.at()+1:u.at()+1+len(u.name)], s.posOf(u.at())
	}
	fix := first.left + strings.TrimSuffix(first.operator, "@") + " @" + name
	p.Lost = append(p.Lost, &LostParameter{Query: q.Name, Problem: diag.Problem{
		Pos: pos, Code: codeUnseen, Message: "sqlc did not see the parameter @" + name + " of " + q.Name + ": PostgreSQL reads an operator " + first.operator,
		Fix: "write `" + strings.TrimSpace(fix) + "` with spaces, and " + regenerate,
	}})
	return true
}

// LostParameter is a query that lacks a parameter of its SQL file.
type LostParameter struct {
	Query   string
	Problem diag.Problem
}

// FindLost finds a query that lost a parameter, by its name with or without its
// package; nil for none.
func (a *API) FindLost(name string) *LostParameter {
	pkg, query, qualified := splitName(name)
	for _, p := range a.Packages {
		for _, lost := range p.Lost {
			if lost.Query == query && (!qualified || p.Name == pkg) {
				return lost
			}
		}
	}
	return nil
}

// posOf is the position of a byte of the query's file.
func (s *sqlQuery) posOf(offset int) diag.Pos {
	before := s.file[:offset]
	line := strings.LastIndexByte(before, '\n') + 1
	return diag.Pos{File: s.pos.File, Line: strings.Count(before, "\n") + 1, Col: utf8.RuneCountInString(before[line:]) + 1}
}
