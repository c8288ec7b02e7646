package rbacfunc_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/examples/backendai/rbacfunc"
)

// preset is what RoleName is given of a row of role_presets.
type preset struct {
	id, name string
	template *string
}

func (p preset) roleName(t testing.TB, scopeType, scopeName string) string {
	t.Helper()
	var id pgtype.UUID
	if err := id.Scan(p.id); err != nil {
		t.Fatalf("preset id %q: %v", p.id, err)
	}
	return rbacfunc.RoleName(p.template, p.name, id, scopeType, scopeName)
}

// TestContainerRegistryPresets takes the presets of seed/presets.sql that were made to be traps.
func TestContainerRegistryPresets(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		trap   string
		preset preset
		want   string
	}{
		{
			trap:   "template names an undefined variable",
			preset: preset{"c0000000-0000-4000-8000-000000000005", "cr_undefined_var", text("{{ scope.unknown }}-x")},
			want:   "cr_undefined_var-c0000000000040008000000000000005",
		},
		{
			trap:   "template is not closed",
			preset: preset{"c0000000-0000-4000-8000-000000000006", "cr_syntax", text("{{ scope.name -x")},
			want:   "cr_syntax-c0000000000040008000000000000006",
		},
		{
			trap:   "template renders to a blank",
			preset: preset{"c0000000-0000-4000-8000-000000000007", "cr_blank", text("{{ ' ' }}")},
			want:   "cr_blank-c0000000000040008000000000000007",
		},
		{
			trap: "template renders to more than 64 characters",
			preset: preset{"c0000000-0000-4000-8000-000000000008", "cr_overlong",
				text("{{ scope.name }}-" + strings.Repeat("m", 70))},
			want: "cr_overlong-c0000000000040008000000000000008",
		},
		{
			trap:   "name has 64 characters already",
			preset: preset{"c0000000-0000-4000-8000-000000000009", strings.Repeat("p", 64), nil},
			want:   strings.Repeat("p", 31) + "-c0000000000040008000000000000009",
		},
		{
			trap:   "no template",
			preset: preset{"c0000000-0000-4000-8000-00000000000a", "cr_grant", nil},
			want:   "cr_grant-c000000000004000800000000000000a",
		},
	} {
		t.Run(tc.trap, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, tc.preset.roleName(t, "container_registry", "cr.backend.ai")); diff != "" {
				t.Errorf("name (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFallbacksDiffer takes presets of one name, and such whose names differ only where they are cut.
func TestFallbacksDiffer(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 63)
	seen := map[string]int{}
	for i, p := range []preset{
		{"c0000000-0000-4000-8000-000000000003", "rg_twin", nil},
		{"c0000000-0000-4000-8000-000000000004", "rg_twin", nil},
		{"d0000000-0000-4000-8000-000000000004", "rg_twin", nil},
		{"c0000000-0000-4000-9000-000000000004", "rg_twin", nil},
		{"c0000000-0000-4000-8000-000000000005", long + "1", nil},
		{"c0000000-0000-4000-8000-000000000006", long + "2", nil},
		{"c0000000-0000-4000-8000-000000000007", "", nil},
		{"c0000000-0000-4000-8000-000000000008", "", nil},
	} {
		name := p.roleName(t, "resource_group", "default")
		if first, ok := seen[name]; ok {
			t.Errorf("presets %d and %d both give %q", first, i, name)
		}
		seen[name] = i
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	const id = "b0000000-0000-4000-8000-000000000001"
	const fallback = "p-b0000000000040008000000000000001"
	for _, tc := range []struct{ template, want string }{
		{"{{scope.type}}-{{scope.name}}-admin", "project-vision-admin"},
		{"{{ scope.name }}-member", "vision-member"},
		{"{{\t\nscope.name\u00a0}}", "vision"},
		{"plain", "plain"},
		{" around {{ scope.name }} ", " around vision "},
		{"{{ 'x' }}{{ \"y\" }}{{''}}", "xy"},
		{"{{ 'scope.name' }}", "scope.name"},
		{"{{ 'say \"hi\"' }}", `say "hi"`},
		{"{{ '}}' }}-{{ '{{ scope.name }}' }}", "}}-{{ scope.name }}"},
		{"{ {scope.name} }}", "{ {scope.name} }}"},
		{strings.Repeat("é", 64), strings.Repeat("é", 64)},

		{"", fallback},
		{" \t", fallback},
		{"{{ ' ' }}{{ \"\" }}", fallback},
		{"{{}}", fallback},
		{"{{ }}", fallback},
		{"{{", fallback},
		{"{{ scope.name }", fallback},
		{"{{ scope.name -x", fallback},
		{"{{ scope.id }}", fallback},
		{"{{ Scope.Name }}", fallback},
		{"{{ scope . name }}", fallback},
		{"{{ scope.name scope.type }}", fallback},
		{"{{ {{ scope.name }} }}", fallback},
		{"{{{ scope.name }}}", fallback},
		{"{{ 'x }}", fallback},
		{"{{ 'x\" }}", fallback},
		{"{{ 'x' 'y' }}", fallback},
		{"{{ 'x'", fallback},
		{strings.Repeat("é", 65), fallback},
	} {
		t.Run(fmt.Sprintf("%q", tc.template), func(t *testing.T) {
			t.Parallel()
			p := preset{id, "p", &tc.template}
			if diff := cmp.Diff(tc.want, p.roleName(t, "project", "vision")); diff != "" {
				t.Errorf("name (-want +got):\n%s", diff)
			}
		})
	}
}

// TestScopeNameIsNotATemplate checks that what a user calls a scope is never read as a template.
func TestScopeNameIsNotATemplate(t *testing.T) {
	t.Parallel()
	p := preset{"b0000000-0000-4000-8000-000000000001", "p", text("{{ scope.name }}-admin")}
	if diff := cmp.Diff("{{ scope.type }}-admin", p.roleName(t, "project", "{{ scope.type }}")); diff != "" {
		t.Errorf("name (-want +got):\n%s", diff)
	}
}

// FuzzRoleName checks what the column requires, of any template and any names.
func FuzzRoleName(f *testing.F) {
	f.Add("{{ scope.name }}-admin", "project_admin", "vision")
	f.Add("{{ scope.name -x", strings.Repeat("ü", 64), "")
	f.Add("{{ '}}' }}{{ \"{{\" }}", "", "{{ scope.name }}")
	f.Fuzz(func(t *testing.T, template, presetName, scopeName string) {
		p := preset{"c0000000-0000-4000-8000-000000000005", presetName, &template}
		name := p.roleName(t, "project", scopeName)
		if n := utf8.RuneCountInString(name); n > 64 {
			t.Errorf("%q has %d characters", name, n)
		}
		if strings.TrimSpace(name) == "" {
			t.Errorf("%q is blank", name)
		}
	})
}

// text returns a pointer to s, as sqlc scans a text that may be NULL.
func text(s string) *string { return &s }
