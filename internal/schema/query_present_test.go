package schema

import (
	"testing"

	"github.com/specgen-dev/specgen/internal/diag"
)

func TestPresent(t *testing.T) {
	t.Parallel()
	catalog := Load([]File{{Name: "schema.sql", Text: []byte(`CREATE TABLE a (id int PRIMARY KEY, x int, y text, ok boolean, b int);
		CREATE TABLE b (id int PRIMARY KEY, z int);`)}}, &diag.List{})
	for sql, want := range map[string]bool{
		"SELECT x FROM a":                                                              false,
		"SELECT x FROM a WHERE x IS NOT NULL":                                          true,
		"SELECT x FROM a WHERE x IS NULL":                                              false,
		"SELECT x FROM a WHERE y IS NOT NULL":                                          false,
		"SELECT x FROM a WHERE x > 3 AND y = $1":                                       true,
		"SELECT x FROM a WHERE 3 <> x":                                                 true,
		"SELECT x FROM a WHERE x IN (1, 2)":                                            true,
		"SELECT x FROM a WHERE x = ANY ($1::int[])":                                    true,
		"SELECT x FROM a WHERE x IS DISTINCT FROM 3":                                   false,
		"SELECT x FROM a WHERE x = 1 OR ok":                                            false,
		"SELECT x FROM a WHERE NOT (x = 1 AND ok)":                                     false,
		"SELECT x FROM a WHERE coalesce(x, 1) = 1":                                     false,
		"SELECT ok FROM a WHERE ok":                                                    true,
		"SELECT ok FROM a WHERE NOT ok":                                                true,
		"SELECT y FROM a WHERE y LIKE 'n%'":                                            true,
		"SELECT a.b FROM a JOIN b ON b.id = a.b":                                       true,
		"SELECT a.b FROM a LEFT JOIN b ON b.id = a.b":                                  false,
		"SELECT b.z FROM a LEFT JOIN b ON b.id = a.b":                                  false,
		"SELECT b.id FROM a LEFT JOIN b ON b.id = a.b":                                 false,
		"SELECT b.id FROM a LEFT JOIN b ON TRUE WHERE b.z = 1":                         false,
		"SELECT b.z FROM a LEFT JOIN b ON TRUE WHERE b.z = 1":                          true,
		"SELECT a2.b FROM b LEFT JOIN (a a2 JOIN b b2 ON b2.id = a2.b) ON a2.id = b.z": false,
		"SELECT x FROM (SELECT x FROM a) q WHERE x > 1":                                true,
		"SELECT x FROM a WHERE x OPERATOR(my.=) 1":                                     false,
		"UPDATE a SET x = $1 WHERE x = 1 RETURNING x":                                  false,
	} {
		q, err := catalog.ParseQuery(sql)
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			continue
		}
		if r := q.Returns[0]; r.Present != want {
			t.Errorf("%s: present is %t, want %t", sql, r.Present, want)
		}
	}
}
