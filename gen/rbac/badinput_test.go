package rbac_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/internal/faultdb"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/schema"
	"github.com/specgen-dev/specgen/scope"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// modes are the ways in which pgx sends values: as text, or in binary.
func modes() []pgx.QueryExecMode {
	return []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol}
}

func poolIn(t *testing.T, pool *pgxpool.Pool, mode pgx.QueryExecMode) *pgxpool.Pool {
	t.Helper()
	config := pool.Config()
	config.ConnConfig.DefaultQueryExecMode = mode
	moded, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(moded.Close)
	return moded
}

// What a caller gives is stored as it is, or refused with an error that says
// what it is; then nothing is written.
func TestBadInput(t *testing.T) {
	t.Parallel()
	const marked = "Jane-Doe-1970"
	var null pgtype.UUID
	zero := pgtype.UUID{Valid: true}
	type call func(ctx context.Context, p *rbac.Provider, domain pgtype.UUID) (stored string, err error)
	domain := func(name string, description *string) call {
		return func(ctx context.Context, p *rbac.Provider, _ pgtype.UUID) (string, error) {
			res, err := p.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: name, Description: description})
			if err != nil {
				return "", err
			}
			return res.Row.Name, nil
		}
	}
	project := func(id *pgtype.UUID, name string) call {
		return func(ctx context.Context, p *rbac.Provider, domain pgtype.UUID) (string, error) {
			if id != nil {
				domain = *id
			}
			res, err := p.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: domain, Name: name})
			if err != nil {
				return "", err
			}
			return res.Row.Name, nil
		}
	}
	user := func(email string, fullName *string) call {
		return func(ctx context.Context, p *rbac.Provider, domain pgtype.UUID) (string, error) {
			res, err := p.CreateUser(ctx, rbac.UserCreatorSpec{DomainID: domain, Email: email, FullName: fullName})
			if err != nil {
				return "", err
			}
			return res.Row.Email, nil
		}
	}
	purge := func(id pgtype.UUID) call {
		return func(ctx context.Context, p *rbac.Provider, _ pgtype.UUID) (string, error) {
			res, err := p.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: id})
			if err != nil {
				return "", err
			}
			return fmt.Sprint(res.Found), nil
		}
	}
	for _, tc := range []struct {
		name string
		call call
		want string // stored; when refused is nil
		is   error
	}{
		{name: "a NUL byte", call: domain(marked+"\x00", nil), is: scope.ErrInvalid},
		{name: "a NUL byte in what may be NULL", call: domain("a", scope.Ptr(marked+"\x00")), is: scope.ErrInvalid},
		{name: "not UTF-8", call: domain(marked+"\xff", nil), is: scope.ErrInvalid},
		{name: "half a character", call: user(marked+"\xe2\x82", nil), is: scope.ErrInvalid},
		{name: "a surrogate", call: project(nil, marked+"\xed\xa0\x80"), is: scope.ErrInvalid},
		{name: "an empty name", call: domain("", nil), is: scope.ErrInvalid},
		{name: "a duplicate", call: domain("taken", nil), is: rbac.ErrDomainNameTaken},
		{name: "a parent that is not there", call: project(&zero, marked), is: scope.ErrParentNotFound},
		{name: "a parent that is not set", call: project(&null, marked), is: scope.ErrParentNotFound},
		{name: "a purge of no id", call: purge(null), is: scope.ErrInvalid},
		{name: "a purge of the zero id", call: purge(zero), want: "false"},
		{name: "a nil pointer", call: user("a@b", nil), want: "a@b"},
		{name: "an empty text that is not NULL", call: user("a@b", scope.Ptr("")), want: "a@b"},
		{name: "SQL", call: domain("'; DROP TABLE domains; --", nil), want: "'; DROP TABLE domains; --"},
		{name: "SQL with a backslash", call: domain(`\'; DROP TABLE domains; --`, nil), want: `\'; DROP TABLE domains; --`},
		{name: "a placeholder", call: project(nil, "$1 %s {0} ${input.name}"), want: "$1 %s {0} ${input.name}"},
		{name: "blanks and control characters", call: domain(" \t\r\n\v\x01\x7f ", nil), want: " \t\r\n\v\x01\x7f "},
		{name: "all planes", call: user("é\u202e𝔘\U0010ffff", nil), want: "é\u202e𝔘\U0010ffff"},
		{name: "quotes", call: domain("`\"'«»", nil), want: "`\"'«»"},
		// More than an index takes; without a key on it a megabyte is stored.
		{name: "a name of a megabyte", call: domain(incompressible(1<<20), nil), is: scope.ErrInvalid},
		{name: "a text of a megabyte", call: user("m@b", scope.Ptr(strings.Repeat("x", 1<<20))), want: "m@b"},
	} {
		for _, mode := range modes() {
			t.Run(tc.name+", "+mode.String(), func(t *testing.T) {
				t.Parallel()
				pool := pgtest.Pool(t, pgtest.Texts(schema.Files)...)
				taken, err := rbac.NewProvider(pool).CreateDomain(t.Context(), rbac.DomainCreatorSpec{Name: "taken"})
				if err != nil {
					t.Fatal(err)
				}
				before := snapshot(t, pool)
				moded := poolIn(t, pool, mode)
				got, err := tc.call(t.Context(), rbac.NewProvider(moded), taken.Row.ID)
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
				if diff := cmp.Diff(before, snapshot(t, pool)); diff != "" {
					t.Errorf("rows (-before +after):\n%s", diff)
				}
				// Nothing is left open: the same connections work on.
				if _, err := rbac.NewProvider(moded).CreateDomain(t.Context(), rbac.DomainCreatorSpec{Name: "next"}); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func snapshot(t *testing.T, pool *pgxpool.Pool) map[string][]string {
	t.Helper()
	rows, err := faultdb.Snapshot(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// incompressible is a text of n bytes that the server cannot make small.
func incompressible(n int) string {
	var b strings.Builder
	for x := uint64(1); b.Len() < n; {
		x = x*6364136223846793005 + 1442695040888963407
		fmt.Fprintf(&b, "%016x", x)
	}
	return b.String()[:n]
}
