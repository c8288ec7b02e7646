package scopetest

import "github.com/jackc/pgx/v5"

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
