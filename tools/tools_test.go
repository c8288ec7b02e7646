package tools

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Another version of sqlc may generate other Go: what specgen reads, and what
// the repository holds, is that of this one.
const sqlcVersion = "v1.31.1"

func TestSqlcIsPinned(t *testing.T) {
	t.Parallel()
	if got := goOutput(t, "list", "-m", "-f", "{{.Version}}", "github.com/sqlc-dev/sqlc"); got != sqlcVersion {
		t.Errorf("go.mod selects sqlc %s, want %s", got, sqlcVersion)
	}
}

func TestToolsAreDeclared(t *testing.T) {
	t.Parallel()
	declared := strings.Fields(goOutput(t, "list", "-f", "{{.ImportPath}}", "tool"))
	for _, tool := range []string{"github.com/sqlc-dev/sqlc/cmd/sqlc", "honnef.co/go/tools/cmd/staticcheck"} {
		if !slices.Contains(declared, tool) {
			t.Errorf("go.mod has no tool line for %s; it has %q", tool, declared)
		}
	}
}

func goOutput(t *testing.T, args ...string) string {
	t.Helper()
	var complaint strings.Builder
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, complaint.String())
	}
	return strings.TrimSpace(string(out))
}
