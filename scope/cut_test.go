package scope_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pgproxy"
)

// atCommit says what happens to the COMMIT that a client sends.
type atCommit int

const (
	loseCommit  atCommit = iota + 1 // the server never gets it, and the connection is lost
	loseAnswer                      // the server gets it and answers, and the connection is lost
	holdAnswer                      // the answer does not arrive until the driver gives up
	proxyError                      // the server gets it and answers, and a proxy says that it lost the server
	unknownCode                     // the same, with 40003 statement_completion_unknown
)

// cuttingPool connects to the database of pool over connections on which the
// first COMMIT goes wrong. onHold, if any, is called when the answer is held.
func cuttingPool(t *testing.T, pool *pgxpool.Pool, how atCommit, onHold func()) *pgxpool.Pool {
	t.Helper()
	proxy, config := pgproxy.New(), pool.Config()
	proxy.Attach(config.ConnConfig)
	sent := false
	proxy.Set(func(m pgproxy.Message) pgproxy.Verdict {
		switch {
		case m.To == pgproxy.ToServer && m.Kind == 'Q' && strings.EqualFold(m.SQL, "commit"):
			sent = true
			if how == loseCommit {
				return pgproxy.Verdict{End: pgproxy.Cut}
			}
		case m.To == pgproxy.ToClient && sent:
			switch how {
			case holdAnswer:
				return pgproxy.Verdict{End: pgproxy.Hold, Then: onHold}
			case proxyError:
				return pgproxy.Verdict{End: pgproxy.Cut, Tell: pgproxy.ErrorResponse("FATAL", "08P01")}
			case unknownCode:
				return pgproxy.Verdict{End: pgproxy.Cut, Tell: pgproxy.ErrorResponse("FATAL", "40003")}
			default:
				return pgproxy.Verdict{End: pgproxy.Cut}
			}
		}
		return pgproxy.Verdict{}
	})
	cutting, err := pgxpool.NewWithConfig(context.WithoutCancel(t.Context()), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cutting.Close)
	return cutting
}
