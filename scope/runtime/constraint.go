package runtime

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
	"github.com/specgen-dev/specgen/scope/internal/sqlstate"
)

// stepError says what err, from a step of op, means.
func (op *Op) stepError(ctx context.Context, s Step, err error) *scope.Error {
	e := &scope.Error{Op: op.kind, Scope: op.scope, Step: s.Name, Query: s.Query, Item: s.item, Err: withContext(ctx, err)}
	counted, isCount := fault.As[*scope.RowCountError](err)
	if errors.Is(err, pgx.ErrNoRows) || isCount && counted.Got == 0 {
		setMissing(e, s.Missing)
		return e
	}
	if children, ok := fault.As[*scope.HasChildrenError](err); ok {
		e.Own, e.Sentinel = children.Own, scope.ErrHasChildren
		return e
	}
	setServerError(e, err, op.constraints, genericForStep(s))
	if e.SQLState == sqlstate.ForeignKey && s.vanished(err) {
		e.Sentinel = scope.ErrConflict
	}
	return e
}

// vanished reports whether err is a violation of one of the foreign keys to rows
// that may be gone.
func (s Step) vanished(err error) bool {
	pgErr, ok := fault.As[*pgconn.PgError](err)
	if !ok || len(s.MayVanish) == 0 {
		return false
	}
	keys := make(map[string]error, len(s.MayVanish))
	for _, name := range s.MayVanish {
		keys[name] = scope.ErrConflict
	}
	_, conflict := named(pgErr, keys)
	return conflict != nil
}

// setMissing takes the specification's word for what an absent row means. The
// error is then not a scope.ErrNotFound as well, unless the specification's is: an
// absent parent must not read as an absent scope.
func setMissing(e *scope.Error, missing error) {
	if missing == nil {
		e.Sentinel = scope.ErrNotFound
		return
	}
	e.Own = missing
}

// setServerError copies what may be told of a *pgconn.PgError, and looks up
// what it means. The constraint's name is the better key; where the server gives
// none, or the specification has none, the SQLSTATE and the step remain.
func setServerError(e *scope.Error, err error, constraints map[string]error, foreignKey error) {
	pgErr, ok := fault.As[*pgconn.PgError](err)
	if !ok {
		return
	}
	e.SQLState, e.Table = pgErr.Code, pgErr.TableName
	e.Constraint, e.Own = named(pgErr, constraints)
	e.Sentinel = genericForState(pgErr.Code, foreignKey)
}

// named returns the constraint that the server names, and the specification's
// error for it, if any. A distributed PostgreSQL may leave the field empty, and
// name the constraint of a shard in the message: Citus appends the number of the
// shard. Of a message only a name is taken that the specification has.
func named(pgErr *pgconn.PgError, constraints map[string]error) (name string, own error) {
	switch {
	case pgErr.ConstraintName != "":
		return pgErr.ConstraintName, constraints[pgErr.ConstraintName]
	case !strings.HasPrefix(pgErr.Code, sqlstate.Integrity):
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
	case sqlstate.Unique, sqlstate.Exclusion:
		return scope.ErrAlreadyExists
	case sqlstate.ForeignKey:
		return foreignKey
	case sqlstate.Restrict:
		return scope.ErrInUse
	case sqlstate.NotNull, sqlstate.Check, sqlstate.TooLarge:
		return scope.ErrInvalid
	case sqlstate.Serialization, sqlstate.Deadlock, sqlstate.LockNotAvailable:
		return scope.ErrConflict
	}
	if strings.HasPrefix(state, sqlstate.DataException) {
		return scope.ErrInvalid
	}
	return nil
}

// genericForStep says which end of a foreign key is at fault. The server
// reports the same fields for both, and tells them apart only in its message,
// which is translated.
func genericForStep(s Step) error {
	if s.Deletes {
		return scope.ErrInUse
	}
	return scope.ErrParentNotFound
}

// genericForCommit does the same for a deferred foreign key, which fails at
// COMMIT: a transaction that only creates lacks a parent, one that only purges
// leaves a row that is still referred to, and in one that does both either may
// be the case, or neither: scope.ErrConflict says no more than that.
func (tx *Tx) genericForCommit() error {
	var creates, purges bool
	for _, op := range tx.ops {
		creates = creates || op.kind == scope.OpCreate
		purges = purges || op.kind == scope.OpPurge
	}
	switch {
	case tx.own.count() > 0: // it may be of a query of which nothing is known
		return scope.ErrConflict
	case creates && !purges:
		return scope.ErrParentNotFound
	case purges && !creates:
		return scope.ErrInUse
	default:
		return scope.ErrConflict
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
	if pgErr, ok := fault.As[*pgconn.PgError](err); ok && pgErr.Code == sqlstate.QueryCanceled {
		return errors.Join(ctxErr, err)
	}
	return err
}
