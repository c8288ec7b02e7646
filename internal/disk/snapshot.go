package disk

import (
	"maps"
	"os"
	"strings"
)

// Snapshot says how files and directories were at some time, by their paths.
type Snapshot map[string]state

// state is what tells two versions of a file apart without reading it: the
// length and the time of the last change; of a directory, the names in it. It
// does not ask which file it is: editors replace a file by another.
type state struct {
	there, dir bool
	size       int64
	modified   int64 // nanoseconds since 1970
	names      string
}

// Now returns how the same files and directories are now.
func (s Snapshot) Now() Snapshot {
	now := make(Snapshot, len(s))
	for path := range s {
		now[path] = look(path)
	}
	return now
}

// Equal reports whether two snapshots say the same.
func (s Snapshot) Equal(t Snapshot) bool { return maps.Equal(s, t) }

// look finds out how a file or a directory is. What cannot be seen is not there.
func look(path string) state {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return state{}
	case info.IsDir():
		return state{there: true, dir: true, names: names(path)}
	default:
		return state{there: true, size: info.Size(), modified: info.ModTime().UnixNano()}
	}
}

// names lists a directory, but for what editors and other tools put beside the
// files that they write.
func names(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, e := range entries {
		if name := e.Name(); !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "~") {
			b.WriteString(name)
			b.WriteByte('/')
		}
	}
	return b.String()
}
