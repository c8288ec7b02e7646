package runtime

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// controlsTransaction reports whether a query begins or ends the transaction, sets or
// leaves a savepoint, or changes the isolation level. Each would make wrong what the
// operations around it rest on: what was told to be written may be rolled back, and a
// purge may see too old a snapshot. A function cannot do it: it may not end the
// transaction, and the level cannot change once there is a snapshot.
func controlsTransaction(sql string) bool {
	words := lexSQL(sql)
	has := func(word string) bool {
		return slices.ContainsFunc(words, func(w sqlWord) bool { return w.text == word })
	}
	for i, w := range words {
		first := i == 0 || words[i-1].text == ";" && !has("atomic") // the body of a function has an END
		next := func(n int) string {
			if i+n < len(words) {
				return words[i+n].text
			}
			return ""
		}
		if !first {
			continue
		}
		switch w.text {
		case "begin", "start", "commit", "end", "abort", "rollback", "savepoint", "release":
			return true
		case "prepare":
			if next(1) == "transaction" {
				return true
			}
		case "set", "reset":
			what := next(1)
			if what == "local" || what == "session" {
				what = next(2)
			}
			if what == "transaction" || what == "transaction_isolation" || strings.Contains(strings.ToLower(sql), `"transaction_isolation"`) {
				return true
			}
		}
	}
	return false
}

// goesAlone reports whether a query cannot be part of a batch: it is several
// statements, or has arguments that are options.
func goesAlone(query *pgx.QueuedQuery) bool {
	if len(query.Arguments) > 0 {
		switch query.Arguments[0].(type) {
		case pgx.QueryExecMode, pgx.QueryResultFormats, pgx.QueryResultFormatsByOID:
			return true
		}
	}
	words := lexSQL(query.SQL)
	if n := len(words); n > 0 && words[n-1].text == ";" {
		words = words[:n-1]
	}
	return slices.ContainsFunc(words, func(w sqlWord) bool { return w.text == ";" })
}
