package scopetest

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// stepwise are the results of a batch whose statements are issued one by one.
// The pgx.BatchResults within it is there for methods that pgx may add.
type stepwise struct {
	pgx.BatchResults
	ctx   context.Context
	tx    stagedTx
	queue []*pgx.QueuedQuery
	open  pgx.Rows // of the statement issued last
	err   error    // of the statement that failed: the ones behind it fail too
}

// next returns the next statement of the batch.
func (s *stepwise) next() (*pgx.QueuedQuery, error) {
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

// settle ends the statement that was issued last.
func (s *stepwise) settle() {
	if s.open == nil {
		return
	}
	s.open.Close()
	if err := s.open.Err(); err != nil && s.err == nil {
		s.err = err
	}
	s.open = nil
}

func (s *stepwise) Exec() (pgconn.CommandTag, error) {
	q, err := s.next()
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := s.tx.Exec(s.ctx, q.SQL, q.Arguments...)
	s.err = err
	return tag, err
}

func (s *stepwise) Query() (pgx.Rows, error) {
	q, err := s.next()
	if err != nil {
		return failed(err).Query()
	}
	rows, err := s.tx.Query(s.ctx, q.SQL, q.Arguments...)
	if err != nil {
		s.err = err
		return rows, err
	}
	s.open = rows
	return rows, nil
}

func (s *stepwise) QueryRow() pgx.Row {
	rows, err := s.Query()
	return firstRow{rows, err}
}

// Close issues what is left, as a batch would have: the server executes it
// whether or not anybody reads the answers.
func (s *stepwise) Close() error {
	for s.settle(); s.err == nil && len(s.queue) > 0; {
		_, _ = s.Exec()
	}
	return s.err
}

// stoppingRows stop the transaction once they have been read.
type stoppingRows struct {
	pgx.Rows
	tx      stagedTx
	stopped bool
}

func (r *stoppingRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.stop()
	return false
}

func (r *stoppingRows) Close() {
	r.Rows.Close()
	r.stop()
}

func (r *stoppingRows) stop() {
	if !r.stopped {
		r.stopped = true
		r.tx.behind()
	}
}

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
