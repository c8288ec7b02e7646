// Package handwritten is the coordinator that docs/howto/migrating.md replaces.
package handwritten

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/teams/auditdb"
	"example.com/teams/db"
	"example.com/teams/rules"
	"github.com/specgen-dev/specgen/scope"
)

// CreateWorkspace creates a workspace with its roles, and makes the owners members.
func CreateWorkspace(ctx context.Context, pool *pgxpool.Pool, actor, org pgtype.UUID, slug string, owners []pgtype.UUID) (w db.Workspace, err error) {
	if err := rules.CheckSlug(slug); err != nil {
		return w, err
	}
	now := pgtype.Timestamptz{Time: time.Now(), Valid: true}
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		q := db.New(tx)
		if _, err := q.LockOrganisation(ctx, org); err != nil {
			return err
		}
		w, err = q.CreateWorkspace(ctx, db.CreateWorkspaceParams{
			ID: newID(), OrganisationID: org, Slug: slug, Kind: db.WorkspaceKindTeam, Settings: []byte(`{"theme": "dark"}`),
			TrialEndsAt: pgtype.Timestamptz{Time: now.Time.AddDate(0, 0, 14), Valid: true},
		})
		if err != nil {
			return err
		}
		scopeID := scope.UUID(w.ID.Bytes).String()
		for _, builtin := range builtinRoles {
			role, err := q.CreateRole(ctx, db.CreateRoleParams{
				ID: newID(), ScopeType: "workspace", ScopeID: scopeID, Name: builtin.name, AutoAssign: builtin.autoAssign,
			})
			if err != nil {
				return err
			}
			for _, g := range builtin.grants {
				if err := q.CreateGrant(ctx, db.CreateGrantParams{ID: newID(), RoleID: role.ID, Object: g.object, Action: g.action}); err != nil {
					return err
				}
			}
			if builtin.name != "owner" {
				continue
			}
			for _, owner := range owners {
				if err := q.CreateMember(ctx, db.CreateMemberParams{RoleID: role.ID, UserID: owner, JoinedAt: now}); err != nil {
					return err
				}
			}
		}
		return auditdb.New(tx).InsertEvent(ctx, auditdb.InsertEventParams{
			ID: newID(), Actor: actor, Action: "create", ScopeType: "workspace", ScopeID: scopeID, At: now,
		})
	})
	return w, err
}

type grant struct{ object, action string }

var builtinRoles = []struct {
	name       string
	autoAssign bool
	grants     []grant
}{
	{"owner", true, []grant{{"*", "*"}}},
	{"viewer", false, []grant{{"environment", "read"}, {"member", "read"}}},
}

func newID() pgtype.UUID { return pgtype.UUID{Bytes: scope.NewUUID(), Valid: true} }
