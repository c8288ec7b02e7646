package schema

import "testing"

// TestKnown holds what is certain before the answer, and mostly what is not:
// a wrong yes here is a wrong value in someone's table.
func TestKnown(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		sql  string
		want int // Param of the first result
	}{
		"uuid":                         {`INSERT INTO roles (id) VALUES ($1) RETURNING id`, 1},
		"uuid, cast":                   {`INSERT INTO roles (id) VALUES ($1::uuid) RETURNING id`, 1},
		"varchar":                      {`INSERT INTO roles (name) VALUES ($1) RETURNING name`, 1},
		"varchar, cast to text":        {`INSERT INTO roles (name) VALUES ($1::text) RETURNING name`, 1},
		"enum":                         {`INSERT INTO roles (status) VALUES ($1) RETURNING status`, 1},
		"int4":                         {`INSERT INTO roles (rank) VALUES ($1) RETURNING rank`, 1},
		"int8":                         {`INSERT INTO odd (l) VALUES ($1) RETURNING l`, 1},
		"bool":                         {`INSERT INTO odd (j) VALUES ($1) RETURNING j`, 1},
		"domain over uuid":             {`INSERT INTO odd (g) VALUES ($1) RETURNING g`, 1},
		"one parameter twice":          {`INSERT INTO permissions (scope_id, scope_type) VALUES ($1, $1) RETURNING scope_type`, 1},
		"table qualified":              {`INSERT INTO roles AS r (id) VALUES ($1) RETURNING r.id`, 1},
		"identity, own value":          {`INSERT INTO odd (m) VALUES ($1) RETURNING m`, 1},
		"select for update":            {`SELECT id FROM roles WHERE id = $1 FOR UPDATE`, 1},
		"select a table with triggers": {`SELECT id FROM live WHERE id = $1`, 1},
		"delete":                       {`DELETE FROM roles WHERE id = $1 RETURNING id`, 1},
		"the joined table":             {`UPDATE live SET name = r.name FROM roles r WHERE r.id = $1 RETURNING r.id`, 1},

		"cut by a cast":            {`INSERT INTO roles (name) VALUES ($1::varchar(3)) RETURNING name`, 0},
		"two casts":                {`INSERT INTO roles (status) VALUES ($1::text::status) RETURNING status`, 0},
		"narrowed":                 {`INSERT INTO roles (rank) VALUES ($1::bigint) RETURNING rank`, 0},
		"numeric":                  {`INSERT INTO odd (a) VALUES ($1) RETURNING a`, 0},
		"char(n)":                  {`INSERT INTO odd (b) VALUES ($1) RETURNING b`, 0},
		"citext":                   {`INSERT INTO odd (c) VALUES ($1) RETURNING c`, 0},
		"nondeterministic":         {`INSERT INTO odd (d) VALUES ($1) RETURNING d`, 0},
		"nondeterministic, select": {`SELECT d FROM odd WHERE d = $1`, 0},
		"timestamptz":              {`INSERT INTO odd (e) VALUES ($1) RETURNING e`, 0},
		"jsonb":                    {`INSERT INTO odd (f) VALUES ($1) RETURNING f`, 0},
		"domain over char(n)":      {`INSERT INTO odd (h) VALUES ($1) RETURNING h`, 0},
		"float8":                   {`INSERT INTO odd (i) VALUES ($1) RETURNING i`, 0},
		"array":                    {`INSERT INTO odd (k) VALUES ($1) RETURNING k`, 0},
		"date":                     {`INSERT INTO odd (n) VALUES ($1) RETURNING n`, 0},
		"an element of an array":   {`INSERT INTO odd (k[1]) VALUES ($1) RETURNING k`, 0},
		"an expression":            {`INSERT INTO roles (name) VALUES (lower($1)) RETURNING name`, 0},
		"an expression of it":      {`INSERT INTO roles (id) VALUES ($1) RETURNING id::text`, 0},
		"uuid as text":             {`INSERT INTO permissions (role_id, scope_id) VALUES ($1, $1) RETURNING scope_id`, 0},
		"a type from elsewhere":    {`INSERT INTO roles (rank, name) VALUES ($1 + 1, $1) RETURNING name`, 0},
		"two rows":                 {`INSERT INTO roles (id) VALUES ($1), ($2) RETURNING id`, 0},
		"from a select":            {`INSERT INTO roles (id) SELECT $1 RETURNING id`, 0},
		"upsert":                   {`INSERT INTO roles (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET rank = 1 RETURNING id`, 0},
		"triggers":                 {`INSERT INTO live (id) VALUES ($1) RETURNING id`, 0},
		"triggers, update":         {`UPDATE live SET name = $2 WHERE id = $1 RETURNING id`, 0},
		"identity, value ignored":  {`INSERT INTO odd (m) OVERRIDING USER VALUE VALUES ($1) RETURNING m`, 0},
		"the old row":              {`INSERT INTO roles (id) VALUES ($1) RETURNING old.id`, 0},
		"changed by the update":    {`UPDATE roles SET name = $2 WHERE name = $1 RETURNING name`, 0},
		"changed in a row":         {`UPDATE roles SET (name, rank) = ($2, 1) WHERE name = $1 RETURNING name`, 0},
		"changed by a subquery":    {`UPDATE roles SET (name, rank) = (SELECT 'x', 1) WHERE name = $1 RETURNING name`, 0},
		"or":                       {`SELECT id FROM roles WHERE id = $1 OR rank = 1`, 0},
		"any":                      {`SELECT id FROM roles WHERE id = ANY($1::uuid[])`, 0},
		"another operator":         {`SELECT rank FROM roles WHERE rank >= $1`, 0},
		"not distinct":             {`SELECT id FROM roles WHERE id IS NOT DISTINCT FROM $1`, 0},
		"outer join":               {`SELECT p.id FROM roles r LEFT JOIN permissions p ON p.role_id = r.id WHERE p.id = $1`, 0},
		"the join's condition":     {`SELECT p.id FROM roles r JOIN permissions p ON p.id = $1`, 0},
		"the other side":           {`SELECT b.id FROM roles a JOIN roles b ON a.rank = b.rank WHERE a.id = $1`, 0},
		"another int":              {`SELECT rank FROM roles WHERE rank = $1::bigint`, 0},
		"another collation":        {`SELECT name FROM roles WHERE name = $1 COLLATE ci`, 0},
		"the subquery's condition": {`SELECT id FROM roles WHERE EXISTS (SELECT 1 FROM permissions WHERE roles.id = $1)`, 0},
		"merge":                    {`MERGE INTO roles USING live ON roles.id = $1 WHEN MATCHED THEN DELETE RETURNING roles.id`, 0},
	}
	c := queryCatalog(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, err := c.ParseQuery(tt.sql)
			if err != nil {
				t.Fatal(err)
			}
			if len(q.Returns) != 1 {
				t.Fatalf("%d results, want 1", len(q.Returns))
			}
			if got := q.Returns[0].Param; got != tt.want {
				t.Errorf("the result is known to be $%d, want $%d (0: not known)", got, tt.want)
			}
		})
	}
}

func TestSingleRow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		sql  string
		want bool
	}{
		{`INSERT INTO roles (id) VALUES ($1)`, true},
		{`INSERT INTO roles DEFAULT VALUES`, true},
		{`INSERT INTO roles (id, name) VALUES (ident(), lower($1))`, true},
		{`INSERT INTO roles (rank) VALUES ((SELECT max(x) FROM generate_series(1, 3) x))`, true},
		{`WITH x AS (SELECT 1) INSERT INTO roles (id) VALUES ($1)`, true},
		{`INSERT INTO roles (id) VALUES ($1), ($2)`, false},
		{`INSERT INTO roles (id) SELECT $1`, false},
		{`INSERT INTO roles (id) VALUES ($1) ON CONFLICT DO NOTHING`, false},
		{`INSERT INTO roles (id) VALUES (unnest($1::uuid[]))`, false},
		{`INSERT INTO roles (rank) VALUES (1 + spread(2))`, false},
		{`INSERT INTO roles (id) VALUES ($1) LIMIT 0`, false},
		{`INSERT INTO live (id) VALUES ($1)`, false},
		{`INSERT INTO nowhere (id) VALUES ($1)`, false},
		{`UPDATE roles SET rank = 1 WHERE id = $1`, false},
	}
	c := queryCatalog(t)
	for _, tt := range tests {
		q, err := c.ParseQuery(tt.sql)
		if err != nil {
			t.Errorf("%s: %v", tt.sql, err)
			continue
		}
		if q.SingleRow != tt.want {
			t.Errorf("%s: SingleRow is %t, want %t", tt.sql, q.SingleRow, tt.want)
		}
	}
}
