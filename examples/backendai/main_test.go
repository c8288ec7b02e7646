package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestRun(t *testing.T) {
	t.Parallel()
	var stdout bytes.Buffer
	if err := run(t.Context(), &stdout); err != nil {
		t.Fatal(err)
	}
	const want = `project: 2 roles, 90 permissions, 3 associations
domain: 2 roles, 76 permissions, 2 associations
user: 1 role, 79 permissions, 2 associations
resource_group: 3 roles, 3 permissions, 3 associations
container_registry: 6 roles, 7 permissions, 6 associations
left after purging them: 14 roles kept, 0 permissions, 0 associations, 0 virtual scopes, 0 edges
`
	if diff := cmp.Diff(want, stdout.String()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}
