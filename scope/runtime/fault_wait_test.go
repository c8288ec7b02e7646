package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/scope"
)

// The server ends a wait for a lock: nothing is written, and a caller's
// transaction stays usable.
func TestServerTimeouts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		setting, state, hint string
		is                   error
	}{
		{"statement_timeout", "57014", "took longer than statement_timeout", nil},
		{"lock_timeout", "55P03", "run the whole transaction again", scope.ErrConflict},
	} {
		for _, h := range []host{own, shared, joined} {
			t.Run(fmt.Sprintf("%s, %v", tc.setting, h), func(t *testing.T) {
				t.Parallel()
				f, w := newFaulty(t), works()[0]
				f.warm(t, h, w)
				// There is one connection, which keeps the setting.
				mustExec(t, f.pool, "SET "+tc.setting+" = '50ms'")
				unlock := f.lockDomain(t)
				o, done := f.during(t.Context(), t, h, w, nil)
				e := wantErr(t, o.err)
				if tc.is != nil {
					wantErr(t, o.err, tc.is)
				}
				if e.SQLState != tc.state || h != shared && e.Step != "parents.domain" || !strings.Contains(o.err.Error(), tc.hint) || !done.none() {
					t.Errorf("%v, %+v", o.err, done)
				}
				if errors.Is(o.err, scope.ErrCommitUnknown) || errors.Is(o.err, context.DeadlineExceeded) {
					t.Errorf("error %v", o.err)
				}
				unlock()
				mustExec(t, f.pool, "RESET "+tc.setting)
				f.recovers(t, tc.setting, false)
			})
		}
	}
}

// After a wait that the server ended, a caller goes on with its transaction.
func TestCallerGoesOnAfterTimeout(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	tx := outer(t, f.pool, pgx.TxOptions{})
	if _, err := tx.Exec(t.Context(), "SET LOCAL lock_timeout = '50ms'"); err != nil {
		t.Fatal(err)
	}
	unlock := f.lockDomain(t)
	_, err := rbac.NewProvider(tx).CreateProject(t.Context(), f.project())
	wantErr(t, err, scope.ErrConflict)
	unlock()
	if _, err := rbac.NewProvider(tx).CreateProject(t.Context(), f.project()); err != nil {
		t.Error(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Error(err)
	}
	if n := count(t, f.direct, "projects"); n != 1 {
		t.Errorf("%d projects", n)
	}
}

// lockDomain keeps creators in the base domain waiting until it is undone.
func (f *faulty) lockDomain(t *testing.T) (unlock func()) {
	t.Helper()
	tx := outer(t, f.direct, pgx.TxOptions{})
	var id pgtype.UUID
	if err := tx.QueryRow(t.Context(), "SELECT id FROM domains WHERE id = $1 FOR UPDATE", baseDomain).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

// A pool of which all connections are in use is told apart from a server that
// does not answer.
func TestPoolExhausted(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	held, err := f.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	expired, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	for ctx, cause := range map[context.Context]error{cancelled: context.Canceled, expired: context.DeadlineExceeded} {
		for name, call := range map[string]func() error{
			"create": func() error { _, err := f.rbac.CreateProject(ctx, f.project()); return err },
			"purge": func() error {
				_, err := f.rbac.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: baseDomain})
				return err
			},
			"WriterOps": func() error {
				return f.rbac.WriterOps(ctx, func(context.Context, *rbac.WriterOps) error {
					t.Error("the function ran without a connection")
					return nil
				})
			},
		} {
			e := wantErr(t, call(), scope.ErrPoolExhausted, cause)
			want := "transaction: waiting for a connection: all connections of the pool are in use; "
			if !strings.HasPrefix(e.Error(), want) || errors.Is(e, scope.ErrCommitUnknown) {
				t.Errorf("%s: %v", name, e)
			}
		}
	}
	held.Release()
	f.recovers(t, "an exhausted pool", false)

	// A call on the pool from within a transaction on it needs a second connection.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err = f.rbac.WriterOps(ctx, func(ctx context.Context, _ *rbac.WriterOps) error {
		_, err := f.rbac.CreateProject(ctx, f.project())
		return err
	})
	wantErr(t, err, scope.ErrPoolExhausted)
	f.recovers(t, "a nested call", false)
}
