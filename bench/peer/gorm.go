package peer

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
)

// withGorm creates rows by slices, one statement a table, which is gorm's own way.
type withGorm struct {
	sql *sql.DB
	db  *gorm.DB
}

type gormDomain struct {
	ID pgtype.UUID `gorm:"primaryKey"`
}

type gormProject struct {
	ID          pgtype.UUID `gorm:"primaryKey"`
	DomainID    pgtype.UUID
	Name        string
	Description *string
	CreatedAt   time.Time `gorm:"default:now();autoCreateTime:false"`
}

type gormPreset struct {
	ID         pgtype.UUID `gorm:"primaryKey"`
	ScopeType  string
	Name       string
	AutoAssign bool
	Deleted    bool
	Entries    []gormEntry `gorm:"foreignKey:RolePresetID"`
}

type gormEntry struct {
	ID           pgtype.UUID `gorm:"primaryKey"`
	RolePresetID pgtype.UUID
	EntityType   string
	Operation    string
}

type gormRole struct {
	ID         pgtype.UUID `gorm:"primaryKey"`
	Name       string
	Source     string
	Status     string
	AutoAssign bool
	CreatedAt  time.Time `gorm:"default:now();autoCreateTime:false"`
}

type gormPermission struct {
	ID         pgtype.UUID `gorm:"primaryKey"`
	RoleID     pgtype.UUID
	ScopeType  string
	ScopeID    string
	EntityType string
	Operation  string
}

type gormAssociation struct {
	ID           pgtype.UUID `gorm:"primaryKey"`
	ScopeType    string
	ScopeID      string
	EntityType   string
	EntityID     string
	RelationType string
}

func (gormDomain) TableName() string      { return "domains" }
func (gormProject) TableName() string     { return "projects" }
func (gormPreset) TableName() string      { return "role_presets" }
func (gormEntry) TableName() string       { return "role_permission_presets" }
func (gormRole) TableName() string        { return "roles" }
func (gormPermission) TableName() string  { return "permissions" }
func (gormAssociation) TableName() string { return "association_scopes_entities" }

// openGorm lets pgx keep prepared statements, which is the driver's default, and
// does without the transaction that gorm opens around each write: there is one.
func openGorm(_ context.Context, config *pgx.ConnConfig) (Peer, error) {
	pool := openSQL(config)
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), &gorm.Config{
		SkipDefaultTransaction: true, DisableAutomaticPing: true, Logger: logger.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("opening gorm: %w", err)
	}
	return &withGorm{sql: pool, db: db}, nil
}

// openSQL returns a pool of database/sql with one connection.
func openSQL(config *pgx.ConnConfig) *sql.DB {
	pool := stdlib.OpenDB(*config.Copy(), stdlib.OptionShouldPing(func(context.Context, stdlib.ShouldPingParams) bool { return false }))
	pool.SetMaxOpenConns(1)
	pool.SetMaxIdleConns(1)
	return pool
}

func (g *withGorm) transaction(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return g.db.WithContext(ctx).Transaction(fn, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
}

func (g *withGorm) CreateProject(ctx context.Context, p Project) error {
	return g.CreateProjects(ctx, []Project{p})
}

// rowsPerStatement is how many rows gorm puts into one statement: a statement has
// 65,535 parameters at most (PostgreSQL manual, appendix K).
const rowsPerStatement = 5000

func (g *withGorm) CreateProjects(ctx context.Context, all []Project) error {
	return g.transaction(ctx, func(tx *gorm.DB) error {
		var domains []gormDomain
		ids := domainsOf(all)
		err := tx.Clauses(clause.Locking{Strength: "KEY SHARE"}).Order("id").Find(&domains, "id IN ?", ids).Error
		if err != nil || len(domains) != len(ids) {
			return cmp.Or(err, gorm.ErrRecordNotFound)
		}
		projects := make([]gormProject, 0, len(all))
		for _, p := range all {
			projects = append(projects, gormProject{ID: newID(), DomainID: p.DomainID, Name: p.Name, Description: p.Description})
		}
		if err := tx.CreateInBatches(&projects, rowsPerStatement).Error; err != nil {
			return err
		}
		var presets []gormPreset
		err = tx.Clauses(clause.Locking{Strength: "SHARE"}).Preload("Entries").Where("scope_type = ? AND NOT deleted", "project").
			Order("id").Find(&presets).Error
		if err != nil {
			return err
		}
		var rows gormRows
		for _, p := range projects {
			rows.add(p.ID, p.DomainID, presets)
		}
		if err := tx.CreateInBatches(&rows.roles, rowsPerStatement).Error; err != nil {
			return err
		}
		if err := tx.CreateInBatches(&rows.permissions, rowsPerStatement).Error; err != nil {
			return err
		}
		return tx.CreateInBatches(&rows.associations, rowsPerStatement).Error
	})
}

// gormRows are those that belong to projects.
type gormRows struct {
	roles        []gormRole
	permissions  []gormPermission
	associations []gormAssociation
}

func (r *gormRows) add(projectID, domainID pgtype.UUID, presets []gormPreset) {
	scopeID := projectID.String()
	for _, preset := range presets {
		role := gormRole{ID: newID(), Name: preset.Name, Source: "preset", Status: "active", AutoAssign: preset.AutoAssign}
		r.roles = append(r.roles, role)
		for _, entry := range preset.Entries {
			r.permissions = append(r.permissions, gormPermission{
				ID: newID(), RoleID: role.ID, ScopeType: "project", ScopeID: scopeID,
				EntityType: entry.EntityType, Operation: entry.Operation,
			})
		}
		r.associations = append(r.associations, gormAssociation{
			ID: newID(), ScopeType: "project", ScopeID: scopeID, EntityType: "role", EntityID: role.ID.String(), RelationType: "auto",
		})
	}
	r.associations = append(r.associations, gormAssociation{
		ID: newID(), ScopeType: "domain", ScopeID: domainID.String(), EntityType: "project", EntityID: scopeID, RelationType: "auto",
	})
}

func (g *withGorm) PurgeProject(ctx context.Context, id pgtype.UUID) error {
	return g.transaction(ctx, func(tx *gorm.DB) error {
		var project gormProject
		if err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Take(&project, "id = ?", id).Error; err != nil {
			return err
		}
		text := id.String()
		if err := tx.Delete(&gormPermission{}, "scope_type = ? AND scope_id = ?", "project", text).Error; err != nil {
			return err
		}
		if err := tx.Delete(&gormAssociation{}, "scope_type = ? AND scope_id = ?", "project", text).Error; err != nil {
			return err
		}
		if err := tx.Delete(&gormAssociation{}, "entity_type = ? AND entity_id = ?", "project", text).Error; err != nil {
			return err
		}
		return tx.Delete(&project).Error
	})
}

func (g *withGorm) Close() { _ = g.sql.Close() } // nothing is under way
