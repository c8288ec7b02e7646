package driver

import (
	"bytes"

	"github.com/rogpeppe/go-internal/diff"
)

// Unified renders a change as a unified diff with three lines of context, which
// git apply and patch understand.
func Unified(c Change) string {
	from, to := "a/"+c.Name, "b/"+c.Name
	if c.Old == nil {
		from = "/dev/null"
	}
	if c.New == nil {
		to = "/dev/null"
	}
	text := diff.Diff(from, c.Old, to, c.New)
	_, text, _ = bytes.Cut(text, []byte("\n")) // the command line that diff -r would print
	return string(text)
}
