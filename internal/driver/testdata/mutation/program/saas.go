package main

import (
	"context"
	"fmt"
)

// saas is the service whose ids the server makes.
var saas = scenario{
	cast: cast{
		"organisation": {"Organisation", "Organisations", `SELECT id FROM organisations WHERE name = $1`},
		"workspace":    {"Workspace", "Workspaces", `SELECT id FROM workspaces WHERE slug = $1`},
		"environment":  {"Environment", "Environments", `SELECT id FROM environments WHERE id = $1`},
	},
	acts: func(w *world) {
		owners := []any{"aaaaaaaa-0000-4000-8000-000000000002", "aaaaaaaa-0000-4000-8000-000000000003"}
		workspace := func(slug string, organisation any) fields {
			return fields{"OrganisationID": organisation, "Slug": slug, "Name": "W " + slug, "Owners": owners}
		}
		w.created("create o1", "organisation", fields{"Name": "o1", "BillingEmail": "o1@x", "Owners": owners})
		w.created("create o2", "organisation", fields{"Name": "o2"})
		w.created("create o1 again", "organisation", fields{"Name": "o1", "Owners": owners})
		o1, o2 := w.id("organisation", "o1"), w.id("organisation", "o2")
		w.created("create w1", "workspace", fields{"OrganisationID": o1, "Slug": "w1", "Name": "first", "Description": "the first", "Plan": "team", "Owners": owners})
		w.created("create w2", "workspace", fields{"OrganisationID": o1, "Slug": "w2", "Name": "second", "DefaultEnvironment": false})
		w.created("create w1 again", "workspace", workspace("w1", o1))
		w.created("create a bad slug", "workspace", workspace("W!", o1))
		w.created("create w without a parent", "workspace", workspace("w", int64(4711)))
		w.created("create e1", "environment", fields{"ID": "e1", "WorkspaceID": w.id("workspace", "w1"), "Name": "E 1"})
		w.act("create o3 and o4", func(ctx context.Context) error {
			return w.createAll(ctx, &party{world: w}, "organisation", fields{"Name": "o3", "Owners": owners}, fields{"Name": "o4", "Owners": owners})
		})
		w.act("create w3 and w4", func(ctx context.Context) error {
			return w.createAll(ctx, &party{world: w}, "workspace", workspace("w3", o1), workspace("w4", o2))
		})
		w.act("create e2 and e3", func(ctx context.Context) error {
			w2 := w.id("workspace", "w2")
			return w.createAll(ctx, &party{world: w}, "environment", fields{"ID": "e2", "WorkspaceID": w2, "Name": "E 2"}, fields{"ID": "e3", "WorkspaceID": w2, "Name": "E 3"})
		})
		w.sql("roles of others", `INSERT INTO roles (scope_type, scope_id, name) SELECT DISTINCT 'other', scope_id, name FROM roles ORDER BY 2, 3`)
		w.sql("grants of others", `INSERT INTO role_grants (role_id, scope_type, scope_id, object, action)
			SELECT DISTINCT r.id, 'other', g.scope_id, g.object, g.action FROM role_grants AS g, (SELECT id FROM roles WHERE scope_type = 'other' ORDER BY id LIMIT 1) AS r`)
		w.sql("members of others", `INSERT INTO members (scope_type, scope_id, user_id, role_id, joined_at)
			SELECT DISTINCT 'other', m.scope_id, m.user_id, r.id, m.joined_at FROM members AS m, (SELECT id FROM roles WHERE scope_type = 'other' ORDER BY id LIMIT 1) AS r`)
		w.sql("subscriptions", `INSERT INTO subscriptions (workspace_id, status) SELECT id, (CASE slug WHEN 'w3' THEN 'past_due' ELSE 'ended' END)::subscription_status FROM workspaces`)
		w.purged("organisation", "o1")
		w.purged("environment", "e1")
		w.purged("environment", "e2")
		w.purged("workspace", "w3")
		w.purged("workspace", "w1")
		w.sql("the last subscription ends", `UPDATE subscriptions SET status = 'ended'`)
		w.act("purge e3", func(ctx context.Context) error { return w.purgeAll(ctx, &party{world: w}, "environment", "e3") })
		w.act("purge w2 and w3", func(ctx context.Context) error {
			return w.purgeAll(ctx, &party{world: w}, "workspace", w.id("workspace", "w2"), w.id("workspace", "w3"))
		})
		w.act("purge o1, and o3", func(ctx context.Context) error {
			return w.purgeAll(ctx, &party{world: w}, "organisation", o1, w.id("organisation", "o3"))
		})
		w.act("purge o1 again", func(ctx context.Context) error { return w.purge(ctx, &party{world: w}, "organisation", o1) })

		w4, o4 := w.id("workspace", "w4"), w.id("organisation", "o4")
		w.race("create e4, and take a role away", reading("roles"), creating("environment", fields{"ID": "e4", "WorkspaceID": w4, "Name": "E 4"}),
			applying(
				fmt.Sprintf(`DELETE FROM role_grants WHERE role_id = (SELECT id FROM roles WHERE scope_type = 'workspace' AND scope_id = '%v' AND name = 'editor')`, w4),
				fmt.Sprintf(`DELETE FROM roles WHERE scope_type = 'workspace' AND scope_id = '%v' AND name = 'editor'`, w4)))
		w.race("create w5, and purge its organisation", atTheEnd, creating("workspace", workspace("w5", o2)), purging("organisation", o2))
		w.race("create w6, and purge its organisation early", behind(1), creating("workspace", workspace("w6", o4)), purging("organisation", o4))
		w.race("create e5, and purge its workspace", behind(1), creating("environment", fields{"ID": "e5", "WorkspaceID": w4, "Name": "E 5"}), purging("workspace", w4))
		w5, w6 := w.id("workspace", "w5"), w.id("workspace", "w6")
		w.race("purge w5, and create an environment in it", behind(1), purging("workspace", w5), creating("environment", fields{"ID": "e6", "WorkspaceID": w5, "Name": "E 6"}))
		w.race("purge w6, and subscribe", behind(3), purging("workspace", w6), member("workspaces", "id", fmt.Sprint(w6), `INSERT INTO subscriptions (workspace_id, status) VALUES ($id, 'active')`))
		w.created("create o7", "organisation", fields{"Name": "o7"})
		w.race("purge o7, and create a workspace in it", behind(1), purging("organisation", w.id("organisation", "o7")), creating("workspace", workspace("w7", w.id("organisation", "o7"))))
		w.created("create o8", "organisation", fields{"Name": "o8"})
		w.created("create w8", "workspace", workspace("w8", w.id("organisation", "o8")))
		w.created("create e8", "environment", fields{"ID": "e8", "WorkspaceID": w.id("workspace", "w8"), "Name": "E 8"})
		w.race("purge e8, and add to it", behind(2), purging("environment", "e8"), member("environments", "id", "e8", `INSERT INTO role_grants (role_id, scope_type, scope_id, object, action)
			SELECT id, 'environment', '$id', 'a', 'b' FROM roles ORDER BY id LIMIT 1`))
	},
}
