package peer

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// withBun creates rows by slices, one statement a table, which is bun's own way.
type withBun struct{ db *bun.DB }

type bunDomain struct {
	bun.BaseModel `bun:"table:domains"`
	ID            pgtype.UUID `bun:",pk"`
}

type bunProject struct {
	bun.BaseModel `bun:"table:projects"`
	ID            pgtype.UUID `bun:",pk"`
	DomainID      pgtype.UUID
	Name          string
	Description   *string
	CreatedAt     time.Time `bun:",nullzero,notnull,default:now()"`
}

type bunPreset struct {
	bun.BaseModel `bun:"table:role_presets"`
	ID            pgtype.UUID `bun:",pk"`
	ScopeType     string
	Name          string
	AutoAssign    bool
	Deleted       bool
}

type bunEntry struct {
	bun.BaseModel `bun:"table:role_permission_presets"`
	ID            pgtype.UUID `bun:",pk"`
	RolePresetID  pgtype.UUID
	EntityType    string
	Operation     string
}

type bunRole struct {
	bun.BaseModel `bun:"table:roles"`
	ID            pgtype.UUID `bun:",pk"`
	Name          string
	Source        string
	Status        string
	AutoAssign    bool
	CreatedAt     time.Time `bun:",nullzero,notnull,default:now()"`
}

type bunPermission struct {
	bun.BaseModel `bun:"table:permissions"`
	ID            pgtype.UUID `bun:",pk"`
	RoleID        pgtype.UUID
	ScopeType     string
	ScopeID       string
	EntityType    string
	Operation     string
}

type bunAssociation struct {
	bun.BaseModel `bun:"table:association_scopes_entities"`
	ID            pgtype.UUID `bun:",pk"`
	ScopeType     string
	ScopeID       string
	EntityType    string
	EntityID      string
	RelationType  string
}

// openBun sends statements without preparing them, as bun's documentation says
// for pgx: bun writes the values into the text.
func openBun(_ context.Context, config *pgx.ConnConfig) (Peer, error) {
	config = config.Copy()
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	return &withBun{db: bun.NewDB(openSQL(config), pgdialect.New())}, nil
}

func (b *withBun) transaction(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	return b.db.RunInTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted}, fn)
}

func (b *withBun) CreateProject(ctx context.Context, p Project) error {
	return b.CreateProjects(ctx, []Project{p})
}

func (b *withBun) CreateProjects(ctx context.Context, all []Project) error {
	return b.transaction(ctx, func(ctx context.Context, tx bun.Tx) error {
		var domains []bunDomain
		ids := domainsOf(all)
		err := tx.NewSelect().Model(&domains).Where("id IN (?)", bun.List(ids)).Order("id").For("KEY SHARE").Scan(ctx)
		if err != nil || len(domains) != len(ids) {
			return cmp.Or(err, sql.ErrNoRows)
		}
		projects := make([]bunProject, 0, len(all))
		for _, p := range all {
			projects = append(projects, bunProject{ID: newID(), DomainID: p.DomainID, Name: p.Name, Description: p.Description})
		}
		if _, err := tx.NewInsert().Model(&projects).Exec(ctx); err != nil {
			return err
		}
		var presets []bunPreset
		err = tx.NewSelect().Model(&presets).Where("scope_type = ? AND NOT deleted", "project").Order("id").For("SHARE").Scan(ctx)
		if err != nil {
			return err
		}
		presetIDs := make([]pgtype.UUID, len(presets))
		for i, preset := range presets {
			presetIDs[i] = preset.ID
		}
		var entries []bunEntry
		if err := tx.NewSelect().Model(&entries).Where("role_preset_id IN (?)", bun.List(presetIDs)).Scan(ctx); err != nil {
			return err
		}
		var rows bunRows
		for _, p := range projects {
			rows.add(p.ID, p.DomainID, presets, entries)
		}
		if _, err := tx.NewInsert().Model(&rows.roles).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&rows.permissions).Exec(ctx); err != nil {
			return err
		}
		_, err = tx.NewInsert().Model(&rows.associations).Exec(ctx)
		return err
	})
}

// bunRows are those that belong to projects.
type bunRows struct {
	roles        []bunRole
	permissions  []bunPermission
	associations []bunAssociation
}

func (r *bunRows) add(projectID, domainID pgtype.UUID, presets []bunPreset, entries []bunEntry) {
	scopeID := projectID.String()
	roleOf := map[pgtype.UUID]pgtype.UUID{}
	for _, preset := range presets {
		role := bunRole{ID: newID(), Name: preset.Name, Source: "preset", Status: "active", AutoAssign: preset.AutoAssign}
		r.roles = append(r.roles, role)
		roleOf[preset.ID] = role.ID
		r.associations = append(r.associations, bunAssociation{
			ID: newID(), ScopeType: "project", ScopeID: scopeID, EntityType: "role", EntityID: role.ID.String(), RelationType: "auto",
		})
	}
	for _, entry := range entries {
		r.permissions = append(r.permissions, bunPermission{
			ID: newID(), RoleID: roleOf[entry.RolePresetID], ScopeType: "project", ScopeID: scopeID,
			EntityType: entry.EntityType, Operation: entry.Operation,
		})
	}
	r.associations = append(r.associations, bunAssociation{
		ID: newID(), ScopeType: "domain", ScopeID: domainID.String(), EntityType: "project", EntityID: scopeID, RelationType: "auto",
	})
}

func (b *withBun) PurgeProject(ctx context.Context, id pgtype.UUID) error {
	return b.transaction(ctx, func(ctx context.Context, tx bun.Tx) error {
		var project bunProject
		if err := tx.NewSelect().Model(&project).Where("id = ?", id).For("UPDATE").Scan(ctx); err != nil {
			return err
		}
		text := id.String()
		_, err := tx.NewDelete().Model((*bunPermission)(nil)).Where("scope_type = ? AND scope_id = ?", "project", text).Exec(ctx)
		if err != nil {
			return err
		}
		_, err = tx.NewDelete().Model((*bunAssociation)(nil)).Where("scope_type = ? AND scope_id = ?", "project", text).Exec(ctx)
		if err != nil {
			return err
		}
		_, err = tx.NewDelete().Model((*bunAssociation)(nil)).Where("entity_type = ? AND entity_id = ?", "project", text).Exec(ctx)
		if err != nil {
			return err
		}
		_, err = tx.NewDelete().Model(&project).WherePK().Exec(ctx)
		return err
	})
}

func (b *withBun) Close() { _ = b.db.Close() } // nothing is under way
