package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/examples/backendai/scopes"
	"github.com/specgen-dev/specgen/scope"
)

// Values that the schema has no room for are refused, and nothing is written; everything else is stored as it is.
func TestBadInput(t *testing.T) {
	t.Parallel()
	const marked = "Jane-Doe-1970"
	full := strings.Repeat("é", 64) // varchar counts characters
	registry := func(name string) func(context.Context, *scopes.Provider) (string, error) {
		return func(ctx context.Context, rbac *scopes.Provider) (string, error) {
			res, err := rbac.CreateContainerRegistry(ctx, scopes.ContainerRegistryCreatorSpec{Name: name})
			if err != nil {
				return "", err
			}
			return res.Row.Name, nil
		}
	}
	domain := func(spec scopes.DomainCreatorSpec) func(context.Context, *scopes.Provider) (string, error) {
		return func(ctx context.Context, rbac *scopes.Provider) (string, error) {
			res, err := rbac.CreateDomain(ctx, spec)
			if err != nil {
				return "", err
			}
			return res.Row.Name, nil
		}
	}
	user := func(spec scopes.UserCreatorSpec) func(context.Context, *scopes.Provider) (string, error) {
		return func(ctx context.Context, rbac *scopes.Provider) (string, error) {
			res, err := rbac.CreateUser(ctx, spec)
			if err != nil {
				return "", err
			}
			return res.Row.Username, nil
		}
	}
	for _, tc := range []struct {
		name string
		call func(context.Context, *scopes.Provider) (string, error)
		want string // stored; when there is no error
		is   error
	}{
		{name: "as long as varchar allows", call: registry(full), want: full},
		{name: "one character more", call: registry(full + "x"), is: scope.ErrInvalid},
		// PostgreSQL cuts blanks past the length (manual, section 8.3).
		{name: "blanks past the length", call: registry(full + "   "), want: full},
		{name: "a megabyte", call: registry(marked + strings.Repeat("x", 1<<20)), is: scope.ErrInvalid},
		{name: "a long text that may be NULL", call: domain(scopes.DomainCreatorSpec{Name: "a", Description: scope.Ptr(strings.Repeat(marked, 100))}), is: scope.ErrInvalid},
		{name: "NULL", call: domain(scopes.DomainCreatorSpec{Name: "a"}), want: "a"},
		{name: "a NUL byte", call: domain(scopes.DomainCreatorSpec{Name: marked + "\x00"}), is: scope.ErrInvalid},
		{name: "not UTF-8", call: registry(marked + "\xff"), is: scope.ErrInvalid},
		{name: "SQL", call: registry("'; DROP TABLE domains; --"), want: "'; DROP TABLE domains; --"},
		{name: "a template of a role's name", call: registry("{scope_id} $name %s"), want: "{scope_id} $name %s"},
		{name: "a parent that is not there", call: user(scopes.UserCreatorSpec{Username: "u", Email: "e", DomainName: marked}), is: scope.ErrParentNotFound},
		{name: "a parent's name with a NUL byte", call: user(scopes.UserCreatorSpec{Username: "u", Email: "e", DomainName: marked + "\x00"}), is: scope.ErrInvalid},
		{name: "a policy that is not there", call: user(scopes.UserCreatorSpec{Username: "u", Email: "e", DomainName: "default", ResourcePolicy: scope.Ptr(marked)}), is: scope.ErrParentNotFound},
		{name: "a purge of no id", call: func(ctx context.Context, rbac *scopes.Provider) (string, error) {
			_, err := rbac.PurgeDomain(ctx, scopes.DomainPurgerSpec{})
			return "", err
		}, is: scope.ErrInvalid},
		{name: "a purge of the zero id", call: func(ctx context.Context, rbac *scopes.Provider) (string, error) {
			res, err := rbac.PurgeDomain(ctx, scopes.DomainPurgerSpec{ID: pgtype.UUID{Valid: true}})
			if err != nil {
				return "", err
			}
			return fmt.Sprint(res.Found), nil
		}, want: "false"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			before := rowsOf(t, pool)
			got, err := tc.call(t.Context(), scopes.NewProvider(pool))
			if tc.is == nil {
				if err != nil || got != tc.want {
					t.Errorf("%q was stored, error %v, want %q", got, err, tc.want)
				}
				return
			}
			var e *scope.Error
			if !errors.Is(err, tc.is) || !errors.As(err, &e) || e.Step == "" {
				t.Errorf("error %v, want %v", err, tc.is)
			}
			if text := fmt.Sprintf("%v %+v %q", err, err, err); strings.Contains(text, marked) {
				t.Errorf("the text repeats a value: %s", text)
			}
			if diff := cmp.Diff(before, rowsOf(t, pool)); diff != "" {
				t.Errorf("rows (-before +after):\n%s", diff)
			}
		})
	}
}
