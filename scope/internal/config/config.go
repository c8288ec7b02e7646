// Package config holds what the options of scope set and scope/runtime reads. It
// is apart from both, so that neither shows it to users.
package config

import (
	"time"

	"github.com/jackc/pgx/v5"
)

// Provider is the configuration of a provider. Observer and UUID are types of
// scope, which imports this package.
type Provider[Observer any, UUID ~[16]byte] struct {
	Attempts        int
	Observer        Observer
	Isolation       pgx.TxIsoLevel
	NewUUID         func() UUID
	Clock           func() time.Time
	RollbackTimeout time.Duration
}

// Tx is the configuration of one transaction.
type Tx struct{ Isolation pgx.TxIsoLevel }
