package runtime_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pglocal"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// What a standby refuses is told with what to do: it has no serializable
// transactions, and none that write.
func TestHintsOfAStandby(t *testing.T) {
	t.Parallel()
	settings := []string{"wal_level=replica"}
	server, err := pglocal.StartOwn(t.Context(), pglocal.Config{Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	url, err := server.Create(t.Context(), "standby", notesSchema)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	var data string
	if err := pool.QueryRow(t.Context(), "SHOW data_directory").Scan(&data); err != nil {
		t.Fatal(err)
	}
	if err := server.End(t.Context(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "standby.signal"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := server.Restart(t.Context(), settings...); err != nil {
		t.Fatal(err)
	}
	pool.Reset()
	for level, hint := range map[pgx.TxIsoLevel]string{
		pgx.Serializable:   "connect to the primary, or ask for repeatable read",
		pgx.RepeatableRead: "connect to the primary, with a transaction that may write",
		pgx.ReadCommitted:  "connect to the primary, with a transaction that may write",
	} {
		for range 2 { // the second time, nothing is prepared
			err := single(t.Context(), runtime.NewRunner(pool, scope.WithIsolation(level)), func(ctx context.Context, op *runtime.Op) error {
				return writeNotes(op, &ids{}, 1, true)(ctx)
			})
			if err == nil || !strings.HasSuffix(err.Error(), hint) {
				t.Errorf("%s: %v", level, err)
			}
		}
	}
}
