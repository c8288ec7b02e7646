package main

import (
	"context"
	"fmt"
)

// rbac is the reference RBAC.
var rbac = scenario{
	cast: cast{
		"domain":  {"Domain", "Domains", `SELECT id FROM domains WHERE name = $1`},
		"project": {"Project", "Projects", `SELECT id FROM projects WHERE name = $1`},
		"user":    {"User", "Users", `SELECT id FROM users WHERE email = $1`},
	},
	seed: presetsOf("domain", 1) + presetsOf("project", 2) + presetsOf("user", 3) + presetsOf("other", 4),
	acts: func(w *world) {
		w.created("create d1", "domain", fields{"Name": "d1", "Description": "the first"})
		w.created("create d2", "domain", fields{"Name": "d2"})
		w.created("create d1 again", "domain", fields{"Name": "d1"})
		d1, d2 := w.id("domain", "d1"), w.id("domain", "d2")
		w.created("create p1", "project", fields{"DomainID": d1, "Name": "p1", "Description": "of the first"})
		w.created("create p1 again", "project", fields{"DomainID": d1, "Name": "p1"})
		w.created("create p without a parent", "project", fields{"DomainID": "aaaaaaaa-0000-4000-8000-00000000dead", "Name": "p"})
		w.created("create u1", "user", fields{"DomainID": d1, "Email": "u1", "FullName": "Una"})
		w.act("create p2 and p3", func(ctx context.Context) error {
			return w.createAll(ctx, &party{world: w}, "project", fields{"DomainID": d1, "Name": "p2"}, fields{"DomainID": d2, "Name": "p3"})
		})
		w.act("create u2 and u3", func(ctx context.Context) error {
			return w.createAll(ctx, &party{world: w}, "user", fields{"DomainID": d1, "Email": "u2"}, fields{"DomainID": d2, "Email": "u3"})
		})
		w.act("create d3 and d4", func(ctx context.Context) error {
			return w.createAll(ctx, &party{world: w}, "domain", fields{"Name": "d3"}, fields{"Name": "d4"})
		})
		w.sql("rights of others", `INSERT INTO permissions (id, role_id, scope_type, scope_id, entity_type, operation)
			SELECT gen_random_uuid(), role_id, 'other', scope_id, entity_type, operation FROM permissions`)
		w.sql("associations of others", `INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id, relation_type)
			SELECT gen_random_uuid(), 'other', scope_id, entity_type, entity_id, relation_type FROM association_scopes_entities`)
		w.sql("others as entities", `INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id, relation_type)
			SELECT gen_random_uuid(), 'elsewhere', scope_id, 'other', scope_id, 'ref' FROM association_scopes_entities WHERE scope_type IN ('domain', 'project', 'user') GROUP BY scope_id`)
		w.purged("domain", "d1")
		w.purged("project", "p1")
		w.purged("user", "u1")
		w.act("purge u2 and p2", func(ctx context.Context) error {
			if err := w.purgeAll(ctx, &party{world: w}, "user", w.id("user", "u2")); err != nil {
				return err
			}
			return w.purgeAll(ctx, &party{world: w}, "project", w.id("project", "p2"))
		})
		w.act("purge d1, and d3", func(ctx context.Context) error {
			return w.purgeAll(ctx, &party{world: w}, "domain", d1, w.id("domain", "d3"))
		})
		w.act("purge d1 again", func(ctx context.Context) error { return w.purge(ctx, &party{world: w}, "domain", d1) })

		edit := applying(`UPDATE role_presets SET name = name || ' (new)', auto_assign = NOT auto_assign`, `UPDATE role_permission_presets SET operation = operation || ' (new)'`)
		d4 := w.id("domain", "d4")
		w.race("create p4, and edit its presets", reading("role_presets", "role_permission_presets AS e"), creating("project", fields{"DomainID": d4, "Name": "p4"}), edit)
		w.race("create p5, and purge its domain", atTheEnd, creating("project", fields{"DomainID": d4, "Name": "p5"}), purging("domain", d4))
		w.race("create u5, and purge its domain early", behind(1), creating("user", fields{"DomainID": d2, "Email": "u5"}), purging("domain", d2))
		w.created("create d5", "domain", fields{"Name": "d5"})
		w.created("create d6", "domain", fields{"Name": "d6"})
		w.race("purge d5, and create a project in it", behind(1), purging("domain", w.id("domain", "d5")), creating("project", fields{"DomainID": w.id("domain", "d5"), "Name": "p6"}))
		w.race("purge d6, and create a user in it late", behind(3), purging("domain", w.id("domain", "d6")), creating("user", fields{"DomainID": w.id("domain", "d6"), "Email": "u6"}))
		for _, s := range []struct{ scope, name, table string }{{"project", "p4", "projects"}, {"user", "u3", "users"}} {
			id := w.id(s.scope, s.name)
			add := member(s.table, "id", fmt.Sprint(id), fmt.Sprintf(`INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id, relation_type)
				VALUES (gen_random_uuid(), '%s', '$id', 'document', gen_random_uuid()::text, 'ref')`, s.scope))
			w.race("purge "+s.name+", and add to it", behind(4), purging(s.scope, id), add)
		}
	},
}

// presetsOf are the presets of one type of scope: one of two entries, one that
// is given by itself, one without entries, and one that is deleted.
func presetsOf(scopeType string, n int) string {
	sql := ""
	for i, p := range []struct {
		name, assign, deleted string
		entries               []string
	}{{"admin", "false", "false", []string{"read", "create"}}, {"member", "true", "false", []string{"update"}}, {"guest", "false", "false", nil}, {"gone", "true", "true", []string{"read"}}} {
		id := fmt.Sprintf("aaaaaaaa-0000-4000-8000-0000000%d%d000", n, i)
		sql += fmt.Sprintf("INSERT INTO role_presets (id, scope_type, name, auto_assign, deleted) VALUES ('%s', '%s', '%s', %s, %s);\n", id, scopeType, p.name, p.assign, p.deleted)
		for _, operation := range p.entries {
			sql += fmt.Sprintf("INSERT INTO role_permission_presets (role_preset_id, entity_type, operation) VALUES ('%s', 'document', '%s');\n", id, operation)
		}
	}
	return sql
}
