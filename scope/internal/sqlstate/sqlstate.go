// Package sqlstate names the SQLSTATEs of the PostgreSQL manual, appendix A, that
// scope and scope/runtime know.
package sqlstate

import (
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// SQLSTATEs.
const (
	NotSupported         = "0A000"
	NoSuchStatement      = "26000"
	StatementExists      = "42P05"
	Restrict             = "23001"
	NotNull              = "23502"
	ForeignKey           = "23503"
	Unique               = "23505"
	Check                = "23514"
	Exclusion            = "23P01"
	Serialization        = "40001"
	CompletionUnknown    = "40003"
	Deadlock             = "40P01"
	TooLarge             = "54000"
	LockNotAvailable     = "55P03"
	QueryCanceled        = "57014"
	ConnectionException  = "08" // a class, as the others below
	OperatorIntervention = "57"
	SystemError          = "58"
	InternalError        = "XX"
	DataException        = "22"
	Integrity            = "23"
)

// IsChangedPlan reports whether err is the 0A000 of a prepared statement whose
// answer has other columns since a migration. The message is translated, and the
// name of the server's function is not.
func IsChangedPlan(err *pgconn.PgError) bool {
	return err.Code == NotSupported &&
		(err.Routine == "RevalidateCachedQuery" || strings.Contains(err.Message, "cached plan must not change result type"))
}
