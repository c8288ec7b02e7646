package driver_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
)

// staleMistakes are edits of the files of examples/saas without a run of sqlc. Each has
// one message, however many queries it breaks.
var staleMistakes = []struct{ file, old, new, want string }{
	{"schema/04_audit.sql", "    actor      uuid NOT NULL,", "    who        uuid NOT NULL,", "SG106 queries/audit_log.sql:1"},
	{"schema/04_audit.sql", "ON audit_log (scope_type, scope_id, at);", "ON audit_log (scope_type, scope_id, at);\nALTER TABLE role_grants RENAME TO grants;", "SG106 queries/role_grants.sql:1"},
	{"schema/01_scopes.sql", "    billing_email text,", "    billing_email text,\n    note          text,", "SG107 queries/organisations.sql:1"},
	{"schema/02_access.sql", "    joined_at  timestamptz NOT NULL,", "    joined_at  timestamp NOT NULL,", "SG108 queries/members.sql:1"},
	{"schema/02_access.sql", "'viewer')", "'viewer', 'guest')", "SG108 queries/roles.sql:1"},
	{"queries/workspaces.sql", "FOR KEY SHARE", "FOR SHARE", "SG167 queries/workspaces.sql:7"},
	{"schema/04_audit.sql", "ON audit_log (scope_type, scope_id, at);", "ON audit_log (scope_type, scope_id, at);\nALTER TABLE workspaces RENAME TO spaces;", "SG106 queries/workspaces.sql:1"},
	{"schema/03_billing.sql", "CREATE TABLE subscriptions", "ALTER TABLE organisations RENAME name TO title;\nCREATE TABLE subscriptions", "SG106 queries/organisations.sql:1"},
	{"schema/03_billing.sql", "CREATE TABLE subscriptions", "ALTER TABLE environments ALTER id TYPE uuid USING gen_random_uuid();\nCREATE TABLE subscriptions", "SG108 queries/environments.sql:1"},
	{"schema/03_billing.sql", "CREATE TABLE subscriptions", "ALTER TABLE environments DROP COLUMN workspace_id;\nCREATE TABLE subscriptions", "SG106 queries/environments.sql:1"},
	{"schema/03_billing.sql", "CREATE TABLE subscriptions", "ALTER TABLE organisations DROP COLUMN billing_email;\nCREATE TABLE subscriptions", "SG106 queries/organisations.sql:1"},
	{"specgen.yaml", "id: \"${input.slug}-default\"", "id: \"${input.slug-default}\"", "SG031 specgen.yaml:99"},
}

// TestOneMessageOfStaleCode makes each edit, and each two of them.
func TestOneMessageOfStaleCode(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(newModule(t), "saas")
	if err := os.CopyFS(dir, os.DirFS("../../examples/saas")); err != nil {
		t.Fatal(err)
	}
	for i, a := range staleMistakes {
		for _, b := range staleMistakes[i:] {
			if a != b && a.want[5:] == b.want[5:] {
				continue // of one query the first is told
			}
			before := map[string][]byte{}
			want := []string{a.want}
			if a != b {
				want = append(want, b.want)
			}
			for _, m := range staleMistakes {
				if m != a && m != b {
					continue
				}
				path := filepath.Join(dir, m.file)
				text := readFile(t, path)
				if before[path] == nil {
					before[path] = text
				}
				changed := strings.Replace(string(text), m.old, m.new, 1)
				if changed == string(text) {
					t.Fatalf("%s: %q is not there", m.file, m.old)
				}
				writeFile(t, path, []byte(changed))
			}
			g, err := driver.Generate(filepath.Join(dir, "specgen.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			var printed strings.Builder
			all := slices.DeleteFunc(g.Problems.Sorted(), func(p diag.Problem) bool { return p.Severity.OnRequest() })
			_ = diag.PrintText(&printed, all, g.Source)
			for _, p := range all {
				got = append(got, fmt.Sprintf("%s %s:%d", p.Code, p.Pos.File, p.Pos.Line))
			}
			slices.Sort(want)
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%q and %q: got %q, want %q:\n%s", a.new, b.new, got, want, &printed)
			}
			for path, text := range before {
				writeFile(t, path, text)
			}
		}
	}
}
