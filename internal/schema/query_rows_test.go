package schema

import (
	"fmt"
	"strings"
	"testing"
)

// TestResultRows: columns with one number come from one row; behind a minus are
// the outer joins that leave them NULL.
func TestResultRows(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ sql, want string }{
		"join":          {`SELECT r.id, p.id, p.bits, r.name, count(*) FROM roles r JOIN permissions p ON p.role_id = r.id`, "id1 id2 bits2 name1 count0"},
		"left":          {`SELECT r.id, p.id AS p FROM roles r LEFT JOIN permissions p ON p.role_id = r.id`, "id1 p2-1"},
		"right":         {`SELECT r.id, p.id AS p FROM permissions p RIGHT JOIN roles r ON p.role_id = r.id`, "id1 p2-1"},
		"full":          {`SELECT r.id, p.id AS p FROM permissions p FULL JOIN roles r ON p.role_id = r.id`, "id1-1 p2-2"},
		"self":          {`SELECT a.id, b.name FROM roles a JOIN roles b ON a.rank = b.rank`, "id1 name2"},
		"two":           {`SELECT r.id, p.id AS p, e.id AS e FROM roles r LEFT JOIN permissions p ON p.role_id = r.id LEFT JOIN audit.events e ON e.id = p.id`, "id1 p2-1 e3-2"},
		"nested":        {`SELECT r.id, p.id AS p, e.id AS e FROM roles r LEFT JOIN (permissions p LEFT JOIN audit.events e ON e.id = p.id) ON p.role_id = r.id`, "id1 p2-1 e3-2,1"},
		"inner in left": {`SELECT r.id, p.id AS p, e.id AS e FROM roles r LEFT JOIN (permissions p JOIN audit.events e ON e.id = p.id) ON p.role_id = r.id`, "id1 p2-1 e3-1"},
		"subquery":      {`SELECT s.id, s.p, s.name FROM (SELECT r.id, r.name, p.id AS p FROM roles r LEFT JOIN permissions p ON p.role_id = r.id) s`, "id1 p2-1 name1"},
		"outer subquery": {`SELECT r.id, s.id AS s, s.n FROM roles r LEFT JOIN (SELECT p.id, p.role_id, 1 AS n FROM permissions p) s ON s.role_id = r.id`,
			"id1 s2-1 n0-1"},
		"with twice":    {`WITH w AS (SELECT * FROM roles) SELECT a.id, b.name FROM w a JOIN w b ON a.rank = b.rank`, "id1 name2"},
		"union":         {`SELECT id, name FROM roles UNION ALL SELECT id, name FROM live`, "id0 name0"},
		"grouping sets": {`SELECT id, name FROM roles GROUP BY GROUPING SETS ((id, name), (id))`, "id0 name0"},
		"using":         {`SELECT id, kind FROM live LEFT JOIN audit.events USING (id)`, "id1 kind2-1"},
		"returning":     {`UPDATE roles SET name = $1 RETURNING id, name, old.name AS was`, "id1 name1 was0"},
	}
	c := queryCatalog(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, err := c.ParseQuery(tt.sql)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, r := range q.Returns {
				text := fmt.Sprintf("%s%d", r.Name, r.Source)
				if len(r.Missing) > 0 {
					text += "-" + strings.ReplaceAll(strings.Trim(fmt.Sprint(r.Missing), "[]"), " ", ",")
				}
				out = append(out, text)
			}
			if got := strings.Join(out, " "); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
