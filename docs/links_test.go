package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Links between the documents of the repository lead somewhere: to a file, and
// to a heading of it where they name one.
func TestLinks(t *testing.T) {
	t.Parallel()
	links := 0
	for _, file := range documents(t) {
		text := regexp.MustCompile("(?ms)^```.*?^```$|`[^`\n]*`").ReplaceAllString(read(t, file), "")
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text, -1) {
			target, heading, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			links++
			path := filepath.Join(filepath.Dir(file), filepath.FromSlash(target))
			if target == "" {
				path = file
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", file, m[1])
			} else if heading != "" && !headings(t, path)[heading] {
				t.Errorf("%s: the link to %s names no heading", file, m[1])
			}
		}
	}
	if links < 50 {
		t.Errorf("%d links were found: some are lost", links)
	}
}

// documents are the Markdown files of the repository, but for inputs of tests.
func documents(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "pages"):
			return fs.SkipDir
		case strings.HasSuffix(path, ".md"):
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// headings are the anchors that GitHub makes of a file's headings.
func headings(t *testing.T, file string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	text := regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(read(t, file), "")
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		anchor := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		found[strings.ReplaceAll(anchor, " ", "-")] = true
	}
	return found
}
