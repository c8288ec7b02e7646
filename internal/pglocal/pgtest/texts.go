package pgtest

import "io/fs"

// Texts returns the SQL files of a directory, in the order of their names, as
// [Pool] takes them. It panics if one cannot be read, as no embedded file can.
func Texts(dir fs.FS) []string {
	names, err := fs.Glob(dir, "*.sql")
	if err != nil {
		panic(err)
	}
	var texts []string
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			panic(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}
