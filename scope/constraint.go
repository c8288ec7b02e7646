package scope

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// sqlstates of the PostgreSQL manual, appendix A, that mean something to us.
const (
	stateNotSupported         = "0A000"
	stateNoSuchStatement      = "26000"
	stateStatementExists      = "42P05"
	stateRestrict             = "23001"
	stateNotNull              = "23502"
	stateForeignKey           = "23503"
	stateUnique               = "23505"
	stateCheck                = "23514"
	stateExclusion            = "23P01"
	stateSerialization        = "40001"
	stateCompletionUnknown    = "40003"
	stateDeadlock             = "40P01"
	stateTooLarge             = "54000"
	stateLockNotAvailable     = "55P03"
	stateQueryCanceled        = "57014"
	classConnectionException  = "08"
	classOperatorIntervention = "57"
	classSystemError          = "58"
	classInternalError        = "XX"
	classDataException        = "22"
	classIntegrity            = "23"
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
	e.again = err == errChanged
	e.setServerError(err, op.constraints, genericForStep(s))
	if e.SQLState == stateForeignKey && s.vanished(err) {
		e.generic, e.again = ErrConflict, true
	}
	return e
}

// vanished reports whether err is a violation of one of the foreign keys to rows
// that may be gone.
func (s Step) vanished(err error) bool {
	pgErr, ok := asType[*pgconn.PgError](err)
	if !ok || len(s.MayVanish) == 0 {
		return false
	}
	keys := make(map[string]error, len(s.MayVanish))
	for _, name := range s.MayVanish {
		keys[name] = ErrConflict
	}
	_, conflict := named(pgErr, keys)
	return conflict != nil
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
// none, or the specification has none, the SQLSTATE and the step remain.
func (e *Error) setServerError(err error, constraints map[string]error, foreignKey error) {
	pgErr, ok := asType[*pgconn.PgError](err)
	if !ok {
		return
	}
	e.SQLState, e.Table = pgErr.Code, pgErr.TableName
	e.Constraint, e.own = named(pgErr, constraints)
	e.generic = genericForState(pgErr.Code, foreignKey)
}

// named returns the constraint that the server names, and the specification's
// error for it, if any. A distributed PostgreSQL may leave the field empty, and
// name the constraint of a shard in the message: Citus appends the number of the
// shard. Of a message only a name is taken that the specification has.
func named(pgErr *pgconn.PgError, constraints map[string]error) (name string, own error) {
	switch {
	case pgErr.ConstraintName != "":
		return pgErr.ConstraintName, constraints[pgErr.ConstraintName]
	case !strings.HasPrefix(pgErr.Code, classIntegrity):
		return "", nil
	}
	for name, err := range constraints {
		if mentions(pgErr.Message, name, false) {
			return name, err
		}
	}
	for name, err := range constraints {
		if mentions(pgErr.Message, name, true) {
			return name, err
		}
	}
	return "", nil
}

// mentions reports whether a message has a name that is not part of a longer
// one; with shard, whether it has it with an underscore and digits behind it.
// Which quotes are around it depends on the server's language.
func mentions(message, name string, shard bool) bool {
	for at := 0; name != ""; {
		i := strings.Index(message[at:], name)
		if i < 0 {
			return false
		}
		before, after := message[:at+i], message[at+i+len(name):]
		if shard {
			digits := strings.TrimLeft(strings.TrimPrefix(after, "_"), "0123456789")
			if len(after)-len(digits) < 2 || after[0] != '_' {
				digits = name // part of a longer name
			}
			after = digits
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		first, _ := utf8.DecodeRuneInString(after)
		if !inName(last) && !inName(first) {
			return true
		}
		at += i + 1
	}
	return false
}

func inName(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// genericForState returns the sentinel for a SQLSTATE, nil if there is none.
func genericForState(state string, foreignKey error) error {
	switch state {
	case stateUnique, stateExclusion:
		return ErrAlreadyExists
	case stateForeignKey:
		return foreignKey
	case stateRestrict:
		return ErrInUse
	case stateNotNull, stateCheck, stateTooLarge:
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
