// Package measure runs the peers in turn and takes their times.
package measure

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/bench/peer"
	"github.com/specgen-dev/specgen/bench/wire"
	"github.com/specgen-dev/specgen/bench/workload"
	"github.com/specgen-dev/specgen/internal/pglocal"
)

// Bench has every peer open, each on a database of its own.
type Bench struct {
	server *pglocal.Server
	lanes  []*lane
}

// lane is one peer: its database, the network in front of that, and a connection
// past the network to prepare and to check.
type lane struct {
	kind     peer.Kind
	database string
	peer     peer.Peer
	proxy    *wire.Proxy
	direct   *pgx.Conn
}

// Open makes the databases. Close removes them.
func Open(ctx context.Context, server *pglocal.Server, kinds []peer.Kind) (_ *Bench, err error) {
	b := &Bench{server: server}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close(ctx))
		}
	}()
	ddl, err := workload.Schema()
	if err != nil {
		return nil, err
	}
	template, err := server.Template(ctx, ddl...)
	if err != nil {
		return nil, err
	}
	for _, kind := range kinds {
		name := "specgen_bench_" + strings.ToLower(rand.Text())
		url, err := server.Clone(ctx, name, template)
		if err != nil {
			return nil, err
		}
		l := &lane{kind: kind, database: name}
		b.lanes = append(b.lanes, l)
		if err := l.open(ctx, url); err != nil {
			return nil, fmt.Errorf("opening %s: %w", kind.Name, err)
		}
	}
	return b, nil
}

// open gets as far as it can: close closes that.
func (l *lane) open(ctx context.Context, url string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return err
	}
	if l.direct, err = pgx.ConnectConfig(ctx, config); err != nil {
		return err
	}
	if l.proxy, err = wire.Listen(pgconn.NetworkAddress(config.Host, config.Port)); err != nil {
		return err
	}
	through := config.Copy()
	through.Host, through.Port = "127.0.0.1", l.proxy.Port()
	through.TLSConfig, through.Fallbacks = nil, nil
	l.peer, err = l.kind.Open(ctx, through)
	return err
}

func (l *lane) close(ctx context.Context) error {
	var errs []error
	if l.peer != nil {
		l.peer.Close()
	}
	if l.proxy != nil {
		errs = append(errs, l.proxy.Close())
	}
	if l.direct != nil {
		errs = append(errs, l.direct.Close(ctx))
	}
	return errors.Join(errs...)
}

// Trips returns how long an empty statement takes, in the median of some: past the
// network, and through it at a round-trip time. The difference at a round-trip time
// of zero is what the proxy itself costs.
func (b *Bench) Trips(ctx context.Context, rtt time.Duration) (direct, through time.Duration, err error) {
	l := b.lanes[0]
	config := l.direct.Config().Copy()
	config.Host, config.Port, config.TLSConfig, config.Fallbacks = "127.0.0.1", l.proxy.Port(), nil, nil
	l.proxy.SetRoundTripTime(rtt)
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = conn.Close(ctx) }() // nothing is under way
	if direct, err = trip(ctx, l.direct); err != nil {
		return 0, 0, err
	}
	through, err = trip(ctx, conn)
	return direct, through, err
}

func trip(ctx context.Context, conn *pgx.Conn) (time.Duration, error) {
	const times = 101
	var took []time.Duration
	for range times {
		began := time.Now()
		if err := conn.Ping(ctx); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}
	return percentile(took, 50), nil
}

// Close closes the peers and drops their databases.
func (b *Bench) Close(ctx context.Context) error {
	var errs []error
	for _, l := range b.lanes {
		errs = append(errs, l.close(ctx), b.server.Drop(ctx, l.database))
	}
	return errors.Join(errs...)
}
