// Million creates projects in one call, in one transaction, until they have a
// million rows, and says how long that took and how much memory it needed: of
// the client, each in a process of its own, and of the server's process for it.
//
//	go run ./million [-rows 1000000] [-impl specgen,specgen-rows]
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/bench/memory"
	"github.com/specgen-dev/specgen/bench/peer"
	"github.com/specgen-dev/specgen/bench/workload"
	"github.com/specgen-dev/specgen/internal/pglocal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	rows := flag.Int("rows", 1_000_000, "how many rows to write in one call, or a few more")
	impls := flag.String("impl", "specgen,specgen-rows,limit", "implementations, one after the other")
	url := flag.String("child", "", "where the child of this program finds its database")
	flag.Parse()
	run := func() error { return parent(ctx, *rows, strings.Split(*impls, ","), os.Stdout) }
	if *url != "" {
		run = func() error { return child(ctx, *url, *impls, *rows, os.Stdout) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "million:", err)
		stop()
		os.Exit(1)
	}
}

// rowsPerProject are those of a project of bulk: itself, and with 3 presets of 30
// entries 3 roles, 90 permissions and 4 associations.
const rowsPerProject = 98

func parent(ctx context.Context, rows int, impls []string, out io.Writer) (err error) {
	server, err := pglocal.Start(ctx)
	if err != nil {
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	ddl, err := workload.Schema()
	if err != nil {
		return err
	}
	template, err := server.Template(ctx, ddl...)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "impl\trows\tseconds\tclient_peak_mib\tserver_peak_mib\t")
	for n, impl := range impls {
		database := fmt.Sprintf("specgen_million_%d", n)
		url, err := server.Clone(ctx, database, template)
		if err != nil {
			return err
		}
		if err := measure(ctx, url, impl, rows, table); err != nil {
			return fmt.Errorf("%s: %w", impl, err)
		}
		if err := server.Drop(ctx, database); err != nil {
			return err
		}
	}
	return table.Flush()
}

// measure has a process of its own write the rows, and counts them.
func measure(ctx context.Context, url, impl string, rows int, out io.Writer) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // nothing is under way
	bulk, err := workload.Named("bulk")
	if err != nil {
		return err
	}
	if err := bulk.Reset(ctx, conn); err != nil {
		return err
	}
	const count = `SELECT (SELECT count(*) FROM projects) + (SELECT count(*) FROM roles) + (SELECT count(*) FROM permissions)
		+ (SELECT count(*) FROM association_scopes_entities)`
	var before, after int
	if err := conn.QueryRow(ctx, count).Scan(&before); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, "-child", url, "-impl", impl, "-rows", strconv.Itoa(rows))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	said, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, stderr.Bytes())
	}
	var took time.Duration
	var serverPeak int64
	if _, err := fmt.Sscan(string(said), &took, &serverPeak); err != nil {
		return fmt.Errorf("reading what the child said, %q: %w", said, err)
	}
	if err := conn.QueryRow(ctx, count).Scan(&after); err != nil {
		return err
	}
	if after-before < rows {
		return fmt.Errorf("%d rows were written, and %d were asked for", after-before, rows)
	}
	_, err = fmt.Fprintf(out, "%s\t%d\t%.1f\t%d\t%d\t\n", impl, after-before, took.Seconds(), memory.Peak(cmd.ProcessState)>>20, serverPeak>>20)
	return err
}

// child writes the rows in one call, and prints the time in nanoseconds and the
// peak of the server's process in bytes.
func child(ctx context.Context, url, impl string, rows int, out io.Writer) error {
	kinds := peer.Kinds()
	i := slices.IndexFunc(kinds, func(k peer.Kind) bool { return k.Name == impl })
	if i < 0 {
		return fmt.Errorf("-impl %s: there is no such implementation", impl)
	}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return err
	}
	const name = "million"
	config.RuntimeParams["application_name"] = name
	p, err := kinds[i].Open(ctx, config)
	if err != nil {
		return err
	}
	defer p.Close()
	projects := workload.Projects((rows + rowsPerProject - 1) / rowsPerProject)
	began := time.Now()
	if err := p.CreateProjects(ctx, projects); err != nil {
		return err
	}
	took := time.Since(began)
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // nothing is under way
	var pid int
	if err := conn.QueryRow(ctx, `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`, name).
		Scan(&pid); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, int64(took), memory.PeakOf(pid))
	return err
}
