package emit

import (
	"fmt"

	"github.com/specgen-dev/specgen/internal/plan"
)

// comment is the comment of a method that runs an operation.
func (f operation) comment(on receiver, many bool) string {
	if on == onOps {
		return withinOps(f.named("", many))
	}
	return f.about(f, many)
}

// withinOps is the comment of a method of WriterOps.
func withinOps(name string) string {
	return fmt.Sprintf("%s is Provider.%[1]s within the transaction of ops.", name)
}

func (f operation) aboutCreate(many bool) string {
	if many {
		return fmt.Sprintf("%s creates several scopes of type %s, all of them or none: %s, in %s whatever their number. The results are in the order of specs. An error is a *scope.ItemError, which tells the item that failed where that can be told; what %s says of errors holds for all items together.",
			f.MethodForMany(), f.scope.Name, f.transaction(), flushCount(f.Plan), f.Method())
	}
	return fmt.Sprintf("%s creates %s with everything that belongs to it: %s. On an error nothing was written, unless the error is scope.ErrCommitUnknown, or a *scope.Error whose Committed is true: with that one the result is returned too%s. ctx governs every statement.",
		f.Method(), a(f.scope.Name), f.transaction(), f.lost())
}

func (f operation) aboutPurge(many bool) string {
	if many {
		return fmt.Sprintf("%s removes several scopes of type %s, all of them or none, as %s removes one, in %s whatever their number. They are locked in the order of their ids. The results are in the order of specs. An error is a *scope.ItemError, which tells the item that failed where that can be told.",
			f.MethodForMany(), f.scope.Name, f.Method(), flushCount(f.Plan))
	}
	return fmt.Sprintf("%s removes %s and everything that belongs to it: in a transaction of its own, or under a savepoint when the Provider joins a caller's, which must then be READ COMMITTED. A scope that is not there is no error: Found is false, and %s.%s ctx governs every statement.",
		f.Method(), a(f.scope.Name), f.Absent, f.stays())
}

// stays tells of a row that a purge may leave.
func (f operation) stays() string {
	if f.Stays == "" {
		return ""
	}
	return fmt.Sprintf(" When the row is there and is not to be purged, nothing is removed, and the error is %s.", f.Stays)
}

// lost says when a committed creation has no result.
func (f operation) lost() string {
	if f.Plan.Found == "" {
		return ""
	}
	return fmt.Sprintf(", unless its answers were lost. When COMMIT is not answered, %s looks whether the scope is there, and the creation is run again if it is not", f.Plan.Found)
}

// transaction says in what transaction a scope is created.
func (f operation) transaction() string {
	if f.Prepared != nil {
		return fmt.Sprintf("in a transaction of its own. When the Provider joins a caller's transaction it does nothing and returns scope.ErrPrepareFirst; call %s before that transaction, and %s in it", f.preparer(false), f.named("Prepared", false))
	}
	return "in a transaction of its own, or under a savepoint when the Provider joins a caller's"
}

func flushCount(c *plan.Coordinator) string {
	if len(c.Flushes) == 1 {
		return "one flush"
	}
	return fmt.Sprintf("%d flushes", len(c.Flushes))
}
