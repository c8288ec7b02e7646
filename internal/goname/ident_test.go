package goname_test

import (
	"go/token"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/goname"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, exported, unexported, snake string
	}{
		{"role_preset_id", "RolePresetID", "rolePresetID", "role_preset_id"},
		{"RolePresetID", "RolePresetID", "rolePresetID", "role_preset_id"},
		{"role-preset-id", "RolePresetID", "rolePresetID", "role_preset_id"},
		{"user_ids", "UserIDs", "userIDs", "user_ids"},
		{"UserIDs", "UserIDs", "userIDs", "user_ids"},
		{"id", "ID", "id", "id"},
		{"HTTPServer", "HTTPServer", "httpServer", "http_server"},
		{"type", "Type", "type_", "type"},
		{"string", "String", "string_", "string"},
		{"2fa", "X2fa", "x2fa", "2fa"},
		{"größe", "Größe", "größe", "größe"},
		{"", "X", "x", ""},
	} {
		if got := goname.Exported(tc.name); got != tc.exported {
			t.Errorf("Exported(%q) = %q, want %q", tc.name, got, tc.exported)
		}
		if got := goname.Unexported(tc.name); got != tc.unexported {
			t.Errorf("Unexported(%q) = %q, want %q", tc.name, got, tc.unexported)
		}
		if got := goname.Snake(tc.name); got != tc.snake {
			t.Errorf("Snake(%q) = %q, want %q", tc.name, got, tc.snake)
		}
	}
}

func TestPluralAndSingular(t *testing.T) {
	t.Parallel()
	for singular, plural := range map[string]string{"role": "roles", "policy": "policies", "address": "addresses", "box": "boxes", "key": "keys"} {
		if got := goname.Plural(singular); got != plural {
			t.Errorf("Plural(%q) = %q, want %q", singular, got, plural)
		}
		if got := goname.Singular(plural); got != singular {
			t.Errorf("Singular(%q) = %q, want %q", plural, got, singular)
		}
	}
}

func TestNamer(t *testing.T) {
	t.Parallel()
	var n goname.Namer
	n.Reserve("err")
	var got []string
	for _, name := range []string{"err", "role", "role", "role2", "role"} {
		got = append(got, n.Unique(name))
	}
	if diff := cmp.Diff([]string{"err2", "role", "role2", "role22", "role3"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestType(t *testing.T) {
	t.Parallel()
	role := goname.Named("example.com/app/db", "db", "Role")
	list := role.PointerTo().SliceOf()
	if got := list.String(); got != "[]*db.Role" {
		t.Errorf("String is %s", got)
	}
	if !list.IsSlice() || list.IsPointer() || !list.Elem().IsPointer() || list.Elem().Elem() != role {
		t.Errorf("%v does not come apart as it was put together", list)
	}
	if elem := goname.Basic("string").Elem(); !elem.IsZero() {
		t.Errorf("a string has the element %v", elem)
	}
}

// FuzzIdentifiers: whatever the name, the result is an identifier, and no keyword.
func FuzzIdentifiers(f *testing.F) {
	for _, s := range []string{"role_id", "func", "É", "_", "a__b", "🙂", "9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !utf8.ValidString(name) {
			return // names come from valid UTF-8
		}
		if got := goname.Exported(name); !token.IsExported(got) && !startsWithoutCase(got) || !token.IsIdentifier(got) {
			t.Errorf("Exported(%q) = %q", name, got)
		}
		if got := goname.Unexported(name); !token.IsIdentifier(got) || goname.IsPredeclared(got) {
			t.Errorf("Unexported(%q) = %q", name, got)
		}
	})
}

// startsWithoutCase tells of letters that have no upper case, as in many scripts.
func startsWithoutCase(id string) bool {
	r, _ := utf8.DecodeRuneInString(id)
	return r > 127
}
