package main

import (
	"context"
	"fmt"
)

// backendai is the schema of Backend.AI.
var backendai = scenario{
	cast: cast{
		"domain":             {"Domain", "Domains", `SELECT id FROM domains WHERE name = $1`},
		"project":            {"Project", "Projects", `SELECT id FROM groups WHERE name = $1`},
		"user":               {"User", "Users", `SELECT uuid FROM users WHERE username = $1`},
		"resource_group":     {"ResourceGroup", "ResourceGroups", `SELECT id FROM resource_groups WHERE name = $1`},
		"container_registry": {"ContainerRegistry", "ContainerRegistries", `SELECT id FROM container_registries WHERE name = $1`},
	},
	seed: `INSERT INTO project_resource_policies VALUES ('default'), ('other'); INSERT INTO user_resource_policies VALUES ('default');
		INSERT INTO domains (name, id, description, is_active, total_resource_slots, allowed_vfolder_hosts, allowed_docker_registries, dotfiles)
		VALUES ('closed', 'aaaaaaaa-0000-4000-8000-0000000000d0', 'closed', false, '{}', '{}', '{}', '\x90');
		INSERT INTO roles (id, name) VALUES ('aaaaaaaa-0000-4000-8000-0000000000e0', 'extra');` +
		presetsOf("domain", 1) + presetsOf("project", 2) + presetsOf("user", 3) + presetsOf("resource_group", 4) + presetsOf("container_registry", 5) + presetsOf("other", 6) +
		`UPDATE role_presets SET role_name_template = '{{scope.type}}-{{scope.name}}-x' WHERE name = 'admin';`,
	acts: func(w *world) {
		project := func(name, domain string) fields { return fields{"Name": name, "DomainName": domain} }
		user := func(name, domain string) fields {
			return fields{"Username": name, "Email": name + "@x", "DomainName": domain}
		}
		w.created("create d1", "domain", fields{"Name": "d1", "Description": "the first", "IntegrationID": "i"})
		w.created("create d2", "domain", fields{"Name": "d2"})
		w.created("create d1 again", "domain", fields{"Name": "d1"})
		w.created("create p1", "project", fields{"Name": "p1", "DomainName": "d1", "Description": "of the first", "ResourcePolicy": "other"})
		w.created("create p1 again", "project", project("p1", "d1"))
		w.created("create p in a closed domain", "project", project("p", "closed"))
		w.created("create u1", "user", fields{"Username": "u1", "Email": "u1@x", "DomainName": "d1", "FullName": "Una"})
		w.created("create g1", "resource_group", fields{"Name": "g1"})
		w.created("create c1", "container_registry", fields{"Name": "c1"})
		several := func(scope string, all ...fields) {
			w.act("create several of "+scope, func(ctx context.Context) error { return w.createAll(ctx, &party{world: w}, scope, all...) })
		}
		several("domain", fields{"Name": "d3"}, fields{"Name": "d4"})
		several("project", project("p2", "d1"), project("p3", "d2"))
		several("user", user("u2", "d1"), user("u3", "d2"))
		several("resource_group", fields{"Name": "g2"}, fields{"Name": "g3"})
		several("container_registry", fields{"Name": "c2"}, fields{"Name": "c3"})
		w.sql("rights of others", `INSERT INTO permissions (id, role_id, scope_type, scope_id, entity_type, operation, permission)
			SELECT uuid_generate_v4(), role_id, 'other', scope_id, entity_type, operation, permission FROM permissions`)
		w.sql("associations of others", `INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id)
			SELECT uuid_generate_v4(), 'other', scope_id, entity_type, entity_id FROM association_scopes_entities`)
		w.sql("others as entities", `INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id)
			SELECT uuid_generate_v4(), 'elsewhere', scope_id, 'other', scope_id FROM association_scopes_entities WHERE scope_type <> 'other' GROUP BY scope_id`)
		w.sql("nodes of others", `INSERT INTO virtual_scopes (id, scope_type, scope_id) SELECT uuid_generate_v4(), 'other', scope_id FROM virtual_scopes`)
		w.sql("members of others' nodes", `INSERT INTO entity_memberships (virtual_scope_id, entity_type, entity_id)
			SELECT id, 'other', scope_id FROM virtual_scopes WHERE scope_type = 'other'`)
		w.sql("bindings of others' nodes", `INSERT INTO scope_bindings (virtual_scope_id, scope_type, scope_id)
			SELECT id, 'other', scope_id FROM virtual_scopes WHERE scope_type = 'other'`)
		w.sql("a role of u1", `INSERT INTO user_roles (id, user_id, role_id) SELECT uuid_generate_v4(), uuid, 'aaaaaaaa-0000-4000-8000-0000000000e0' FROM users WHERE username = 'u1'`)
		w.sql("a member of p3", `INSERT INTO association_groups_users (id, user_id, group_id) SELECT uuid_generate_v4(), u.uuid, g.id FROM users AS u, groups AS g WHERE g.name = 'p3' AND u.username = 'u3'`)
		w.purged("domain", "d1")
		w.purged("project", "p3")
		w.purged("project", "p1")
		w.purged("user", "u1")
		w.purged("resource_group", "g1")
		w.purged("container_registry", "c1")
		all := func(scope string, names ...string) {
			var ids []any
			for _, name := range names {
				ids = append(ids, w.id(scope, name))
			}
			w.act("purge several of "+scope, func(ctx context.Context) error { return w.purgeAll(ctx, &party{world: w}, scope, ids...) })
		}
		all("project", "p2")
		all("user", "u2")
		all("resource_group", "g2")
		all("container_registry", "c2")
		d1 := w.id("domain", "d1")
		all("domain", "d1", "d3")
		w.act("purge d1 again", func(ctx context.Context) error { return w.purge(ctx, &party{world: w}, "domain", d1) })

		edit := applying(`UPDATE role_presets SET name = name || ' (new)', auto_assign = NOT auto_assign, role_name_template = NULL`, `UPDATE role_permission_presets SET entity_type = entity_type || ' (new)'`)
		d2, d4 := w.id("domain", "d2"), w.id("domain", "d4")
		w.race("create p4, and edit its presets", reading("role_presets", "role_permission_presets AS e"), creating("project", project("p4", "d4")), edit)
		w.race("create p5, and purge its domain", atTheEnd, creating("project", project("p5", "d4")), purging("domain", d4))
		w.race("create u5, and purge its domain early", behind(1), creating("user", user("u5", "d2")), purging("domain", d2))
		w.created("create d5", "domain", fields{"Name": "d5"})
		w.created("create d6", "domain", fields{"Name": "d6"})
		w.created("create d7", "domain", fields{"Name": "d7"})
		w.race("purge d5, and create a project in it", behind(1), purging("domain", w.id("domain", "d5")), creating("project", project("p6", "d5")))
		w.race("purge d6, and create a user in it late", behind(3), purging("domain", w.id("domain", "d6")), creating("user", user("u6", "d6")))
		w.race("create p7, and close its domain", behind(1), creating("project", project("p7", "d7")), applying(`UPDATE domains SET name = 'renamed' WHERE name = 'd7'`))
		for _, s := range []struct{ scope, name, table, key string }{
			{"project", "p4", "groups", "id"}, {"user", "u3", "users", "uuid"}, {"resource_group", "g3", "resource_groups", "id"}, {"container_registry", "c3", "container_registries", "id"},
		} {
			id := w.id(s.scope, s.name)
			add := member(s.table, s.key, fmt.Sprint(id), fmt.Sprintf(`INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id)
				VALUES (uuid_generate_v4(), '%s', '$id', 'document', gen_random_uuid()::text)`, s.scope))
			w.race("purge "+s.name+", and add to it", behind(5), purging(s.scope, id), add)
		}
		p5 := w.id("project", "p5")
		w.race("purge p5, and give it a member", behind(2), purging("project", p5),
			applying(fmt.Sprintf(`INSERT INTO association_groups_users (id, user_id, group_id) SELECT uuid_generate_v4(), uuid, '%v' FROM users WHERE username = 'u5'`, p5)))
	},
}
