// Package rbacfunc holds what Backend.AI's coordinators compute in Go rather than in SQL: the bit of an operation, and the
// name of a role. The functions have no effects and may be called again, from several goroutines.
package rbacfunc

import (
	"fmt"
	"strings"
)

// grantPrefix begins the operations that let a holder pass rights on. They are deprecated, and no bit stands for them.
const grantPrefix = "grant:"

// PermissionBit returns the bit that stands for an operation in a permission mask: read 1, update 2, create 4,
// soft-delete 8, hard-delete 16. A deprecated grant:… operation has no bit, which is 0. Any other operation is an error.
func PermissionBit(operation string) (int16, error) {
	switch operation {
	case "read":
		return 1, nil
	case "update":
		return 2, nil
	case "create":
		return 4, nil
	case "soft-delete":
		return 8, nil
	case "hard-delete":
		return 16, nil
	}
	if len(operation) > len(grantPrefix) && strings.HasPrefix(operation, grantPrefix) {
		return 0, nil
	}
	return 0, fmt.Errorf("operation %q has no permission bit", operation)
}
