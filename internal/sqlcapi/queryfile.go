package sqlcapi

import (
	"regexp"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
)

// sqlQuery is one query as its SQL file has it.
type sqlQuery struct {
	name   string
	cmd    string
	doc    string
	pos    diag.Pos   // of the name line
	text   string     // of the statement, without the semicolon
	tokens []sqlToken // the same, by their offsets in the file
	file   string     // the text of the whole file
}

// sqlNameLine is the line that makes a statement a query of sqlc.
var sqlNameLine = regexp.MustCompile(`^(?:-- name: (\S+) :(\w+)|/\* name: (\S+) :(\w+) \*/)[ \t]*$`)

// readQueryFiles finds the queries in SQL files. Of two queries of one name the
// second is reported and left out.
func (l *loader) readQueryFiles(files []string) []*sqlQuery {
	var all []*sqlQuery
	byName := map[string]*sqlQuery{}
	for _, file := range files {
		data, err := l.files.ReadFile(file)
		if err != nil {
			l.problems.ErrorFix(diag.Pos{File: l.display(file)}, codePath, "check the file's permissions", "the SQL file cannot be read")
			continue
		}
		for _, q := range parseQueries(l.display(file), string(data)) {
			if first := byName[q.name]; first != nil {
				l.problems.Add(diag.Problem{
					Pos: q.pos, Code: codeDuplicateName, Fix: "give one of them another name",
					Message: "the query " + q.name + " is there twice",
					Related: []diag.Related{{Pos: first.pos, Message: "the first " + q.name}},
				})
				continue
			}
			byName[q.name] = q
			all = append(all, q)
		}
	}
	return all
}

// parseQueries splits a file into statements, and keeps those with a name. As
// in sqlc, the name may stand anywhere between the statement before and the
// semicolon, and the first one counts.
func parseQueries(file, src string) []*sqlQuery {
	var queries []*sqlQuery
	tokens := scanSQL(src)
	begin, first := 0, 0 // of the statement: its byte offset, and its first token
	for i := 0; i <= len(tokens); i++ {
		end := len(src)
		if i < len(tokens) {
			if tokens[i].text != ";" || tokens[i].kind != otherToken {
				continue
			}
			end = tokens[i].start
		}
		if i > first {
			if q := parseQuery(src[begin:end]); q != nil {
				q.pos.File = file
				q.pos.Line += strings.Count(src[:begin], "\n")
				q.text, q.tokens, q.file = src[begin:end], tokens[first:i], src
				queries = append(queries, q)
			}
		}
		begin, first = end+1, i+1
	}
	return queries
}

// parseQuery reads the name line and the comment of one statement, nil when it
// has no name. The position is relative to the statement.
func parseQuery(text string) *sqlQuery {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, "\r")
		m := sqlNameLine.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		return &sqlQuery{
			name: m[1] + m[3], cmd: m[2] + m[4], // one of the two forms matched
			doc: queryDoc(lines, i),
			pos: diag.Pos{Line: i + 1, Col: 1},
		}
	}
	return nil
}

// queryDoc is the comment directly above and below a name line, without sqlc's
// own flags, such as @sqlc-vet-disable.
func queryDoc(lines []string, name int) string {
	from, to := name, name+1
	for from > 0 && strings.HasPrefix(lines[from-1], "--") {
		from--
	}
	for to < len(lines) && strings.HasPrefix(lines[to], "--") {
		to++
	}
	var doc []string
	for i := from; i < to; i++ {
		line := strings.TrimPrefix(strings.TrimPrefix(lines[i], "--"), " ")
		if i != name && !strings.HasPrefix(strings.TrimSpace(line), "@") {
			doc = append(doc, strings.TrimRight(line, " \t\r"))
		}
	}
	return strings.TrimSpace(strings.Join(doc, "\n"))
}
