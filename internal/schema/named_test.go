package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

func TestFileQueries(t *testing.T) {
	t.Parallel()
	const text = `-- Queries about roles.

-- Above.
-- ---------
-- name: CreateRole :one
-- Makes a role,
--   and returns it.
-- @sqlc-vet-disable
INSERT INTO roles (id) VALUES ($1) RETURNING *; -- the end
  -- name: GetRole :many
SELECT 1; -- name: NotOne :one

/* name: DropRole :exec */
DELETE FROM roles;
--name: Tight :execrows
-- name: NoCommand
`
	want := []Named{
		{Name: "CreateRole", Cmd: "one", Pos: diag.Pos{File: "q.sql", Line: 5, Col: 1}, Doc: "Above.\n\nMakes a role,\nand returns it."},
		{Name: "GetRole", Cmd: "many", Pos: diag.Pos{File: "q.sql", Line: 10, Col: 3}},
		{Name: "DropRole", Cmd: "exec", Pos: diag.Pos{File: "q.sql", Line: 13, Col: 1}},
		{Name: "Tight", Cmd: "execrows", Pos: diag.Pos{File: "q.sql", Line: 15, Col: 1}, Doc: "name: NoCommand"},
	}
	if diff := cmp.Diff(want, FileQueries("q.sql", []byte(text))); diff != "" {
		t.Errorf("queries (-want +got):\n%s", diff)
	}
	if got := FileQueries("q.sql", nil); len(got) != 0 {
		t.Errorf("an empty file has %v", got)
	}
}
