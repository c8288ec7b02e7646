package driver_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
)

// mistake is one mistake in examples/saas/specgen.yaml: the first place of old
// becomes new. It has one message, with this code, on this line.
type mistake struct {
	old, new string
	code     string
	line     int
}

// mistakes are what people get wrong: names, places, types, brackets.
var mistakes = []mistake{
	{"sqlc: sqlc.yaml", "sqlc: sqlc.yml", "SG150", 4},
	{"context:\n", "contexts:\n", "SG011", 8},
	{"actor: {type: uuid,", "actor: {type: uid,", "SG213", 9},
	{"key: name", "key: nam", "SG205", 15},
	{"- {object: member, action: read}", "- {object: member, actoin: read}", "SG221", 23},
	{"params: [owners]", "params: [owner_ids]", "SG214", 32},
	{"for: builtin in $data.builtin_roles", "for: builtin in $data.builtin_role", "SG208", 34},
	{"{query: CreateRole, as: role, into: roles}", "{query: CreateRol, as: role, into: roles}", "SG201", 36},
	{"{query: CreateRole, as: role, into: roles}", "{query: CreateRole, as: rol, into: roles}", "SG401", 38},
	{"{query: CreateRole, as: role, into: roles}", "{query: CreateRole, as: role, into: role_list}", "SG204", 41},
	{"for: grant in $builtin.grants", "for: grant in $builtin.grant", "SG205", 37},
	{"for: grant in $builtin.grants", "for: builtin in $builtin.grants", "SG210", 37},
	{"for: grant in $builtin.grants", "for: row in $builtin.grants", "SG019", 37},
	{"for: owner in $owners\n        do:\n          - {query: CreateMember, with: {user_id: $owner,",
		"for: owners in $owners\n        do:\n          - {query: CreateMember, with: {user_id: $owners,", "SG210", 39},
	{"- {type: workspace, lock", "- {type: workspace, as: input, lock", "SG019", 125},
	{"do: [CreateRoleGrant]", "do: [CreateRoleGrants]", "SG201", 38},
	{"role_id: $roles.owner.id", "role_id: $roles.owners.id", "SG205", 41},
	{"joined_at: $now}", "joined_at: $now()}", "SG031", 41},
	{"joined_at: $now}", "joined: $now}", "SG214", 41},
	{"{query: CreateMember, with: {user_id: $owner,", "{query: CreateMember, with: {user_id: $builtin,", "SG204", 41},
	{"at: $now}}\n\nscopes", "at: $nwo}}\n\nscopes", "SG204", 52},
	{"params: [action]", "params: [actions]", "SG214", 50},
	{"owners: {type: \"[]uuid\", doc: The users", "owners: {type: \"[]uuuid\", doc: The users", "SG213", 58},
	{"row: CreateOrganisation", "row: CreateOrganization", "SG201", 59},
	{"{use: access, with: {owners: $input.owners}}", "{use: acess, with: {owners: $input.owners}}", "SG203", 61},
	{"{use: access, with: {owners: $input.owners}}", "{use: access, with: {owners: $input.owner}}", "SG204", 61},
	{"{use: access, with: {owners: $input.owners}}", "{use: access}", "SG401", 61},
	{"{use: audit, with: {action: create}}", "{use: audit, with: {action: create}", "SG002", 62},
	{"result: [roles]", "result: [role]", "SG215", 63},
	{"lock: LockOrganisationForPurge", "lock: LockOrganisation", "SG502", 65},
	{"scope: workspace, list", "scope: workspaces, list", "SG206", 67},
	{"with: {organisation_id: $scope.id}", "with: {organisation: $scope.id}", "SG214", 67},
	{"found: refuse", "found: refused", "SG026", 67},
	{"row: DeleteOrganisation", "row: DeleteWorkspace", "SG502", 71},
	{"keep: [audit_log]", "keep: [audit_logs]", "SG205", 72},
	{"      keep: [audit_log]\n    errors:\n      organisations", "    errors:\n      organisations", "SG510", 52},
	{"organisations_name_key: Err", "organisation_name_key: Err", "SG209", 74},
	{"organisations_name_key: ErrOrganisationNameTaken", "organisations_name_key: OrganisationNameTaken", "SG017", 74},
	{"organisation_id: {type: bigint,", "organisation_id: {type: uuid,", "SG301", 80},
	{"plan: {default: trial,", "plan: {default: trail,", "SG302", 81},
	{"lock: LockOrganisation, with: {id: $input.organisation_id}", "lock: LockOrganisation, with: {id: $input.organization_id}", "SG204", 85},
	{"$go.CheckSlug($input.slug)", "$go.CheckSlugs($input.slug)", "SG207", 87},
	{"$go.CheckSlug($input.slug)", "$go.CheckSlug($input.slug, 1)", "SG207", 87},
	{"trial_ends_at: $now + 336h", "trial_ends_at: $now + 14d", "SG036", 92},
	{"when: $input.default_environment", "when: $input.default_env", "SG204", 98},
	{"id: \"${input.slug}-default\"", "id: \"${input.slug-default}\"", "SG031", 99},
	{"{query: CountLiveSubscriptions, with: {workspace_id: $scope.id}", "{query: CountLiveSubscriptions, with: {workspace_id: $scope}", "SG205", 108},
	{"scope_id: $workspace.id}", "scope_id: $organisation.id}", "SG204", 131},
	{"where: {name: {in: [owner, editor]}}", "where: {nam: {in: [owner, editor]}}", "SG205", 133},
	{"  environment:\n    doc", "  provider:\n    doc", "SG206", 97},
}

// masked are pairs of which one hides the other: they are in one step, or one is
// about what the other leaves unknown.
var masked = [][2]string{
	{"for: row in $builtin.grants", "do: [CreateRoleGrants]"},
	{"{query: CreateRole, as: rol, into: roles}", "for: row in $builtin.grants"},
	{"contexts:\n", "actor: {type: uid,"},
	{"key: nam", "role_id: $roles.owners.id"},
	{"params: [owner_ids]", "{use: access}"},
	{"for: builtin in $data.builtin_role", "{query: CreateRole, as: rol, into: roles}"},
	{"for: builtin in $data.builtin_role", "for: grant in $builtin.grant"},
	{"for: builtin in $data.builtin_role", "role_id: $roles.owners.id"},
	{"{query: CreateRol, as: role, into: roles}", "role_id: $roles.owners.id"},
	{"{query: CreateRole, as: rol, into: roles}", "for: grant in $builtin.grant"},
	{"{query: CreateRole, as: rol, into: roles}", "do: [CreateRoleGrants]"},
	{"{query: CreateRole, as: role, into: role_list}", "role_id: $roles.owners.id"},
	{"row: CreateOrganization", "{use: access, with: {owners: $input.owner}}"},
	{"row: CreateOrganization", "row: DeleteWorkspace"},
	{"{use: acess, with: {owners: $input.owners}}", "{use: access, with: {owners: $input.owner}}"},
	{"{use: acess, with: {owners: $input.owners}}", "{use: access}"},
	{"{use: acess, with: {owners: $input.owners}}", "result: [role]"},
	{"{use: access, with: {owners: $input.owner}}", "{use: access}"},
	{"scope: workspaces, list", "with: {organisation: $scope.id}"},
	{"scope: workspaces, list", "found: refused"},
	{"with: {organisation: $scope.id}", "found: refused"},
	{"with: {organisation: $scope.id}", "organisations_name_key: OrganisationNameTaken"},
	{"found: refused", "scope_id: $organisation.id}"},
	{"organisations_name_key: OrganisationNameTaken", "scope_id: $organisation.id}"},
	{"when: $input.default_env", "  provider:\n    doc"},
	{"id: \"${input.slug-default}\"", "  provider:\n    doc"},
}

// hides reports whether nothing can be said of one of two mistakes while the other
// is there.
func hides(a, b mistake) bool {
	const organisation = 76 // the last line of what the scope and the shared blocks are
	for _, m := range []mistake{a, b} {
		if m.code == "SG510" && min(a.code, b.code) < "SG1" {
			return true // something is missing from the document
		}
		if m.code == "SG002" || m.code == "SG150" || m.code == "SG510" && max(a.line, b.line) <= organisation {
			return true // the rest is not read, or a scope with an error is not checked against the schema
		}
	}
	return slices.Contains(masked, [2]string{a.new, b.new})
}

// TestOneMessage makes each mistake, and each two of them: one message for each, the
// cause and not what follows from it.
func TestOneMessage(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(newModule(t), "saas")
	if err := os.CopyFS(dir, os.DirFS("../../examples/saas")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "specgen.yaml")
	text := string(readFile(t, path))
	told := func(changed string) (got []string, printed string) {
		writeFile(t, path, []byte(changed))
		g, err := driver.Generate(path)
		if err != nil {
			t.Fatal(err)
		}
		all := slices.DeleteFunc(g.Problems.Sorted(), func(p diag.Problem) bool { return p.Severity.OnRequest() })
		for _, p := range all {
			got = append(got, fmt.Sprintf("%s on line %d", p.Code, p.Pos.Line))
		}
		var b strings.Builder
		_ = diag.PrintText(&b, all, g.Source)
		return got, b.String()
	}
	for _, m := range mistakes {
		changed := strings.Replace(text, m.old, m.new, 1)
		if got, printed := told(changed); changed == text || !slices.Equal(got, []string{m.message(0)}) {
			t.Errorf("%q instead of %q: got %q, want %q:\n%s", m.new, m.old, got, m.message(0), printed)
		}
	}
	pairs := 0
	for i, a := range mistakes {
		for _, b := range mistakes[i+1:] {
			if hides(a, b) {
				continue
			}
			changed := strings.Replace(strings.Replace(text, a.old, a.new, 1), b.old, b.new, 1)
			if !strings.Contains(changed, a.new) || !strings.Contains(changed, b.new) || changed == strings.Replace(text, a.old, a.new, 1) || changed == strings.Replace(text, b.old, b.new, 1) {
				continue // they are of one place
			}
			pairs++
			want := []string{a.message(b.lines(text, a)), b.message(a.lines(text, b))}
			slices.Sort(want)
			got, printed := told(changed)
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%q and %q: got %q, want %q:\n%s", a.new, b.new, got, want, printed)
			}
		}
	}
	t.Logf("mistakes with one message each: %d; pairs with two: %d", len(mistakes), pairs)
}

// message is what is told of a mistake that other changes have moved down.
func (m mistake) message(moved int) string { return fmt.Sprintf("%s on line %d", m.code, m.line+moved) }

// lines is how many lines a mistake adds in front of another one.
func (m mistake) lines(text string, before mistake) int {
	if strings.Count(text[:strings.Index(text, m.old)], "\n")+1 < before.line {
		return strings.Count(m.new, "\n") - strings.Count(m.old, "\n")
	}
	return 0
}
