package runtime

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
	"github.com/specgen-dev/specgen/scope/internal/sqlstate"
)

// The savepoint has a name of its own. A savepoint of the same name within it
// hides it until it is released (PostgreSQL manual, SAVEPOINT, Notes), so calls
// nest. It is not pgx's: a pgx.Tx from Begin counts as closed even when its
// RELEASE or ROLLBACK was never sent, and would leave our rows in the caller's
// transaction.
const (
	setSavepoint        = "SAVEPOINT specgen"
	releaseSavepoint    = "RELEASE SAVEPOINT specgen"
	rollbackToSavepoint = "ROLLBACK TO SAVEPOINT specgen"

	// There is no such savepoint: the server then lets nothing but ROLLBACK
	// through, up to the savepoint that the caller set last, if any.
	refuseAll = "ROLLBACK TO SAVEPOINT specgen_was_released"
)

// commit commits, or releases the savepoint. A context that is done before, or a
// connection that is closed, is not an unknown outcome: nothing was sent, and the
// rollback is certain.
func (tx *Tx) commit(ctx context.Context) error {
	joined, phase := tx.runner.Joined(), tx.closingPhase()
	if err := ctx.Err(); err != nil {
		return tx.transactionError(ctx, phase, err)
	}
	if !tx.open {
		return nil // no statement was sent
	}
	if joined {
		// A lost answer is no unknown outcome here either: the caller has not
		// committed, and without the connection never will. An error behind the
		// completion has failed the caller's transaction, and our savepoint is
		// gone: a savepoint of its name is somebody else's.
		tag, err := tx.link.Exec(ctx, releaseSavepoint)
		tx.ended = err != nil && tx.answered(tag, err) == nil
		return tx.commitError(ctx, phase, err)
	}
	if conn := tx.link.Conn(); conn != nil && conn.IsClosed() {
		return tx.commitError(ctx, phase, pgconn.ErrConnClosed)
	}
	return tx.outcome(ctx, phase, tx.end(ctx))
}

// outcome says what the answer to COMMIT means.
func (tx *Tx) outcome(ctx context.Context, phase string, err error) error {
	if isUnknown(err) || tx.foreign != nil && mayFollowCommit(err) {
		e := tx.transactionError(ctx, phase, err)
		e.Own, e.Sentinel = nil, scope.ErrCommitUnknown
		return e
	}
	return tx.commitError(ctx, phase, err)
}

// isUnknown reports whether COMMIT may have taken effect in spite of err, which
// came without its tag ([Tx.answered]). These are the cases in which it has not:
//   - pgx knows that it sent nothing. Of a closed connection it says so too when
//     it was closed while pgx waited for the answer (MultiResultReader.NextResult
//     of pgx 5.12 drops the first error and asks again), so commit looks for a
//     closed connection itself, before;
//   - the server answered ROLLBACK, which is in the tag;
//   - the server answered with an error. An error before the point of commit
//     aborts the transaction, and what the server reports after it comes behind
//     the tag.
//
// Some answers are not proof although they arrive as errors: 40003
// statement_completion_unknown, of which the name says it and which CockroachDB
// sends; class 08, which no PostgreSQL sends of itself but proxies do when they
// lose the server (PgBouncer: 08P01 "server conn crashed?"), and a foreign
// server's loss before our commit may look like it; a FATAL error of class 58 or
// XX, by which other proxies tell that loss (pgcat: 58000); and PANIC, because the
// server is down.
func isUnknown(err error) bool {
	if err == nil || errors.Is(err, pgx.ErrTxCommitRollback) {
		return false
	}
	if pgconn.SafeToRetry(err) && !errors.Is(err, pgconn.ErrConnClosed) {
		return false
	}
	pgErr, ok := fault.As[*pgconn.PgError](err)
	if !ok {
		return true
	}
	class := pgErr.Code[:min(2, len(pgErr.Code))]
	return pgErr.Code == sqlstate.CompletionUnknown || class == sqlstate.ConnectionException || hasSeverity(pgErr, "PANIC") ||
		hasSeverity(pgErr, "FATAL") && (class == sqlstate.SystemError || class == sqlstate.InternalError)
}

// hasSeverity also reads what servers before 9.6 and some proxies send alone.
func hasSeverity(err *pgconn.PgError, severity string) bool {
	return err.SeverityUnlocalized == severity || err.Severity == severity
}

// mayFollowCommit reports whether err is one of those that the server reports
// behind the completion of COMMIT too: the connection is ended, or the statement
// is cancelled. It is for a pgx.Tx of another kind, whose Commit does not tell the
// tag. Where the tag is read, a statement_timeout in a deferred trigger is an
// error like any other.
func mayFollowCommit(err error) bool {
	pgErr, ok := fault.As[*pgconn.PgError](err)
	return ok && (strings.HasPrefix(pgErr.Code, sqlstate.OperatorIntervention) || hasSeverity(pgErr, "FATAL"))
}

// commitError says why the transaction was not committed, though every operation
// in it had succeeded. When a statement's error was dropped, that is the reason.
func (tx *Tx) commitError(ctx context.Context, phase string, err error) error {
	if err == nil {
		return nil
	}
	if tx.dropped == nil {
		return tx.transactionError(ctx, phase, err)
	}
	e := *tx.dropped
	e.Err = errors.Join(tx.dropped.Err, err)
	return &e
}

// transactionError is for what belongs to no step. If the transaction has one
// operation only, it is that operation's.
func (tx *Tx) transactionError(ctx context.Context, phase string, err error) *scope.Error {
	e := &scope.Error{Op: scope.OpTransaction, Phase: phase, Err: withContext(ctx, err)}
	if len(tx.ops) == 1 && tx.own.count() == 0 {
		e.Op, e.Scope = tx.ops[0].kind, tx.ops[0].scope
	} else {
		e.Parts = tx.parts()
	}
	setServerError(e, err, tx.constraints(err), tx.genericForCommit())
	return e
}

// parts names what the transaction is made of, each kind once.
func (tx *Tx) parts() []string {
	var parts []string
	for _, op := range tx.ops {
		if part := op.kind + " " + op.scope.Type; !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if tx.own.count() > 0 {
		parts = append(parts, "own queries")
	}
	return parts
}

// constraints returns those of the first operation that names the constraint in
// err. Operations of one type share them, and a constraint has one name in a
// schema, so more than one rarely does.
func (tx *Tx) constraints(err error) map[string]error {
	pgErr, ok := fault.As[*pgconn.PgError](err)
	if !ok {
		return nil
	}
	for _, op := range tx.ops {
		if _, own := named(pgErr, op.constraints); own != nil {
			return op.constraints
		}
	}
	return nil
}

// rollback undoes the attempt. The caller's context may be the reason for it, so
// it does not govern it: pgx would send nothing with a context that is done.
// Of our own transaction no error matters: the connection is closed then.
func (tx *Tx) rollback(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tx.runner.config.RollbackTimeout)
	defer cancel()
	if !tx.runner.Joined() {
		tx.abandon(ctx)
		return nil
	}
	tx.runner.dropHooks(tx.hooksBefore)
	if !tx.open {
		return nil
	}
	tx.own.leave(true) // a panic may have left rows open
	undo := rollbackToSavepoint
	if tx.ended { // a failure was found after RELEASE had travelled
		undo = refuseAll
	}
	if _, err := tx.link.Exec(ctx, undo); err != nil {
		// With its connection the transaction is gone. One that has ended has
		// none any more, and a pgx.Tx of the application's may not show it.
		if conn := tx.link.Conn(); !errors.Is(err, pgx.ErrTxClosed) && conn != nil && conn.IsClosed() {
			return nil
		}
		return err
	}
	// The savepoint itself is still there, with its memory and its name.
	_, err := tx.link.Exec(ctx, releaseSavepoint)
	return err
}

// withRollbackError warns the owner of the transaction that some of our work may
// still be in it.
func (tx *Tx) withRollbackError(err, rollbackErr error) error {
	e := tx.transactionError(context.Background(), "", err)
	e.Phase = "ROLLBACK TO SAVEPOINT failed, so the whole transaction must be rolled back"
	if first, ok := fault.As[*scope.Error](err); ok {
		e.Own, e.Sentinel = first.Own, first.Sentinel
	}
	e.Err = errors.Join(err, rollbackErr)
	return e
}
