package rbacfunc_test

import (
	"testing"

	"github.com/specgen-dev/specgen/examples/backendai/rbacfunc"
)

func TestPermissionBit(t *testing.T) {
	t.Parallel()
	for operation, want := range map[string]int16{
		"read": 1, "update": 2, "create": 4, "soft-delete": 8, "hard-delete": 16,
		"grant:all": 0, "grant:read": 0, "grant:update": 0, "grant:soft-delete": 0, "grant:hard-delete": 0,
	} {
		got, err := rbacfunc.PermissionBit(operation)
		if err != nil || got != want {
			t.Errorf("PermissionBit(%q) = %d, %v, want %d", operation, got, err, want)
		}
	}
}

func TestPermissionBitOfUnknownOperation(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"", "Read", "delete", "grant", "grant:", " read"} {
		if got, err := rbacfunc.PermissionBit(operation); err == nil {
			t.Errorf("PermissionBit(%q) = %d, want an error", operation, got)
		}
	}
}
