package sqlcapi

import (
	"bytes"
	"errors"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/scanner"
	"go/token"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/disk"
)

// readFuncs parses the package of functions. It returns nil where something is
// wrong with it.
func (l *loader) readFuncs(dir, importPath string, pos diag.Pos) *goCode {
	named := []diag.Related{{Pos: pos, Message: "the package is named here"}}
	entries, err := l.files.ReadDir(dir)
	if err != nil {
		l.problems.ErrorFix(pos, codeNoDirectory, "check the directory's permissions", "the directory %s of package %s cannot be read", l.display(dir), importPath)
		return nil
	}
	code := &goCode{importPath: importPath, fset: token.NewFileSet(), display: l.display}
	broken := false
	for _, e := range entries {
		if !mayHoldFuncs(e.Name()) || e.IsDir() {
			continue
		}
		file, problem := code.parseFuncs(l.files, filepath.Join(dir, e.Name()))
		switch {
		case problem != nil:
			problem.Related = named
			l.problems.Add(*problem)
			broken = true
		case file != nil:
			code.files = append(code.files, file)
		}
	}
	if broken {
		return nil
	}
	if len(code.files) == 0 {
		l.problems.ErrorFix(pos, codeNoGoFile, "write the functions there: files that end in _test.go or are built with the tag ignore do not count",
			"package %s has no Go file in %s", importPath, l.display(dir))
		return nil
	}
	code.name = code.files[0].syntax.Name.Name
	if problem := code.notImportable(); problem != nil {
		problem.Related = append(problem.Related, named...)
		l.problems.Add(*problem)
		return nil
	}
	code.index()
	return code
}

// mayHoldFuncs reports whether the go command reads a file of this name when it
// builds a package.
func mayHoldFuncs(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, ".")
}

// parseFuncs parses one file. It returns neither a file nor a problem for one
// that is never built.
func (c *goCode) parseFuncs(files *disk.Reader, name string) (*goFile, *diag.Problem) {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, &diag.Problem{Pos: diag.Pos{File: c.display(name)}, Code: codeFuncSyntax, Fix: "check the file's permissions", Message: "the file cannot be read"}
	}
	clause, err := parser.ParseFile(token.NewFileSet(), name, data, parser.PackageClauseOnly|parser.ParseComments)
	if err == nil && neverBuilt(clause) {
		return nil, nil
	}
	syntax, err := parser.ParseFile(c.fset, name, data, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, &diag.Problem{
			Pos: syntaxErrorPos(c.display(name), data, err), Code: codeFuncSyntax,
			Fix: "correct the file; gofmt -e tells all that is wrong with it", Message: "the file is not valid Go",
		}
	}
	return &goFile{path: name, syntax: syntax, imports: readImports(syntax)}, nil
}

// syntaxErrorPos is the place of the first syntax error. Go counts columns in
// bytes.
func syntaxErrorPos(file string, data []byte, err error) diag.Pos {
	pos := diag.Pos{File: file}
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return pos
	}
	at := list[0].Pos
	pos.Line, pos.Col = at.Line, at.Column
	lines := bytes.Split(data, []byte("\n"))
	if at.Line >= 1 && at.Line <= len(lines) && at.Column >= 1 && at.Column-1 <= len(lines[at.Line-1]) {
		pos.Col = utf8.RuneCount(lines[at.Line-1][:at.Column-1]) + 1
	}
	return pos
}

// neverBuilt reports whether the go command leaves a file out whatever the
// system is: by the tag "ignore", which nobody sets, or as package
// documentation. Which of the other files are built here and now does not count,
// so that what is generated is the same on every machine.
func neverBuilt(f *ast.File) bool {
	for _, group := range f.Comments {
		for _, comment := range group.List {
			if comment.Pos() >= f.Package || !constraint.IsGoBuild(comment.Text) {
				continue
			}
			if expr, err := constraint.Parse(comment.Text); err == nil && !canBe(expr, true) {
				return true
			}
		}
	}
	return f.Name.Name == "documentation"
}

// canBe reports whether a build constraint has a value for some setting of all
// tags but ignore, which is never set.
func canBe(expr constraint.Expr, value bool) bool {
	switch e := expr.(type) {
	case *constraint.TagExpr:
		return e.Tag != "ignore" || !value
	case *constraint.NotExpr:
		return canBe(e.X, !value)
	case *constraint.AndExpr:
		if value {
			return canBe(e.X, true) && canBe(e.Y, true)
		}
		return canBe(e.X, false) || canBe(e.Y, false)
	case *constraint.OrExpr:
		if value {
			return canBe(e.X, true) || canBe(e.Y, true)
		}
		return canBe(e.X, false) && canBe(e.Y, false)
	}
	return true
}

// notImportable finds what keeps generated code from importing the package:
// files of different packages, or package main.
func (c *goCode) notImportable() *diag.Problem {
	first := c.files[0]
	for _, f := range c.files[1:] {
		if f.syntax.Name.Name != c.name {
			return &diag.Problem{
				Pos: c.pos(f.syntax.Name.Pos()), Code: codeNotImportable, Fix: "give both files one package name, or move one to another directory",
				Message: "this file is of package " + f.syntax.Name.Name + ", another in its directory of package " + c.name,
				Related: []diag.Related{{Pos: c.pos(first.syntax.Name.Pos()), Message: "package " + c.name}},
			}
		}
	}
	if c.name == "main" {
		return &diag.Problem{
			Pos: c.pos(first.syntax.Name.Pos()), Code: codeNotImportable, Fix: "move the functions to a package of their own",
			Message: "the functions are in package main, which generated code cannot import",
		}
	}
	return nil
}
