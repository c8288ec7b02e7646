package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// scenario is what callers of a project do, one act after the other, so that
// every step, condition and lock of its specification matters to some row.
type scenario struct {
	cast cast
	seed string
	acts func(w *world)
}

// cast says how the scopes of a project are called in Go, and found in SQL.
type cast map[string]struct{ one, many, find string }

var scenarios = map[string]scenario{"rbac": rbac, "backendai": backendai, "saas": saas}

// transaction is work of the application, on a connection of its own.
func (p *party) transaction(ctx context.Context, statements ...string) error {
	tx, err := p.Begin(ctx)
	if err != nil {
		return err
	}
	for _, s := range statements {
		if _, err := tx.Exec(ctx, s); err != nil {
			return errors.Join(err, tx.Rollback(ctx))
		}
	}
	return tx.Commit(ctx)
}

// member adds something to a scope, as an application does that keeps the scope
// from being purged meanwhile.
func member(table, key, id, insert string) func(ctx context.Context, db *party) error {
	return func(ctx context.Context, db *party) error {
		tx, err := db.Begin(ctx)
		if err != nil {
			return err
		}
		var found int
		if err := tx.QueryRow(ctx, fmt.Sprintf(`SELECT 1 FROM %s WHERE %s = '%s' FOR KEY SHARE`, table, key, id)).Scan(&found); err != nil {
			return errors.Join(err, tx.Rollback(ctx))
		}
		if _, err := tx.Exec(ctx, strings.ReplaceAll(insert, "$id", id)); err != nil {
			return errors.Join(err, tx.Rollback(ctx))
		}
		return tx.Commit(ctx)
	}
}

// creating and purging are what a party of a race does.
func creating(scopeName string, f fields) func(ctx context.Context, db *party) error {
	return func(ctx context.Context, db *party) error { return db.create(ctx, db, scopeName, f) }
}

func purging(scopeName string, id any) func(ctx context.Context, db *party) error {
	return func(ctx context.Context, db *party) error { return db.purge(ctx, db, scopeName, id) }
}

// applying is a transaction of the application as a party of a race.
func applying(statements ...string) func(ctx context.Context, db *party) error {
	return func(ctx context.Context, db *party) error { return db.transaction(ctx, statements...) }
}
