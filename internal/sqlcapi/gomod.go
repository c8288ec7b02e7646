package sqlcapi

import (
	"errors"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/specgen-dev/specgen/internal/diag"
)

// readGoMod reads a go.mod: the module that it is of, and those that it replaces
// by a directory. If the go command cannot read it, or it does not say which
// module it is of, that is reported, and the module has no path.
func (l *loader) readGoMod(file string, data []byte) (module, []module) {
	main := module{root: filepath.Dir(file)}
	// Strict parsing refuses the directives of a later Go; lax parsing reads no replace.
	mod, err := modfile.ParseLax(l.display(file), data, nil)
	if err != nil {
		l.malformed(file, modfile.Position{}, err)
		return main, nil
	}
	if mod.Module == nil || mod.Module.Mod.Path == "" {
		l.problems.ErrorFix(diag.Pos{File: l.display(file)}, codeModule, "add a line such as: module example.com/app",
			"go.mod does not say which module it is of")
		return main, nil
	}
	main.path = mod.Module.Mod.Path
	var replaced []module
	read := func(at modfile.Position, tokens []string) {
		one, err := modfile.Parse(l.display(file), []byte(strings.Join(tokens, " ")), nil)
		if err != nil {
			l.malformed(file, at, err)
			return
		}
		if r := one.Replace[0]; r.New.Version == "" {
			dir := filepath.FromSlash(r.New.Path)
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(main.root, dir)
			}
			replaced = append(replaced, module{r.Old.Path, dir})
		}
	}
	for _, stmt := range mod.Syntax.Stmt {
		switch x := stmt.(type) {
		case *modfile.Line:
			if x.Token[0] == "replace" {
				read(x.Start, x.Token)
			}
		case *modfile.LineBlock:
			for _, line := range x.Line {
				if x.Token[0] == "replace" {
					read(line.Start, append([]string{"replace"}, line.Token...))
				}
			}
		}
	}
	return main, replaced
}

// malformed reports the first error of a go.mod, at its own place if none is given.
func (l *loader) malformed(file string, at modfile.Position, err error) {
	var all modfile.ErrorList
	if errors.As(err, &all) {
		err = all[0].Err
		if at.Line == 0 {
			at = all[0].Pos
		}
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	l.problems.ErrorFix(diag.Pos{File: l.display(file), Line: at.Line, Col: at.LineRune}, codeModule, "correct this line of go.mod",
		"the go command cannot read this: %s", text)
}
