package peer

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/gen/rbacdb"
)

// CreateProjects has one COPY for each table, of rows that are made here. The
// server gives nothing back: the ids are known, created_at is not.
func (l *limit) CreateProjects(ctx context.Context, all []Project) error {
	return pgx.BeginTxFunc(ctx, l.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		t, err := l.lockAndRead(ctx, tx, domainsOf(all))
		if err != nil {
			return err
		}
		projects := newCopy(`projects (id, domain_id, name, description)`)
		roles := newCopy(`roles (id, name, source, status, auto_assign)`)
		permissions := newCopy(`permissions (id, role_id, scope_type, scope_id, entity_type, operation)`)
		associations := newCopy(`association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id, relation_type)`)
		for _, p := range all {
			project := newID()
			projectID := project.String()
			projects.row(4)
			projects.uuid(project)
			projects.uuid(p.DomainID)
			projects.text(p.Name)
			projects.textOrNull(p.Description)
			for _, preset := range t.presets {
				role := newID()
				roles.row(5)
				roles.uuid(role)
				roles.text(preset.Name, "preset", "active")
				roles.bool(preset.AutoAssign)
				for _, entry := range t.entries[preset.ID] {
					permissions.row(6)
					permissions.uuid(newID())
					permissions.uuid(role)
					permissions.text("project", projectID, entry.EntityType, entry.Operation)
				}
				associations.row(6)
				associations.uuid(newID())
				associations.text("project", projectID, "role", role.String(), "auto")
			}
			associations.row(6)
			associations.uuid(newID())
			associations.text("domain", p.DomainID.String(), "project", projectID, "auto")
		}
		for _, c := range []*copied{projects, roles, permissions, associations} {
			if err := c.send(ctx, tx.Conn()); err != nil {
				return err
			}
		}
		return nil
	})
}

// lockAndRead locks the domains and reads the template in one round trip.
func (l *limit) lockAndRead(ctx context.Context, tx pgx.Tx, domains []pgtype.UUID) (t template, err error) {
	const lock = `SELECT id FROM domains WHERE id = ANY($1::uuid[]) ORDER BY id FOR KEY SHARE`
	const presets = `SELECT p.id, p.name, p.auto_assign, e.id, e.entity_type, e.operation
		FROM role_presets AS p LEFT JOIN role_permission_presets AS e ON e.role_preset_id = p.id
		WHERE p.scope_type = 'project' AND NOT p.deleted ORDER BY p.id, e.id`
	locked := 0
	batch := &pgx.Batch{}
	batch.Queue(lock, domains).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			locked++
		}
		return rows.Err()
	})
	batch.Queue(presets).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[rbacdb.ListRolePresetsWithEntriesRow])
		t = templateOf(all)
		return err
	})
	err = tx.SendBatch(ctx, batch).Close()
	if err == nil && locked != len(domains) {
		err = pgx.ErrNoRows
	}
	return t, err
}

// copied is the data of one COPY in the binary format (PostgreSQL manual, COPY,
// "Binary Format"). pgx's own CopyFrom asks for the columns' types first, which is
// a round trip more.
type copied struct {
	into string
	data []byte
}

func newCopy(into string) *copied {
	return &copied{into: into, data: append([]byte("PGCOPY\n\xff\r\n\x00"), make([]byte, 8)...)} // no flags, no extension
}

func (c *copied) row(fields uint16) { c.data = binary.BigEndian.AppendUint16(c.data, fields) }

func (c *copied) uuid(id pgtype.UUID) {
	c.data = append(binary.BigEndian.AppendUint32(c.data, uint32(len(id.Bytes))), id.Bytes[:]...)
}

func (c *copied) text(values ...string) {
	for _, v := range values {
		c.data = append(binary.BigEndian.AppendUint32(c.data, uint32(len(v))), v...)
	}
}

func (c *copied) textOrNull(v *string) {
	if v == nil {
		c.data = append(c.data, 0xff, 0xff, 0xff, 0xff)
		return
	}
	c.text(*v)
}

func (c *copied) bool(v bool) {
	c.data = append(c.data, 0, 0, 0, 1, 0)
	if v {
		c.data[len(c.data)-1] = 1
	}
}

func (c *copied) send(ctx context.Context, conn *pgx.Conn) error {
	c.data = append(c.data, 0xff, 0xff) // the trailer
	sql := fmt.Sprintf("COPY %s FROM STDIN (FORMAT binary)", c.into)
	_, err := conn.PgConn().CopyFrom(ctx, bytes.NewReader(c.data), sql)
	return err
}
