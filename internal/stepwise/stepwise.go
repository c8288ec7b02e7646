// Package stepwise sends the statements of a batch one by one, so that a test can
// come between two of them.
//
// The mutation test of internal/driver lays a copy of it out beside its program,
// which is a module of its own: it may import pgx alone.
package stepwise

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Sender sends one statement.
type Sender interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Send returns the results of a batch whose statements are sent as their answers
// are asked for. They are not for concurrent use.
func Send(ctx context.Context, to Sender, batch *pgx.Batch) pgx.BatchResults {
	return &results{BatchResults: failed(pgx.ErrTxClosed), ctx: ctx, to: to, queue: batch.QueuedQueries}
}

// results are those of a batch. The pgx.BatchResults within it is there for
// methods that pgx may add.
type results struct {
	pgx.BatchResults
	ctx   context.Context
	to    Sender
	queue []*pgx.QueuedQuery
	open  pgx.Rows // of the statement sent last
	err   error    // of the statement that failed: the ones behind it fail too
}

// next returns the next statement of the batch.
func (s *results) next() (*pgx.QueuedQuery, error) {
	s.settle()
	if s.err != nil {
		return nil, s.err
	}
	if len(s.queue) == 0 {
		return nil, pgx.ErrNoRows
	}
	q := s.queue[0]
	s.queue = s.queue[1:]
	return q, nil
}

// settle ends the statement that was sent last.
func (s *results) settle() {
	if s.open == nil {
		return
	}
	s.open.Close()
	if err := s.open.Err(); err != nil && s.err == nil {
		s.err = err
	}
	s.open = nil
}

func (s *results) Exec() (pgconn.CommandTag, error) {
	q, err := s.next()
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := s.to.Exec(s.ctx, q.SQL, q.Arguments...)
	s.err = err
	return tag, err
}

func (s *results) Query() (pgx.Rows, error) {
	q, err := s.next()
	if err != nil {
		return failed(err).Query()
	}
	rows, err := s.to.Query(s.ctx, q.SQL, q.Arguments...)
	if err != nil {
		s.err = err
		return rows, err
	}
	s.open = rows
	return rows, nil
}

func (s *results) QueryRow() pgx.Row {
	rows, err := s.Query()
	return Row(rows, err)
}

// Close sends what is left, as a batch would have: the server executes it
// whether or not anybody reads the answers.
func (s *results) Close() error {
	for s.settle(); s.err == nil && len(s.queue) > 0; {
		_, _ = s.Exec()
	}
	return s.err
}

func failed(err error) pgx.BatchResults { return pgx.FailedBatchResults(&pgx.Batch{}, err) }

// Row is the first row of rows that could be asked for, or not, as QueryRow
// returns it.
func Row(rows pgx.Rows, err error) pgx.Row { return firstRow{rows, err} }

// firstRow is a row that is read from rows, as pgx does it.
type firstRow struct {
	rows pgx.Rows
	err  error
}

func (r firstRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}
