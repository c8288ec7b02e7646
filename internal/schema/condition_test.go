package schema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

const conditionSchema = `
	CREATE TABLE orgs (id uuid PRIMARY KEY, slug text);
	CREATE TABLE teams (id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES orgs, name text, gone bool, gone_at timestamptz, state text, rank int);
	CREATE TABLE roles (id uuid PRIMARY KEY, team_id uuid);
	CREATE TABLE grants (role_id uuid REFERENCES roles ON DELETE CASCADE);`

func conditionCatalog() *Catalog {
	return Load([]File{{Name: "schema.sql", Text: []byte(conditionSchema)}}, &diag.List{})
}

// TestConditions holds that every condition of a statement is there, and that what
// is not understood is there as unclear.
func TestConditions(t *testing.T) {
	t.Parallel()
	c := conditionCatalog()
	for where, want := range map[string]string{
		`id = $1`:                            "id in $1",
		`$1 = id AND (state = 'x' AND gone)`: "id in $1; state in x; gone in true",
		`gone_at IS NULL`:                    "gone_at in null",
		`NOT gone_at IS NULL`:                "gone_at not in ",
		`gone_at IS NOT NULL`:                "gone_at not in ",
		`NOT gone`:                           "gone not in true",
		`gone = false`:                       "gone in false",
		`gone IS NOT TRUE`:                   "gone not in true null",
		`NOT (gone IS TRUE)`:                 "gone not in true null",
		`NOT coalesce(gone, false)`:          "gone not in true null",
		`coalesce(gone, false) = false`:      "gone in false null",
		`gone IS DISTINCT FROM true`:         "gone not in true null",
		`state <> 'x'`:                       "state not in x",
		`state IN ('x', 'y')`:                "state in x y",
		`state NOT IN ('x', $2)`:             "state not in x $2",
		`state = ANY($2)`:                    "state in $2[]",
		`NOT (state = 'x')`:                  "state not in x",
		`coalesce(state, 'x') <> 'x'`:        "state not in x",
		`rank > $2`:                          "rank compared with $2",
		`rank = 3`:                           "rank in 3",
		`(id, org_id) = ($1, $2)`:            "id in $1; org_id in $2",
		`true`:                               "",
		`gone OR state = 'x'`:                "unclear gone state",
		`lower(name) = $1`:                   "unclear name",
		`gone_at < now()`:                    "unclear gone_at",
		`EXISTS (SELECT 1 FROM roles)`:       "unclear ",
		`id IN (SELECT team_id FROM roles)`:  "unclear id team_id",
		`false`:                              "unclear ",
		`id = $1 AND unknown_column = $2`:    "id in $1; unclear unknown_column",
	} {
		checkConditions(t, c, "SELECT id FROM teams WHERE "+where+" FOR UPDATE", want)
		checkConditions(t, c, "DELETE FROM teams WHERE "+where, want)
		checkConditions(t, c, "UPDATE teams SET name = 'x' WHERE "+where, want)
	}
	for sql, want := range map[string]string{
		`SELECT t.id FROM teams t JOIN orgs o ON o.id = t.org_id WHERE t.id = $1 AND o.slug = $2 FOR UPDATE OF t`: "id joins orgs.id; id in $1; slug in $2",
		`SELECT t.id FROM teams t LEFT JOIN orgs o ON o.id = t.org_id WHERE t.id = $1 FOR UPDATE OF t`:            "id in $1",
		`SELECT t.id FROM teams t LEFT JOIN orgs o ON o.id = t.org_id WHERE t.id = $1 AND o.slug = 'x'`:           "id in $1; unclear slug",
		`SELECT id FROM teams WHERE id = $1 LIMIT 1`:                                                              "id in $1",
		`SELECT id FROM teams WHERE id = $1 OFFSET 1`:                                                             "id in $1; unclear ",
		`SELECT count(*) FROM teams WHERE id = $1`:                                                                "id in $1; unclear ",
		`SELECT id FROM (SELECT id FROM teams WHERE id = $1 FOR UPDATE) x`:                                        "unclear ",
		`WITH x AS (SELECT id FROM teams WHERE id = $1 FOR UPDATE) SELECT id FROM x`:                              "unclear ",
		`SELECT id FROM teams UNION SELECT id FROM orgs`:                                                          "unclear ",
		`DELETE FROM teams t USING orgs o WHERE o.id = t.org_id AND t.id = $1`:                                    "id joins orgs.id; id in $1",
	} {
		checkConditions(t, c, sql, want)
	}
}

func checkConditions(t *testing.T, c *Catalog, sql, want string) {
	t.Helper()
	q, err := c.ParseQuery(sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	var got []string
	for _, x := range q.Conditions {
		line := x.Column
		switch x.Kind {
		case Unclear:
			line = "unclear " + strings.Join(x.Columns, " ")
		case Among:
			line += " in " + operands(x)
		case NotAmong:
			line += " not in " + operands(x)
		case Compares:
			line += " compared with " + operands(x)
		case Joins:
			if x.Table == "orgs" {
				x.Column, x.RefTable, x.RefColumn = x.RefColumn, x.Table, x.Column
			}
			line = "id joins " + x.RefTable + "." + x.RefColumn
		}
		got = append(got, line)
	}
	if joined := strings.Join(got, "; "); joined != want {
		t.Errorf("%s:\n got %q\nwant %q", sql, joined, want)
	}
}

func operands(c Condition) string {
	var out []string
	for _, v := range c.Values {
		text := v.Text
		if v.Param > 0 {
			text = fmt.Sprintf("$%d", v.Param)
		}
		if v.Array {
			text += "[]"
		}
		out = append(out, text)
	}
	if c.Null {
		out = append(out, "null")
	}
	return strings.Join(out, " ")
}

// TestAbsences holds which tables a condition asks to have no row.
func TestAbsences(t *testing.T) {
	t.Parallel()
	c := conditionCatalog()
	for where, want := range map[string]string{
		`NOT EXISTS (SELECT 1 FROM grants g WHERE g.role_id = r.id)`:                                                          "grants",
		`NOT (EXISTS (SELECT 1 FROM grants g WHERE g.role_id = r.id))`:                                                        "grants",
		`EXISTS (SELECT 1 FROM grants g WHERE g.role_id = r.id) = false`:                                                      "grants",
		`EXISTS (SELECT 1 FROM grants g WHERE g.role_id = r.id) IS FALSE`:                                                     "grants",
		`r.id NOT IN (SELECT role_id FROM grants)`:                                                                            "grants",
		`r.id <> ALL (SELECT role_id FROM grants)`:                                                                            "grants",
		`r.id <> ALL (ARRAY(SELECT role_id FROM grants))`:                                                                     "grants",
		`NOT r.id = ANY (ARRAY(SELECT role_id FROM grants))`:                                                                  "grants",
		`(SELECT count(*) FROM grants g WHERE g.role_id = r.id) = 0`:                                                          "grants",
		`0 = (SELECT count(*) FROM grants g WHERE g.role_id = r.id)`:                                                          "grants",
		`(SELECT count(*) FROM grants g WHERE g.role_id = r.id) < 1`:                                                          "grants",
		`NOT (SELECT count(*) FROM grants g WHERE g.role_id = r.id) > 0`:                                                      "grants",
		`(SELECT 1 FROM grants g WHERE g.role_id = r.id LIMIT 1) IS NULL`:                                                     "grants",
		`r.id IN (SELECT x.id FROM roles x LEFT JOIN grants g ON g.role_id = x.id WHERE g.role_id IS NULL)`:                   "grants",
		`r.id IN (SELECT x.id FROM roles x LEFT JOIN grants g ON g.role_id = x.id GROUP BY x.id HAVING count(g.role_id) = 0)`: "grants roles",
		`r.id IN (SELECT id FROM roles EXCEPT SELECT role_id FROM grants)`:                                                    "grants",
		`EXISTS (SELECT 1 FROM grants g WHERE g.role_id = r.id)`:                                                              "",
		`NOT NOT EXISTS (SELECT 1 FROM grants g WHERE g.role_id = r.id)`:                                                      "",
		`r.id IN (SELECT role_id FROM grants)`:                                                                                "",
		`(SELECT count(*) FROM grants g WHERE g.role_id = r.id) > 0`:                                                          "",
		`r.team_id IS NULL`: "",
	} {
		for _, sql := range []string{"DELETE FROM roles r WHERE team_id = $1 AND " + where, "WITH x AS (SELECT r.id FROM roles r WHERE " + where + ") DELETE FROM roles USING x WHERE x.id = roles.id"} {
			q, err := c.ParseQuery(sql)
			if err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
			if got := strings.Join(q.Absences, " "); got != want {
				t.Errorf("%s:\n got %q\nwant %q", sql, got, want)
			}
		}
	}
	for sql, want := range map[string]string{
		`DELETE FROM roles USING roles r LEFT JOIN grants g ON g.role_id = r.id WHERE r.id = roles.id AND g.role_id IS NULL`: "grants",
		`WITH held AS (SELECT role_id FROM grants) DELETE FROM roles WHERE id NOT IN (SELECT role_id FROM held)`:             "grants",
	} {
		q, err := c.ParseQuery(sql)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		if got := strings.Join(q.Absences, " "); got != want {
			t.Errorf("%s:\n got %q\nwant %q", sql, got, want)
		}
	}
}

// TestDeciding holds which tables decide which rows a query lists.
func TestDeciding(t *testing.T) {
	t.Parallel()
	c := conditionCatalog()
	for sql, want := range map[string][]string{
		`SELECT id FROM teams WHERE org_id = $1`:                                                           {"teams"},
		`SELECT t.id FROM teams t JOIN roles r ON r.team_id = t.id WHERE t.org_id = $1`:                    {"roles", "teams"},
		`SELECT t.id FROM teams t WHERE id IN (SELECT team_id FROM roles)`:                                 {"roles", "teams"},
		`SELECT t.id, r.id FROM teams t LEFT JOIN roles r ON r.team_id = t.id WHERE t.org_id = $1`:         {"teams"},
		`SELECT t.id FROM teams t LEFT JOIN roles r ON r.team_id = t.id WHERE t.org_id = $1 AND r.id = $2`: {"roles", "teams"},
	} {
		q, err := c.ParseQuery(sql)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, q.Deciding); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sql, diff)
		}
	}
}
