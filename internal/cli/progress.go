package cli

import (
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// patience is how long people wait without a word. Generation takes some
// milliseconds; a large project on a slow disk may take longer.
const patience = time.Second

// working tells whoever looks at a terminal that the command is at work, if it
// takes longer than patience. The line is gone once done was called.
func (o *options) working(cmd *cobra.Command, text string) (done func()) {
	w := cmd.ErrOrStderr()
	if o.quiet || !isTerminal(w) {
		return func() {}
	}
	return showLate(w, "specgen: "+text+" …")
}

// showLate writes a line when patience is over, and takes it away when done is
// called.
func showLate(w io.Writer, line string) (done func()) {
	var mu sync.Mutex
	shown, over := false, false
	timer := time.AfterFunc(patience, func() {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			_, err := io.WriteString(w, line)
			shown = err == nil
		}
	})
	return func() {
		mu.Lock()
		defer mu.Unlock()
		timer.Stop()
		if over = true; shown {
			shown = false
			_, _ = io.WriteString(w, "\r"+strings.Repeat(" ", utf8.RuneCountInString(line))+"\r")
		}
	}
}
