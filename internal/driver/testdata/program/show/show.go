// Package show is what the scripts of the cases print with.
package show

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
)

// Fixed makes a Provider draw the ids f…01, f…02 and so on, and stops its clock,
// so that a case prints the same each time.
func Fixed() []scope.Option {
	var drawn atomic.Uint32
	id := func() scope.UUID {
		n := drawn.Add(1)
		return scope.UUID{0: 0xff, 14: byte(n >> 8), 15: byte(n)}
	}
	now := func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }
	return []scope.Option{scope.WithUUID(id), scope.WithClock(now)}
}

// UUID is the id 0…0n, for what a case puts into the database itself.
func UUID(n byte) pgtype.UUID { return pgtype.UUID{Bytes: [16]byte{15: n}, Valid: true} }

// Must ends the script on an error.
func Must[T any](v T, err error) T {
	OK(err)
	return v
}

// OK ends the script on an error.
func OK(err error) {
	if err != nil {
		panic(err)
	}
}

// SQL runs statements that the case needs beside its coordinators.
func SQL(ctx context.Context, pool *pgxpool.Pool, statements string) {
	_, err := pool.Exec(ctx, statements, pgx.QueryExecModeSimpleProtocol)
	OK(err)
}

// Rows prints the answer of a query, a row a line, as the server spells the
// values.
func Rows(ctx context.Context, pool *pgxpool.Pool, out io.Writer, sql string) {
	rows := Must(pool.Query(ctx, sql, pgx.QueryExecModeSimpleProtocol))
	defer rows.Close()
	var names []string
	for _, f := range rows.FieldDescriptions() {
		names = append(names, f.Name)
	}
	fmt.Fprintf(out, "[%s]\n", strings.Join(names, " | "))
	for rows.Next() {
		var values []string
		for _, v := range rows.RawValues() {
			if v == nil {
				values = append(values, "NULL")
			} else {
				values = append(values, string(v))
			}
		}
		fmt.Fprintln(out, strings.Join(values, " | "))
	}
	OK(rows.Err())
}

// JSON prints a value, such as a result.
func JSON(out io.Writer, label string, v any) {
	fmt.Fprintf(out, "%s: %s\n", label, Must(json.Marshal(v)))
}

var sentinels = []struct {
	name string
	err  error
}{
	{"ErrAlreadyExists", scope.ErrAlreadyExists}, {"ErrNotFound", scope.ErrNotFound}, {"ErrParentNotFound", scope.ErrParentNotFound},
	{"ErrHasChildren", scope.ErrHasChildren}, {"ErrInUse", scope.ErrInUse}, {"ErrInvalid", scope.ErrInvalid}, {"ErrConflict", scope.ErrConflict},
	{"ErrPrepareFirst", scope.ErrPrepareFirst}, {"ErrCommitUnknown", scope.ErrCommitUnknown}, {"ErrIsolation", scope.ErrIsolation},
}

// Error prints an error and which of package scope's errors it is. The error of
// a coordinator that must fail is given with its result, which must be nil.
func Error(out io.Writer, err error) {
	if err == nil {
		fmt.Fprintln(out, "NO ERROR")
		return
	}
	fmt.Fprint(out, "error: ", err)
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			fmt.Fprint(out, " [", s.name, "]")
		}
	}
	fmt.Fprintln(out)
}

// True ends the script unless a condition holds.
func True(ok bool) {
	if !ok {
		panic("what is to be true is not")
	}
}
