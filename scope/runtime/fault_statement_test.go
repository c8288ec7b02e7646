package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/pgproxy"
	"github.com/specgen-dev/specgen/scope"
)

// eachStatement does the work once for each of its statements, on a connection
// on which they are prepared. fault makes a rule for the n-th of them, and must
// say when that has come.
func (f *faulty) eachStatement(t *testing.T, h host, w work, fault func(n int, hit func(sql string)) (context.Context, pgproxy.Rule),
	judge func(what string, sql string, o outcome, done, whole change)) (statements int) {
	t.Helper()
	s := f.rehearse(t, h, w)
	for n := 0; ; n++ {
		f.warm(t, h, w)
		sql := ""
		ctx, rule := fault(n, func(s string) { sql = s })
		o, done := f.during(ctx, t, h, w, rule)
		if sql == "" {
			if o.err != nil || o.commit != nil || !done.equal(s.whole) {
				t.Fatalf("undisturbed: %v, %+v", o, done)
			}
			return n
		}
		what := fmt.Sprintf("statement %d, %.40s", n, sql)
		o.judge(t, what, h, done, s.whole)
		judge(what, sql, o, done, s.whole)
		f.recovers(t, what, false)
	}
}

// isFraming reports whether a statement begins or ends a transaction or a
// savepoint; callers reports whether it is one of a caller's.
func isFraming(sql string) bool {
	return strings.Contains(sql, "SAVEPOINT") || strings.HasPrefix(strings.ToUpper(sql), "BEGIN") || strings.ToUpper(sql) == "COMMIT"
}

func callers(h host, sql string) bool { return h == joined && (sql == "begin" || sql == "commit") }

const secret = "what the row says"

// The server reports an error at each statement, the first and the last of the
// transaction included.
func TestServerErrorAtEachStatement(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		state string
		is    error
		retry bool
	}{
		{"23505", scope.ErrAlreadyExists, false},
		{"40001", scope.ErrConflict, true},
		{"40P01", scope.ErrConflict, true},
		{"53100", nil, false},
		{"55P03", scope.ErrConflict, false},
		{"57014", nil, false},
	} {
		hosted(func(w work, h host) {
			t.Run(fmt.Sprintf("%s, %s, %v", tc.state, w.name, h), func(t *testing.T) {
				t.Parallel()
				retries := 0
				f := newFaulty(t, scope.WithObserver(func(_ context.Context, e scope.Event) {
					if e.Kind == scope.Retry {
						retries++
					}
				}))
				raise := pgproxy.Verdict{Run: pgproxy.Raise(tc.state, secret)}
				n := f.eachStatement(t, h, w, func(n int, hit func(string)) (context.Context, pgproxy.Rule) {
					retries = 0
					return t.Context(), pgproxy.Statement(n, raise, hit)
				}, func(what, sql string, o outcome, done, whole change) {
					switch {
					case callers(h, sql):
						return
					case tc.retry && h != joined:
						if o.err != nil || retries != 1 || !done.equal(whole) {
							t.Errorf("%s: %v after %d retries", what, o.err, retries)
						}
						return
					case o.err == nil || retries != 0 || !done.none():
						t.Errorf("%s: %v, %d retries, %+v", what, o.err, retries, done)
						return
					}
					e := wantErr(t, o.err)
					if tc.is != nil {
						wantErr(t, o.err, tc.is)
					}
					if e.SQLState != tc.state || e.Step == "" && !isFraming(sql) || strings.Contains(o.err.Error(), secret) {
						t.Errorf("%s: %v", what, o.err)
					}
					if errors.Is(o.err, scope.ErrCommitUnknown) {
						t.Errorf("%s: the server said that it failed: %v", what, o.err)
					}
				})
				if n < 5 {
					t.Errorf("only %d statements", n)
				}
			})
		})
	}
}

// When every attempt fails the same, the last failure is told.
func TestServerErrorAtEachAttempt(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"40001", "40P01"} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			f, w, times := newFaulty(t), works()[0], 0
			f.warm(t, own, w)
			o, done := f.during(t.Context(), t, own, w, func(m pgproxy.Message) pgproxy.Verdict {
				if !m.Runs() || !strings.Contains(m.SQL, "INSERT INTO permissions") {
					return pgproxy.Verdict{}
				}
				times++
				return pgproxy.Verdict{Run: pgproxy.Raise(state, secret)}
			})
			// All three rows of the second flush are sent each time; the first fails.
			if e := wantErr(t, o.err, scope.ErrConflict); times != 3*3 || e.SQLState != state || !done.none() {
				t.Errorf("%v after %d statements, %+v", o.err, times, done)
			}
			f.recovers(t, state, false)
		})
	}
}

// The server ends the connection at each statement: because it ran into that
// there, or because an administrator did so before.
func TestTerminatedAtEachStatement(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"within", "outside"} {
		hosted(func(w work, h host) {
			t.Run(fmt.Sprintf("%s, %s, %v", from, w.name, h), func(t *testing.T) {
				t.Parallel()
				f := newFaulty(t)
				f.eachStatement(t, h, w, func(n int, hit func(string)) (context.Context, pgproxy.Rule) {
					within := pgproxy.Statement(n, pgproxy.Verdict{Run: pgproxy.Terminate}, hit)
					if from == "within" {
						return t.Context(), within
					}
					return t.Context(), func(m pgproxy.Message) pgproxy.Verdict {
						if within(m).Run != "" {
							f.terminate(t, m.PID)
						}
						return pgproxy.Verdict{}
					}
				}, func(what, sql string, o outcome, done, _ change) {
					if callers(h, sql) {
						return
					}
					if o.err == nil || !done.none() {
						t.Errorf("%s: %v, %+v", what, o.err, done)
						return
					}
					e := wantErr(t, o.err)
					if unknown := errors.Is(o.err, scope.ErrCommitUnknown); from == "within" && (unknown || e.SQLState != "57P01") {
						t.Errorf("%s: %v", what, o.err)
					}
				})
			})
		})
	}
}

// terminate ends a process of the server and waits for its end.
func (f *faulty) terminate(t *testing.T, pid uint32) {
	var gone bool
	if err := f.direct.QueryRow(t.Context(), "SELECT pg_terminate_backend($1, 20000)", int32(pid)).Scan(&gone); err != nil || !gone {
		t.Errorf("terminating: %v", err)
	}
}

// The context is done at each statement: before the server gets it, and when the
// server has it, but not the request for answers behind.
func TestCancelledAtEachStatement(t *testing.T) {
	t.Parallel()
	for _, bytes := range []int{0, pgproxy.Whole} {
		hosted(func(w work, h host) {
			t.Run(fmt.Sprintf("%d bytes, %s, %v", bytes, w.name, h), func(t *testing.T) {
				t.Parallel()
				f := newFaulty(t)
				f.eachStatement(t, h, w, func(n int, hit func(string)) (context.Context, pgproxy.Rule) {
					ctx, cancel := context.WithCancel(t.Context())
					return ctx, pgproxy.Statement(n, pgproxy.Verdict{End: pgproxy.Hold, Bytes: bytes, Then: cancel}, hit)
				}, func(what, sql string, o outcome, _, _ change) {
					if callers(h, sql) {
						return
					}
					wantErr(t, o.err, context.Canceled)
				})
			})
		})
	}
}
