package sqlcapi

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// goMod is what specgen needs to know of a go.mod.
type goMod struct {
	module   string        // the module path, "" for none
	replaces []replacement // those by a directory
}

// replacement is a replace directive whose right side is a directory.
type replacement struct {
	module string
	dir    string // as it is written
}

// goModToken is one token of a line: a comment, a string, a parenthesis, an
// arrow, or a word.
var goModToken = regexp.MustCompile("//.*|\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`|=>|[()]|[^\\s()\"`]+")

// parseGoMod reads a go.mod by the grammar of
// https://go.dev/ref/mod#go-mod-file-grammar. What it does not know it skips.
func parseGoMod(text string) goMod {
	var mod goMod
	block := ""
	for line := range strings.Lines(text) {
		tokens := goModToken.FindAllString(line, -1)
		if i := slices.IndexFunc(tokens, func(t string) bool { return strings.HasPrefix(t, "//") }); i >= 0 {
			tokens = tokens[:i]
		}
		switch {
		case len(tokens) == 0:
			continue
		case tokens[0] == ")":
			block = ""
			continue
		case len(tokens) == 2 && tokens[1] == "(":
			block = tokens[0]
			continue
		case block != "":
			tokens = append([]string{block}, tokens...)
		}
		mod.directive(tokens[0], tokens[1:])
	}
	return mod
}

func (m *goMod) directive(verb string, args []string) {
	switch verb {
	case "module":
		if len(args) > 0 && m.module == "" {
			m.module = unquoted(args[0])
		}
	case "replace":
		arrow := slices.Index(args, "=>")
		if arrow < 1 || arrow+2 != len(args) { // a version on the right belongs to a module, not to a directory
			return
		}
		if dir := unquoted(args[arrow+1]); isDirectoryPath(dir) {
			m.replaces = append(m.replaces, replacement{unquoted(args[0]), dir})
		}
	}
}

// isDirectoryPath tells a directory from a module path as the go command does.
func isDirectoryPath(p string) bool {
	p = strings.ReplaceAll(p, `\`, "/")
	return p == "." || p == ".." || strings.HasPrefix(p, "./") || strings.HasPrefix(p, "../") || strings.HasPrefix(p, "/") || filepath.IsAbs(p)
}

func unquoted(s string) string {
	if u, err := strconv.Unquote(s); err == nil {
		return u
	}
	return s
}
