package scope

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// sqlstates of the PostgreSQL manual, appendix A, that mean something to us.
const (
	stateRestrict            = "23001"
	stateNotNull             = "23502"
	stateForeignKey          = "23503"
	stateUnique              = "23505"
	stateCheck               = "23514"
	stateExclusion           = "23P01"
	stateSerialization       = "40001"
	stateCompletionUnknown   = "40003"
	stateDeadlock            = "40P01"
	stateLockNotAvailable    = "55P03"
	stateQueryCanceled       = "57014"
	classConnectionException = "08"
	classDataException       = "22"
)

// stepError says what err, from a step of op, means.
func (op *Op) stepError(ctx context.Context, s Step, err error) *Error {
	e := &Error{Op: op.kind, Scope: op.scope, Step: s.Name, Query: s.Query, item: s.item, cause: withContext(ctx, err)}
	counted, isCount := asType[*RowCountError](err)
	if errors.Is(err, pgx.ErrNoRows) || isCount && counted.Got == 0 {
		e.setMissing(s.Missing)
		return e
	}
	if children, ok := asType[*HasChildrenError](err); ok {
		e.own, e.generic = children.own, ErrHasChildren
		return e
	}
	e.setServerError(err, op.constraints, genericForStep(s))
	return e
}

// setMissing takes the specification's word for what an absent row means. The
// error is then not an ErrNotFound as well, unless the specification's is: an
// absent parent must not read as an absent scope.
func (e *Error) setMissing(missing error) {
	if missing == nil {
		e.generic = ErrNotFound
		return
	}
	e.own = missing
}

// setServerError copies what may be told of a *pgconn.PgError, and looks up
// what it means. The constraint's name is the better key; where the server gives
// none, or the specification has none, the SQLSTATE remains.
func (e *Error) setServerError(err error, constraints map[string]error, foreignKey error) {
	pgErr, ok := asType[*pgconn.PgError](err)
	if !ok {
		return
	}
	e.SQLState, e.Table, e.Constraint = pgErr.Code, pgErr.TableName, pgErr.ConstraintName
	e.generic = genericForState(pgErr.Code, foreignKey)
	if pgErr.ConstraintName != "" {
		e.own = constraints[pgErr.ConstraintName]
	}
}

// genericForState returns the sentinel for a SQLSTATE, nil if there is none.
func genericForState(state string, foreignKey error) error {
	switch state {
	case stateUnique, stateExclusion:
		return ErrAlreadyExists
	case stateForeignKey:
		return foreignKey
	case stateRestrict:
		return ErrInUse
	case stateNotNull, stateCheck:
		return ErrInvalid
	case stateSerialization, stateDeadlock, stateLockNotAvailable:
		return ErrConflict
	}
	if strings.HasPrefix(state, classDataException) {
		return ErrInvalid
	}
	return nil
}

// genericForStep says which end of a foreign key is at fault. The server
// reports the same fields for both, and tells them apart only in its message,
// which is translated.
func genericForStep(s Step) error {
	if s.Deletes {
		return ErrInUse
	}
	return ErrParentNotFound
}

// genericForCommit does the same for a deferred foreign key, which fails at
// COMMIT: a transaction that only creates lacks a parent, one that only purges
// leaves a row that is still referred to, and in one that does both either may
// be the case, or neither: ErrConflict says no more than that.
func (tx *Tx) genericForCommit() error {
	var creates, purges bool
	for _, op := range tx.ops {
		creates = creates || op.kind == OpCreate
		purges = purges || op.kind == OpPurge
	}
	switch {
	case creates && !purges:
		return ErrParentNotFound
	case purges && !creates:
		return ErrInUse
	default:
		return ErrConflict
	}
}

// withContext adds the context's error where the driver reports another one for
// it: a connection configured to cancel by request, and not by closing, gets
// query_canceled from the server.
func withContext(ctx context.Context, err error) error {
	ctxErr := ctx.Err()
	if ctxErr == nil || errors.Is(err, ctxErr) {
		return err
	}
	if pgErr, ok := asType[*pgconn.PgError](err); ok && pgErr.Code == stateQueryCanceled {
		return errors.Join(ctxErr, err)
	}
	return err
}
