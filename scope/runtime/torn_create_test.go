package runtime_test

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/gen/rbacdb"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// tornCreator creates a project in the base domain, with a role for each preset.
type tornCreator func(ctx context.Context, name string) error

// byRBAC creates as the generated code of the reference RBAC does.
func byRBAC(db scope.DB, opts ...scope.Option) tornCreator {
	p := rbac.NewProvider(db, opts...)
	return func(ctx context.Context, name string) error {
		_, err := p.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: baseDomain, Name: name})
		return err
	}
}

// readPresets queues the statements that read the presets; what they give is there
// once the flush was sent.
type readPresets func(op *runtime.Op, f *runtime.Flush) *[]readPreset

type readPreset struct {
	ID         pgtype.UUID
	Name       string
	operations []string
}

type readEntry struct {
	PresetID  pgtype.UUID
	Operation string
}

// handMade creates as generated code would, with presets that are read in some way.
func handMade(read readPresets) func(db scope.DB, opts ...scope.Option) tornCreator {
	return func(db scope.DB, opts ...scope.Option) tornCreator {
		r := runtime.NewRunner(db, opts...)
		return func(ctx context.Context, name string) error {
			draws := r.Draw()
			_, err := onlyOperation(ctx, r, func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
				return struct{}{}, createTorn(ctx, tx, draws, name, read)
			})
			return err
		}
	}
}

func createTorn(ctx context.Context, tx *runtime.Tx, draws *runtime.Draws, name string, read readPresets) error {
	op := tx.Create("project", draws, nil)
	q := rbacdb.New(op)
	f := op.Flush()
	f.Do(runtime.Step{Name: "parents.domain", Query: "LockDomain", Missing: scope.ErrParentNotFound}, func(ctx context.Context) error {
		_, err := q.LockDomain(ctx, baseDomain)
		return err
	})
	id := pgtype.UUID{Bytes: op.NewUUID(), Valid: true}
	f.Do(runtime.Step{Name: "row", Query: "CreateProject"}, func(ctx context.Context) error {
		_, err := q.CreateProject(ctx, rbacdb.CreateProjectParams{ID: id, DomainID: baseDomain, Name: name})
		return err
	})
	presets := read(op, f)
	if err := f.Send(ctx); err != nil {
		return err
	}

	f = op.Flush()
	text := scope.UUID(id.Bytes).String()
	for _, preset := range *presets {
		role := pgtype.UUID{Bytes: op.NewUUID(), Valid: true}
		f.Do(runtime.Step{Name: "role", Query: "CreateRole"}, func(ctx context.Context) error {
			_, err := q.CreateRole(ctx, rbacdb.CreateRoleParams{ID: role, Name: preset.Name, Source: "preset", Status: "active"})
			return err
		})
		for _, operation := range preset.operations {
			permission := pgtype.UUID{Bytes: op.NewUUID(), Valid: true}
			f.Do(runtime.Step{Name: "permission", Query: "CreatePermission"}, func(ctx context.Context) error {
				return q.CreatePermission(ctx, rbacdb.CreatePermissionParams{
					ID: permission, RoleID: role, ScopeType: "project", ScopeID: text, EntityType: "document", Operation: operation,
				})
			})
		}
		association := pgtype.UUID{Bytes: op.NewUUID(), Valid: true}
		f.Do(runtime.Step{Name: "association", Query: "CreateAssociation"}, func(ctx context.Context) error {
			return q.CreateAssociation(ctx, rbacdb.CreateAssociationParams{
				ID: association, ScopeType: "project", ScopeID: text, EntityType: "role", EntityID: scope.UUID(role.Bytes).String(), RelationType: "auto",
			})
		})
	}
	f.MayEnd()
	return f.Send(ctx)
}

// readTogether reads presets and entries by one statement, without a lock.
func readTogether(op *runtime.Op, f *runtime.Flush) *[]readPreset {
	presets := new([]readPreset)
	f.Do(runtime.Step{Name: "presets", Copied: true}, func(ctx context.Context) error {
		rows, err := op.Query(ctx, `SELECT p.id, p.name, e.operation FROM role_presets p LEFT JOIN role_permission_presets e ON e.role_preset_id = p.id
			WHERE p.scope_type = $1 AND NOT p.deleted ORDER BY p.id, e.id`, "project")
		if err != nil {
			return err
		}
		*presets = nil
		var id pgtype.UUID
		var name string
		var operation pgtype.Text
		_, err = pgx.ForEachRow(rows, []any{&id, &name, &operation}, func() error {
			if n := len(*presets); n == 0 || (*presets)[n-1].ID != id {
				*presets = append(*presets, readPreset{ID: id, Name: name})
			}
			if last := &(*presets)[len(*presets)-1]; operation.Valid {
				last.operations = append(last.operations, operation.String)
			}
			return nil
		})
		return err
	})
	f.Reread()
	return presets
}

// readAgain locks the presets and reads their entries behind them, and compares.
func readAgain(op *runtime.Op, f *runtime.Flush) *[]readPreset {
	presets := readOnce(op, f)
	f.Reread()
	return presets
}

// readOnce does not compare: it trusts in FOR SHARE.
func readOnce(op *runtime.Op, f *runtime.Flush) *[]readPreset {
	presets := new([]readPreset)
	f.Do(runtime.Step{Name: "presets", Copied: true, Locks: true}, func(ctx context.Context) error {
		rows, err := op.Query(ctx, "SELECT id, name FROM role_presets WHERE scope_type = $1 AND NOT deleted ORDER BY id FOR SHARE", "project")
		if err != nil {
			return err
		}
		*presets, err = pgx.CollectRows(rows, pgx.RowToStructByPos[readPreset])
		return err
	})
	f.Do(runtime.Step{Name: "entries", Copied: true}, func(ctx context.Context) error {
		rows, err := op.Query(ctx, `SELECT e.role_preset_id, e.operation FROM role_permission_presets e JOIN role_presets p ON p.id = e.role_preset_id
			WHERE p.scope_type = $1 AND NOT p.deleted ORDER BY e.role_preset_id, e.id`, "project")
		if err != nil {
			return err
		}
		entries, err := pgx.CollectRows(rows, pgx.RowToStructByPos[readEntry])
		for i := range *presets {
			for _, e := range entries {
				if e.PresetID == (*presets)[i].ID {
					(*presets)[i].operations = append((*presets)[i].operations, e.Operation)
				}
			}
		}
		return err
	})
	return presets
}
