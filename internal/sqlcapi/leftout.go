package sqlcapi

import (
	"fmt"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
)

// LeftOut is an entry of sqlc.yaml that specgen cannot work with. The other
// entries stand without it.
type LeftOut struct {
	Package string // the name of its Go package, "" for none
	Dir     string // where sqlc generates that, relative to the base directory; "" for none
	Reason  string // why, such as `engine "mysql" is not supported`
	Pos     diag.Pos
	queries []string
	problem diag.Problem // what it is where nothing else is left
}

// FindLeftOut finds the entry that has a query that no package has. The name may
// begin with a package's. It returns nil for none.
func (a *API) FindLeftOut(name string) *LeftOut {
	pkg, query, qualified := splitName(name)
	for _, e := range a.LeftOut {
		if qualified && e.Package != pkg {
			continue
		}
		for _, q := range e.queries {
			if q == query {
				return e
			}
		}
	}
	return nil
}

// unsupported finds what keeps specgen from working with an entry: another engine
// or driver, or a key that is not there. Both settings have defaults: postgresql
// in version 1 only, and database/sql.
func unsupported(e, options node, outKey string) (why diag.Problem, ok bool) {
	engine, sqlPackage := e.key("engine"), options.key("sql_package")
	isV1 := e.yaml == options.yaml
	because := func(at node, code, fix, format string, args ...any) (diag.Problem, bool) {
		return diag.Problem{Pos: at.pos(), Code: code, Fix: fix, Message: fmt.Sprintf(format, args...)}, false
	}
	switch name := engine.text("engine"); {
	case engine.missing() && !isV1:
		return because(e, codeEngine, "add engine: postgresql", "the entry has no engine")
	case name != "" && name != "postgresql":
		return because(engine, codeEngine, "use engine: postgresql, or a sqlc configuration of its own for this entry",
			"engine %q is not supported: specgen works with PostgreSQL only", name)
	}
	switch name := sqlPackage.text("sql_package"); {
	case sqlPackage.missing():
		return because(options, codeSQLPackage, "set sql_package: pgx/v5, and run sqlc generate",
			"sql_package is not set, so that sqlc generates code for database/sql; specgen needs pgx/v5")
	case name != "" && name != "pgx/v5":
		return because(sqlPackage, codeSQLPackage, "set sql_package: pgx/v5, and run sqlc generate",
			"sql_package %q is not supported: specgen needs pgx/v5", name)
	}
	var missing []string
	for _, key := range []string{"schema", "queries"} {
		if e.key(key).isEmpty() {
			missing = append(missing, key)
		}
	}
	if options.key(outKey).isEmpty() {
		missing = append(missing, outKey)
	}
	if len(missing) > 0 {
		return because(e, codeMissingKey, "add "+strings.Join(missing, ", "), "the entry has no %s", strings.Join(missing, ", no "))
	}
	return diag.Problem{}, true
}

// noGo is why an entry without gen.go is left out.
func noGo(e node) diag.Problem {
	return diag.Problem{Pos: e.pos(), Code: codeNoPackage, Message: "it has no gen.go: specgen calls the Go functions that sqlc itself generates"}
}

// leaveOut notes an entry, and which queries it has.
func (f *configFile) leaveOut(e node, pkg, out string, why diag.Problem) {
	left := &LeftOut{Package: pkg, Dir: out, Reason: why.Message, Pos: why.Pos, problem: why}
	quiet := *f // its paths may lead nowhere: nothing depends on them
	quiet.problems = &diag.List{}
	for _, path := range quiet.sqlFiles(node{yaml: e.yaml, file: &quiet}, "queries") {
		text, err := f.files.ReadFile(path)
		if err != nil {
			continue
		}
		// The SQL of another engine is not scanned: only the lines with names count.
		for line := range strings.Lines(string(text)) {
			line = strings.TrimRight(line, "\r\n")
			if rest, ok := strings.CutPrefix(line, "#"); ok { // MySQL's other comment
				line = "--" + rest
			}
			if m := sqlNameLine.FindStringSubmatch(line); m != nil {
				left.queries = append(left.queries, m[1]+m[3])
			}
		}
	}
	f.leftOut = append(f.leftOut, left)
}

// tellLeftOut tells which entries are left out, and why: as a note where others
// stay, and as what is wrong where none does.
func (l *loader) tellLeftOut(othersStay bool) {
	for _, e := range l.leftOut {
		if e.Dir != "" {
			e.Dir = l.display(e.Dir)
		}
		p := e.problem
		if othersStay || p.Code == codeNoPackage {
			subject := "an entry"
			if e.Package != "" {
				subject = "the entry of package " + e.Package
			}
			p = diag.Problem{Pos: p.Pos, Severity: diag.Note, Code: codeLeftOut, Message: subject + " is left out: " + p.Message}
		}
		l.problems.Add(p)
	}
}
