package sqlcapi

import (
	"path/filepath"
	"runtime"
	"strings"
)

// sqlFiles expands the paths under a key of an entry to SQL files on disk, in
// the order in which sqlc reads them: files, directories (their *.sql by name,
// not below), and patterns. Hidden files and the *.down.sql of golang-migrate
// are no part of it. A path that leads nowhere is reported.
func (f *configFile) sqlFiles(e node, key string) []string {
	value := e.key(key)
	if value.isEmpty() {
		f.problems.ErrorFix(e.pos(), codeMissingKey, "add "+key+": with the path of the SQL files", "the entry has no %s", key)
		return nil
	}
	var files []string
	for _, p := range value.texts(key) {
		files = appendNew(files, f.expand(p, key))
	}
	return files
}

// expand expands one path of a configuration.
func (f *configFile) expand(p node, key string) []string {
	text := p.text(key)
	fix := "paths in this file start at its directory"
	found := []string{filepath.Join(f.dir, filepath.FromSlash(text))}
	if strings.ContainsAny(text, "*?[]") {
		matches, err := f.files.Glob(filepath.Join(quotePattern(f.dir), filepath.FromSlash(text)))
		switch {
		case err != nil:
			f.problems.ErrorFix(p.pos(), codePath, "close every bracket of the pattern", "%s: the pattern %q is malformed", key, text)
			return nil
		case len(matches) == 0:
			f.problems.ErrorFix(p.pos(), codePath, fix, "%s: no file matches %q", key, text)
			return nil
		}
		found = matches
	}
	var files []string
	for _, path := range found {
		info, err := f.files.Stat(path)
		if err != nil {
			f.problems.ErrorFix(p.pos(), codePath, fix, "%s: %q does not exist", key, text)
			return nil
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		entries, err := f.files.ReadDir(path)
		if err != nil {
			f.problems.ErrorFix(p.pos(), codePath, "check the directory's permissions", "%s: %q cannot be read", key, text)
			return nil
		}
		for _, entry := range entries {
			files = append(files, filepath.Join(path, entry.Name()))
		}
	}
	files = onlySQL(files)
	if len(files) == 0 {
		f.problems.ErrorFix(p.pos(), codePath, "name a file that ends in .sql, or a directory that holds such files", "%s: %q holds no SQL file", key, text)
	}
	return files
}

func onlySQL(files []string) []string {
	var out []string
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasSuffix(name, ".sql") && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".down.sql") {
			out = append(out, file)
		}
	}
	return out
}

// quotePattern makes a directory's name mean itself in a pattern. On Windows
// there is no way to quote, and names with brackets are rare.
func quotePattern(dir string) string {
	if runtime.GOOS == "windows" {
		return dir
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
