package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestArms holds what a condition passes besides the rows that it fixes.
func TestArms(t *testing.T) {
	t.Parallel()
	c := queryCatalog(t)
	type facts struct {
		Unequal   []ColumnValue
		Disjuncts []Disjunct
		Limited   bool
	}
	for sql, want := range map[string]facts{
		`DELETE FROM roles WHERE id = $1`:                            {},
		`DELETE FROM roles WHERE id <> $1`:                           {Unequal: []ColumnValue{{"roles", "id", 1}}},
		`DELETE FROM roles WHERE $1::uuid >= id AND rank = 1`:        {Unequal: []ColumnValue{{"roles", "id", 1}}},
		`UPDATE roles SET rank = 1 WHERE NOT (id = $1)`:              {Unequal: []ColumnValue{{"roles", "id", 1}}},
		`DELETE FROM roles WHERE id IS DISTINCT FROM $1`:             {Unequal: []ColumnValue{{"roles", "id", 1}}},
		`DELETE FROM roles WHERE id IS NOT DISTINCT FROM $1`:         {},
		`DELETE FROM roles WHERE NOT (id <> $1)`:                     {},
		`DELETE FROM roles WHERE id <> source OR rank > 1 AND false`: {Disjuncts: []Disjunct{{ReferencedColumns: []string{"id", "source"}}, {ReferencedColumns: []string{"rank"}}}},
		`DELETE FROM permissions WHERE bits = 1 AND (scope_type = $1 OR scope_id = $2 AND role_id = $3)`: {Disjuncts: []Disjunct{
			{Equal: []ColumnValue{{"permissions", "scope_type", 1}}, ReferencedColumns: []string{"bits", "scope_type"}},
			{Equal: []ColumnValue{{"permissions", "scope_id", 2}, {"permissions", "role_id", 3}}, ReferencedColumns: []string{"bits", "role_id", "scope_id"}},
		}},
		`SELECT id FROM roles WHERE name = $1 ORDER BY id LIMIT 10`:            {Limited: true},
		`SELECT id FROM roles WHERE name = $1 OFFSET $2`:                       {Limited: true},
		`SELECT id FROM roles FETCH FIRST ROW ONLY`:                            {Limited: true},
		`SELECT id FROM (SELECT id FROM roles WHERE id <> $1 LIMIT 10) AS r`:   {},
		`DELETE FROM roles WHERE id IN (SELECT id FROM live WHERE name <> $1)`: {},
	} {
		q, err := c.ParseQuery(sql)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, facts{q.Unequal, q.Disjuncts, q.Limited}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sql, diff)
		}
	}
}
