package cli

import (
	"io"
	"os"
)

// isTerminal reports whether what is written goes to a terminal. Other devices,
// such as the null device, are taken for one: nobody reads what they get.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// showsColour reports whether a terminal shows colours, and whether its user
// wants them: https://no-color.org. On Windows TERM says nothing, and only
// Windows Terminal is sure to know the sequences.
func showsColour(getenv func(string) string) bool {
	if getenv("NO_COLOR") != "" {
		return false
	}
	term := getenv("TERM")
	return term != "" && term != "dumb" || getenv("WT_SESSION") != ""
}
