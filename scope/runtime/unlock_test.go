package runtime

import "testing"

func TestWithoutLocks(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ sql, want string }{
		{"SELECT 1", "SELECT 1"},
		{"SELECT * FROM a FOR SHARE", "SELECT * FROM a "},
		{"SELECT * FROM a ORDER BY id\nfor  no key\nupdate OF a, \"b\" SKIP LOCKED;\n", "SELECT * FROM a ORDER BY id\n;\n"},
		{"SELECT * FROM a FOR KEY SHARE OF a FOR UPDATE OF b NOWAIT", "SELECT * FROM a "},
		{"SELECT * FROM a FOR UPDATE LIMIT 3 OFFSET $1", "SELECT * FROM a LIMIT 3 OFFSET $1"},
		{"SELECT * FROM a LIMIT 3 FOR /* why */ SHARE -- so", "SELECT * FROM a LIMIT 3 "},
		{"WITH x AS (SELECT * FROM a FOR SHARE) SELECT * FROM x, (SELECT 1 FOR UPDATE) y FOR SHARE", "WITH x AS (SELECT * FROM a ) SELECT * FROM x, (SELECT 1 ) y "},
		{"((SELECT * FROM a FOR SHARE))", "((SELECT * FROM a ))"},
		{"SELECT substring(a FOR share), overlay(a PLACING 'x' FROM 1 FOR update) FROM t", "SELECT substring(a FOR share), overlay(a PLACING 'x' FROM 1 FOR update) FROM t"},
		{"SELECT 'x FOR UPDATE', ' '' FOR SHARE', \"FOR SHARE\" FROM t -- FOR SHARE", "SELECT 'x FOR UPDATE', ' '' FOR SHARE', \"FOR SHARE\" FROM t -- FOR SHARE"},
		{`SELECT E'\' FOR UPDATE', $$FOR SHARE$$, $a$ $$ FOR SHARE $a$ FROM t FOR SHARE`, `SELECT E'\' FOR UPDATE', $$FOR SHARE$$, $a$ $$ FOR SHARE $a$ FROM t `},
		{`SELECT '\' FROM t FOR SHARE`, `SELECT '\' FROM t `},
		{"SELECT a$b$ FROM t /* /* */ FOR UPDATE */ WHERE x = $1 FOR SHARE", "SELECT a$b$ FROM t /* /* */ FOR UPDATE */ WHERE x = $1 "},
		{"SELECT 1 FOR", "SELECT 1 FOR"},
		{"SELECT 1 FOR UPDATE OF limits", "SELECT 1 "},
		{"SELECT 'open FOR UPDATE", "SELECT 'open FOR UPDATE"},
	} {
		if got := withoutLocks(tc.sql); got != tc.want {
			t.Errorf("%s\ngot  %s\nwant %s", tc.sql, got, tc.want)
		}
	}
}
