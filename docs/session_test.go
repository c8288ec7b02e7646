package docs_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A session is a page that a newcomer follows from its top, in an empty
// directory: commands are typed, files are written, and what is printed is what
// the page says. session_run_test.go does so, behind a build tag, because it
// compiles sqlc.
//
// A block whose line above is a name in bold, such as **`main.go`**, is a file.
// One of the language sh is commands; one without a language is what the
// commands above it print, in which a line "..." stands for any lines. Commands
// end with exit code 0, unless the line above is <!-- exit: 1 -->.
type session struct {
	file   string
	blocks []*sessionBlock
}

type sessionBlock struct {
	line   int    // of its first line
	path   string // of a file that is written; "" for commands
	text   string
	exit   int
	prints *string // nil when nothing is said of it
}

// sessionPages are the pages that are sessions.
func sessionPages() []string {
	return []string{"tutorial.md", "howto/existing-project.md", "howto/reference-rbac.md"}
}

// Every block of a session is a file, commands, or what they print.
func TestSessionsAreWhole(t *testing.T) {
	t.Parallel()
	for _, file := range sessionPages() {
		s := readSession(t, file)
		written, commands, outputs := 0, 0, 0
		for _, b := range s.blocks {
			switch {
			case b.path != "":
				written++
			case b.prints != nil:
				commands++
				outputs++
			default:
				commands++
			}
		}
		if commands == 0 || outputs == 0 {
			t.Errorf("%s has %d files, %d blocks of commands and %d outputs", file, written, commands, outputs)
		}
	}
}

var (
	fileNamePattern = regexp.MustCompile("^\\*\\*`([^`]+)`\\*\\*$")
	exitPattern     = regexp.MustCompile(`^<!-- exit: (\d+) -->$`)
)

func readSession(t *testing.T, file string) *session {
	t.Helper()
	s := &session{file: file}
	var open *sessionBlock
	var output *strings.Builder
	above := "" // the last line that is not empty
	for i, line := range strings.Split(read(t, file), "\n") {
		switch {
		case line == "```" && open != nil:
			s.blocks, open = append(s.blocks, open), nil
		case line == "```" && output != nil:
			text := output.String()
			s.blocks[len(s.blocks)-1].prints, output = &text, nil
		case open != nil:
			open.text += line + "\n"
		case output != nil:
			output.WriteString(line + "\n")
		case line == "```":
			if last := len(s.blocks) - 1; last < 0 || s.blocks[last].path != "" || s.blocks[last].prints != nil {
				t.Fatalf("%s:%d: there are no commands that print this", file, i+1)
			}
			output = &strings.Builder{}
		case strings.HasPrefix(line, "```"):
			open = &sessionBlock{line: i + 2}
			if m := fileNamePattern.FindStringSubmatch(above); m != nil {
				open.path = m[1]
			} else if line != "```sh" {
				t.Errorf("%s:%d: the block is neither a file nor commands", file, i+1)
			}
			if m := exitPattern.FindStringSubmatch(above); m != nil {
				open.exit, _ = strconv.Atoi(m[1])
			}
		}
		if line != "" {
			above = line
		}
	}
	if open != nil || output != nil {
		t.Fatalf("%s: a block is not closed", file)
	}
	return s
}

// printed reports whether got is what a page shows as want.
func printed(got, want string) bool {
	var pattern strings.Builder
	for line := range strings.Lines(trimLines(want)) {
		if line == "...\n" {
			pattern.WriteString(`(?:.*\n)*?`)
			continue
		}
		pattern.WriteString(regexp.QuoteMeta(line))
	}
	return regexp.MustCompile(`^` + pattern.String() + `$`).MatchString(trimLines(got))
}

// trimLines drops blanks at the ends of lines, which psql prints and editors
// remove, and empty lines at the end.
func trimLines(text string) string {
	text = regexp.MustCompile(`(?m)[ \t]+$`).ReplaceAllString(text, "")
	return strings.TrimRight(text, "\n") + "\n"
}

func TestPrinted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		got, want string
		same      bool
	}{
		{"a\nb \n", "a\nb\n", true},
		{"a\nb\nc\n", "a\n...\nc\n", true},
		{"a\nc\n", "a\n...\nc\n", true},
		{"a\nb\n", "a\n", false},
		{"x\na\n", "a\n", false},
		{"a\n\n", "a\n", true},
	} {
		if same := printed(tc.got, tc.want); same != tc.same {
			t.Errorf("%s", fmt.Sprintf("%q is taken for %q: %v", tc.got, tc.want, same))
		}
	}
}
