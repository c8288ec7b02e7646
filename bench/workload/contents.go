package workload

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Contents are the rows of each table, sorted, as text. Ids are drawn anew for
// each row, so each is replaced by what it stands for; and of a time it is said
// whether it is of today.
type Contents map[string][]string

// named gives every scope and every role a name: a role that belongs to a project
// has the project's in it.
const named = `
WITH entity (type, id, name) AS (
    SELECT 'domain', id::text, name FROM domains
    UNION ALL SELECT 'project', id::text, name FROM projects
), role (type, id, name) AS (
    SELECT 'role', r.id::text, format('%s (%s) of %s', r.name, r.auto_assign, e.name)
    FROM roles AS r
    LEFT JOIN association_scopes_entities AS a ON a.entity_type = 'role' AND a.entity_id = r.id::text
    LEFT JOIN entity AS e ON e.type = a.scope_type AND e.id = a.scope_id
), thing AS (
    SELECT * FROM entity UNION ALL SELECT * FROM role
)
`

// tables are queries for one line of text a row.
func tables() map[string]string {
	return map[string]string{
		"projects": `SELECT concat_ws(' | ', p.name, d.name, coalesce(p.description, 'NULL'), p.created_at > now() - interval '1 day')
			FROM projects AS p LEFT JOIN domains AS d ON d.id = p.domain_id `,
		"roles": named + `SELECT concat_ws(' | ', role.name, r.source, r.status, r.auto_assign, r.created_at > now() - interval '1 day')
			FROM roles AS r JOIN role ON role.id = r.id::text `,
		"permissions": named + `SELECT concat_ws(' | ', coalesce(role.name, '?'), x.scope_type, coalesce(s.name, '?'), x.entity_type, x.operation,
				x.created_at > now() - interval '1 day')
			FROM permissions AS x LEFT JOIN role ON role.id = x.role_id::text
			LEFT JOIN entity AS s ON s.type = x.scope_type AND s.id = x.scope_id `,
		"association_scopes_entities": named + `SELECT concat_ws(' | ', x.scope_type, coalesce(s.name, '?'), x.entity_type, coalesce(e.name, '?'),
				x.relation_type, x.registered_at > now() - interval '1 day')
			FROM association_scopes_entities AS x
			LEFT JOIN thing AS s ON s.type = x.scope_type AND s.id = x.scope_id
			LEFT JOIN thing AS e ON e.type = x.entity_type AND e.id = x.entity_id `,
		"user_roles": `SELECT 'a row' FROM user_roles`,
	}
}

// Digest says what the tables hold without reading it: the number of lines and an
// MD5 of all of them, by table. Two databases have one Digest when they have the
// same Contents.
type Digest map[string]string

// Sum returns the digest of a database.
func Sum(ctx context.Context, conn *pgx.Conn) (Digest, error) {
	d := Digest{}
	for table, lines := range tables() {
		const sum = `SELECT concat_ws(' ', count(*), md5(string_agg(line, chr(10) ORDER BY line))) FROM (%s) AS t (line)`
		var text string
		if err := conn.QueryRow(ctx, fmt.Sprintf(sum, lines)).Scan(&text); err != nil {
			return nil, fmt.Errorf("summing %s: %w", table, err)
		}
		d[table] = text
	}
	return d, nil
}

// Read returns what the tables hold.
func Read(ctx context.Context, conn *pgx.Conn) (Contents, error) {
	c := Contents{}
	for table, lines := range tables() {
		rows, err := conn.Query(ctx, fmt.Sprintf(`SELECT line FROM (%s) AS t (line) ORDER BY line`, lines))
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", table, err)
		}
		if c[table], err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
			return nil, fmt.Errorf("reading %s: %w", table, err)
		}
	}
	return c, nil
}

// Difference says where other differs first, or returns "".
func (c Contents) Difference(other Contents) string {
	for _, table := range slices.Sorted(maps.Keys(c)) {
		want, got := c[table], other[table]
		for i := range max(len(want), len(got)) {
			if w, g := lineAt(want, i), lineAt(got, i); w != g {
				return fmt.Sprintf("%s has %d rows and should have %d; row %d is %q and should be %q", table, len(got), len(want), i+1, g, w)
			}
		}
	}
	return ""
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "none"
}
