package scope_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
)

// A test of an application, which has a fake in the place of a Provider, makes the
// errors that it wants to see handled.
func TestErrorOfAFake(t *testing.T) {
	t.Parallel()
	errTaken := errors.New("name taken")
	for _, tc := range []struct {
		err  *scope.Error
		is   []error
		text string
	}{
		{&scope.Error{Op: scope.OpCreate, Scope: scope.Context{Type: "project"}, Sentinel: scope.ErrAlreadyExists},
			[]error{scope.ErrAlreadyExists}, "create project: already exists; choose another key, or use the row that is there"},
		{&scope.Error{Op: scope.OpCreate, Scope: scope.Context{Type: "project"}, Own: errTaken, Sentinel: scope.ErrAlreadyExists},
			[]error{errTaken, scope.ErrAlreadyExists}, "create project: name taken; choose another key, or use the row that is there"},
		{&scope.Error{Op: scope.OpTransaction, Phase: "COMMIT", Sentinel: scope.ErrCommitUnknown},
			[]error{scope.ErrCommitUnknown}, "transaction: COMMIT: the outcome of COMMIT is unknown; look whether the rows are there before you run it again"},
		{&scope.Error{Op: scope.OpPurge, Scope: scope.Context{Type: "domain", ID: "SECRET"}, Err: &scope.HasChildrenError{Type: "project", Count: 2}},
			[]error{scope.ErrHasChildren}, "purge domain: has children: 2 scopes of type project; purge the children first"},
		{&scope.Error{Op: scope.OpPurge, Step: "row", Query: "DeleteDomain", SQLState: "42501", Err: &pgconn.PgError{Code: "42501", Message: "SECRET"}},
			nil, "purge: step row (query DeleteDomain): the server reported an error (SQLSTATE 42501); grant the role what the query needs"},
	} {
		if tc.err.Error() != tc.text || strings.Contains(tc.err.Error(), "SECRET") {
			t.Errorf("text %q, want %q", tc.err, tc.text)
		}
		if encoded, err := json.Marshal(tc.err); err != nil || strings.Contains(string(encoded), "SECRET") && tc.err.Scope.ID == "" {
			t.Errorf("as JSON %s, %v", encoded, err)
		}
		for _, want := range tc.is {
			if !errors.Is(tc.err, want) {
				t.Errorf("%v is not %v", tc.err, want)
			}
		}
	}
}
