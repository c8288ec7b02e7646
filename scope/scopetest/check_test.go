package scopetest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/scopetest"
)

// TestNothingIsLeftOutInSilence leaves out what invariants need, one at a time.
func TestNothingIsLeftOutInSilence(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	for _, tc := range []struct {
		field     string
		invariant scopetest.Invariant
		omit      func(s *projectScope)
	}{
		{"OtherType", scopetest.OtherTypeStays, func(s *projectScope) { s.OtherType = nil }},
		{"Presets", scopetest.PresetsAreWhole, func(s *projectScope) { s.Presets = nil }},
		{"PurgeAll", scopetest.OppositePurgesEnd, func(s *projectScope) { s.PurgeAll = nil }},
		{"Taken", scopetest.OneCreateWins, func(s *projectScope) { s.Taken = nil }},
		{"AddMember", scopetest.MembersGoToo, func(s *projectScope) { s.AddMember = nil }},
	} {
		t.Run(tc.field, func(t *testing.T) {
			s := projects(generated)
			tc.omit(&s)
			s.NotApplicable = except(tc.invariant)
			if err := outcome(t, pool, s, tc.invariant).Err; err == nil || !strings.Contains(err.Error(), "no "+tc.field) {
				t.Errorf("without %s: %v", tc.field, err)
			}
			s.NotApplicable[tc.invariant] = "it is left out on purpose"
			if o := outcome(t, pool, s, tc.invariant); o.Err != nil || o.NotApplicable == "" || len(o.Log) == 0 {
				t.Errorf("excused: %+v", o)
			}
			s.NotApplicable[tc.invariant] = ""
			if o := outcome(t, pool, s, tc.invariant); o.Err == nil {
				t.Error("excused without a reason, and that is fine")
			}
			s = projects(generated)
			s.NotApplicable = except(tc.invariant)
			s.NotApplicable[tc.invariant] = "it is not left out at all"
			if o := outcome(t, pool, s, tc.invariant); o.Err == nil {
				t.Error("excused although it can be tried, and that is fine")
			}
		})
	}
}

// Whether there is residue is seen by trying: a scope that has some is not excused.
func TestResidueIsExcusedWhereThereIsNone(t *testing.T) {
	t.Parallel()
	s := projects(generated)
	s.NotApplicable = except(scopetest.CreateIsAtomic)
	o := outcome(t, newPool(t), s, scopetest.ResidueIsCleaned)
	if o.Err == nil || !strings.Contains(o.Err.Error(), "can be tried") {
		t.Errorf("%+v", o)
	}
}

func TestIncompleteScopes(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	for want, change := range map[string]func(s *projectScope){
		"no ID, Table":     func(s *projectScope) { s.ID, s.Table = nil, "" },
		"no Create, Purge": func(s *projectScope) { s.Create, s.Purge = nil, nil },
		"no Parent":        func(s *projectScope) { s.Parent = nil },
		"only Archive":     func(s *projectScope) { s.Presets.Update = "" },
		"lacks CreateMany": func(s *projectScope) { s.CreateMany = nil },
		"has bulk":         func(s *projectScope) { s.NotApplicable = map[scopetest.Invariant]string{scopetest.InBulk: "no"} },
	} {
		s := projects(generated)
		change(&s)
		for _, o := range scopetest.Check(t.Context(), pool, s) {
			if o.Err == nil || !strings.Contains(o.Err.Error(), want) {
				t.Errorf("%s: %s: %v", want, o.Invariant, o.Err)
			}
		}
	}
}

// TestTooFewConnections is about a pool on which two transactions that meet could
// not be watched.
func TestTooFewConnections(t *testing.T) {
	t.Parallel()
	config := newPool(t).Config()
	config.MaxConns = 3
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	for _, o := range scopetest.Check(t.Context(), pool, projects(generated)) {
		if o.Err == nil || !strings.Contains(o.Err.Error(), "give it 4") {
			t.Errorf("%s: %v", o.Invariant, o.Err)
		}
	}
}

// except excuses every invariant but one, as far as they can be.
func except(one scopetest.Invariant) map[scopetest.Invariant]string {
	excused := map[scopetest.Invariant]string{}
	for _, i := range scopetest.Invariants() {
		if i != one {
			excused[i] = "not of interest here"
		}
	}
	return excused
}

func outcome(t *testing.T, pool *pgxpool.Pool, s scopetest.Subject, want scopetest.Invariant) scopetest.Outcome {
	t.Helper()
	for _, o := range scopetest.Check(t.Context(), pool, s) {
		if o.Invariant == want {
			return o
		}
	}
	t.Fatalf("there is no outcome of: %s", want)
	return scopetest.Outcome{}
}

const itemSQL = `CREATE TABLE item (name text)`

// TestFailEach has a function of two statements, and three that are wrong.
func TestFailEach(t *testing.T) {
	t.Parallel()
	insertTwo := func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO item VALUES ('one')`); err != nil {
			return err
		}
		var name string
		return tx.QueryRow(ctx, `INSERT INTO item VALUES ('two') RETURNING name`).Scan(&name)
	}
	for _, fault := range []scopetest.Fault{scopetest.Refused, scopetest.Lost} {
		t.Run(fault.String(), func(t *testing.T) {
			t.Parallel()
			n, err := scopetest.FailEach(t.Context(), pgtest.Pool(t, itemSQL), fault, func(ctx context.Context, db scope.DB) error {
				return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error { return insertTwo(ctx, tx) })
			})
			if n != 3 || err != nil {
				t.Errorf("%d statements failed in turn, %v; want 3 with COMMIT", n, err)
			}
		})
	}
	for want, run := range map[string]func(ctx context.Context, db scope.DB) error{
		"no statement": func(context.Context, scope.DB) error { return nil },
		"without a failure": func(ctx context.Context, db scope.DB) error {
			return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
				return errors.Join(insertTwo(ctx, tx), errors.New("an error of its own"))
			})
		},
		"not as they were": func(ctx context.Context, db scope.DB) error { // two transactions
			for range 2 {
				if err := pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error { return insertTwo(ctx, tx) }); err != nil {
					return err
				}
			}
			return nil
		},
		"reported as a success": func(ctx context.Context, db scope.DB) error {
			_ = pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error { return insertTwo(ctx, tx) })
			return nil
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			_, err := scopetest.FailEach(t.Context(), pgtest.Pool(t, itemSQL), scopetest.Refused, run)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want one that says %q", err, want)
			}
		})
	}
}
