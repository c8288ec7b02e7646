// Package faultdb makes one statement of a transaction fail, to test that what a
// failure at any point leaves behind is nothing: [EachStatement] fails every
// statement of an operation in turn, and compares the database before and after.
package faultdb

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Fault is how a statement fails.
type Fault int

const (
	// Refused: the server reports an error instead of executing the statement,
	// and the transaction has failed.
	Refused Fault = iota + 1
	// Lost: the server executes the statement, but its answer does not arrive.
	// The transaction could still be committed, and must not be. Of a batch the
	// whole answer is lost.
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

// Faults returns every kind of fault.
func Faults() []Fault { return []Fault{Refused, Lost} }

// errLost is what an operation is told of a lost answer.
var errLost = errors.New("faultdb: the answer was lost on purpose")

const (
	// refusal fails in every query mode: there is no such function.
	refusal     = "SELECT faultdb_refuses()"
	refusalCode = "42883" // undefined_function
)

// IsInjected reports whether err is a fault made by this package.
func IsInjected(err error) bool {
	var pgErr *pgconn.PgError
	return errors.Is(err, errLost) || errors.Is(err, pgx.ErrTxCommitRollback) ||
		errors.As(err, &pgErr) && pgErr.Code == refusalCode
}

// beginner is what a DB runs on, such as a *pgxpool.Pool.
type beginner interface {
	BeginTx(ctx context.Context, opts pgx.TxOptions) (pgx.Tx, error)
}

// DB begins transactions in which the n-th statement fails; COMMIT counts as
// the last one. The count goes on from one transaction to the next. It has the
// methods of *pgxpool.Pool that begin transactions. It is not for concurrent use.
type DB struct {
	on    beginner
	fault Fault
	wait  int // statements still to be let through
	hit   bool
}

// New returns a DB on which the n-th statement, counted from 1, fails.
func New(on beginner, fault Fault, n int) *DB { return &DB{on: on, fault: fault, wait: n - 1} }

// Hit reports whether the statement that was to fail has been issued.
func (d *DB) Hit() bool { return d.hit }

// Begin begins a transaction.
func (d *DB) Begin(ctx context.Context) (pgx.Tx, error) { return d.BeginTx(ctx, pgx.TxOptions{}) }

// BeginTx begins a transaction with options.
func (d *DB) BeginTx(ctx context.Context, opts pgx.TxOptions) (pgx.Tx, error) {
	tx, err := d.on.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return faultyTx{Tx: tx, db: d}, nil
}

// strike counts one statement, and reports whether it is the one to fail.
func (d *DB) strike() bool {
	if d.hit {
		return false
	}
	if d.wait > 0 {
		d.wait--
		return false
	}
	d.hit = true
	return true
}
