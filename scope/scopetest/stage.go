package scopetest

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/stepwise"
)

// Fault is how a statement fails.
type Fault int

const (
	// Refused: the server reports an error (42883) instead of executing the
	// statement, and the transaction has failed.
	Refused Fault = iota + 1
	// Lost: the server executes the statement, but its answer does not arrive.
	// The transaction could still be committed, and must not be.
	Lost
)

// String returns the name of the fault.
func (f Fault) String() string {
	switch f {
	case Refused:
		return "refused"
	case Lost:
		return "answer lost"
	default:
		return "no fault"
	}
}

// ErrLost is what an operation is told of a statement that failed as [Lost].
var ErrLost = errors.New("scopetest: the answer was lost on purpose")

// refusal fails in every query mode: there is no such function.
const refusal = "SELECT scopetest_refuses_this_statement()"

// stage is a scope.DB whose transactions issue their statements one by one, so
// that one of them can be made to fail, or the transaction can be stopped behind
// it. Statements are counted from 1 over all transactions of the stage, without
// BEGIN; COMMIT is one. ROLLBACK is not counted, and neither is what sets a
// savepoint: without it there is nothing to go back to.
type stage struct {
	pool  *pgxpool.Pool
	fault Fault
	at    int              // the statement that fails, or behind which it stops; 0 for none
	stop  func(pid uint32) // called behind statement at; nil to go on

	mu  sync.Mutex
	n   int  // statements so far
	hit bool // statement at was issued
	sql string
}

// Begin implements scope.DB.
func (s *stage) Begin(ctx context.Context) (pgx.Tx, error) { return s.BeginTx(ctx, pgx.TxOptions{}) }

// BeginTx is what a scope.DB needs to set the isolation level.
func (s *stage) BeginTx(ctx context.Context, opts pgx.TxOptions) (pgx.Tx, error) {
	tx, err := s.pool.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return s.tx(tx), nil
}

// tx stages a transaction, or a savepoint in it.
func (s *stage) tx(tx pgx.Tx) stagedTx {
	return stagedTx{Tx: tx, stage: s, pid: tx.Conn().PgConn().PID()}
}

func (s *stage) pause(pid uint32) {
	if s.stop != nil {
		s.stop(pid)
	}
}

// statements is how many were counted.
func (s *stage) statements() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// struck returns the text of the statement at which the stage did something.
func (s *stage) struck() (sql string, hit bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sql, s.hit
}

// count counts a statement, and reports whether it is the one.
func (s *stage) count(sql string) bool {
	if strings.HasPrefix(sql, "SAVEPOINT") || strings.HasPrefix(sql, "ROLLBACK") {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	if s.n != s.at {
		return false
	}
	s.hit, s.sql = true, sql
	return true
}

// stagedTx is a transaction of pgx, but for the methods that issue statements.
type stagedTx struct {
	pgx.Tx
	stage *stage
	pid   uint32 // of the server's process

	nested bool // it is a savepoint of pgx's, which no COMMIT ends
}

// behind is called when the statement that was struck has been executed.
func (t stagedTx) behind() { t.stage.pause(t.pid) }

func (t stagedTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if !t.stage.count(sql) {
		return t.Tx.Exec(ctx, sql, args...)
	}
	if t.stage.fault == Refused {
		return t.Tx.Exec(ctx, refusal)
	}
	tag, err := t.Tx.Exec(ctx, sql, args...)
	if t.stage.fault == Lost {
		return pgconn.CommandTag{}, lost(err)
	}
	t.behind()
	return tag, err
}

func (t stagedTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if !t.stage.count(sql) {
		return t.Tx.Query(ctx, sql, args...)
	}
	switch t.stage.fault {
	case Refused:
		return t.Tx.Query(ctx, refusal)
	case Lost:
		_, err := t.Tx.Exec(ctx, sql, args...)
		return failed(lost(err)).Query()
	}
	rows, err := t.Tx.Query(ctx, sql, args...)
	if err != nil {
		return rows, err
	}
	return &stoppingRows{Rows: rows, tx: t}, nil
}

func (t stagedTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := t.Query(ctx, sql, args...)
	return stepwise.Row(rows, err)
}

func (t stagedTx) CopyFrom(
	ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource,
) (int64, error) {
	if !t.stage.count("COPY " + table.Sanitize()) {
		return t.Tx.CopyFrom(ctx, table, columns, rows)
	}
	if t.stage.fault == Refused {
		_, err := t.Tx.Exec(ctx, refusal)
		return 0, err
	}
	n, err := t.Tx.CopyFrom(ctx, table, columns, rows)
	if t.stage.fault == Lost {
		return 0, lost(err)
	}
	t.behind()
	return n, err
}

// SendBatch issues the statements of the batch one by one, as their answers are
// asked for.
func (t stagedTx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return stepwise.Send(ctx, t, batch)
}

// Begin sets a savepoint of the caller's.
func (t stagedTx) Begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := t.Tx.Begin(ctx)
	if err != nil {
		return nil, err
	}
	inner := t.stage.tx(tx)
	inner.nested = true
	return inner, nil
}

// Commit fails for certain, whatever the fault: were its answer lost, nobody
// could tell what is in the database.
func (t stagedTx) Commit(ctx context.Context) error {
	struck := !t.nested && t.stage.count("COMMIT")
	if struck && t.stage.fault != 0 {
		// The server then answers ROLLBACK to COMMIT.
		_, _ = t.Tx.Exec(ctx, refusal)
	}
	err := t.Tx.Commit(ctx)
	if struck {
		t.behind()
	}
	return err
}

// lost is the error of a statement that was executed. An error of its own is not
// hidden: the test would then fail at another point than it says.
func lost(err error) error {
	if err != nil {
		return err
	}
	return ErrLost
}

// failed gives an error as rows and as a row.
func failed(err error) pgx.BatchResults { return pgx.FailedBatchResults(&pgx.Batch{}, err) }
