package runtime

import "testing"

func TestControlsTransaction(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]bool{
		"COMMIT":                  true,
		"-- name: X :exec\nEND":   true,
		"  /* a */ Begin":         true,
		"START TRANSACTION":       true,
		"ROLLBACK TO a":           true,
		"ABORT":                   true,
		"SAVEPOINT a":             true,
		"RELEASE a":               true,
		"PREPARE TRANSACTION 'a'": true,
		"SELECT 1; COMMIT":        true,
		"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE":     true,
		"SET LOCAL transaction_isolation = 'serializable'": true,

		"RESET transaction_isolation":                   true,
		`SET "transaction_isolation" TO 'serializable'`: true,

		"":                              false,
		";":                             false,
		"SELECT 'COMMIT'; SELECT 2":     false,
		"PREPARE a AS SELECT 1":         false,
		"SET LOCAL lock_timeout = '1s'": false,
		"SET LOCAL idle_in_transaction_session_timeout = 0":          false,
		"SET CONSTRAINTS ALL DEFERRED":                               false,
		"SHOW transaction_isolation":                                 false,
		"SELECT current_setting('transaction_isolation')":            false,
		"SELECT set_config('app.user', $1, true)":                    false,
		"DO $$ BEGIN NULL; END $$":                                   false,
		"UPDATE commit SET release = 1":                              false,
		"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END": false,
	} {
		if got := controlsTransaction(sql); got != want {
			t.Errorf("%q: %t, want %t", sql, got, want)
		}
	}
}
