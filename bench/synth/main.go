// Synth measures the generator: it writes projects of several sizes, and runs
// sqlc and specgen on each, in turn. It runs in the module of the benchmarks.
//
//	go run ./synth [-scopes 10,100] [-n 3]
//	go run ./synth -scopes 40 -write DIR
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
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/specgen-dev/specgen/bench/memory"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	sizes := flag.String("scopes", "10,100", "sizes of the projects, in scopes of ten queries")
	rounds := flag.Int("n", 3, "how often each program is run on each project")
	write := flag.String("write", "", "write a project of the first size into this directory, and measure nothing")
	flag.Parse()
	if *write != "" {
		if err := writeOnly(*write, *sizes); err != nil {
			fmt.Fprintln(os.Stderr, "synth:", err)
			stop()
			os.Exit(1)
		}
		return
	}
	if err := run(ctx, *sizes, *rounds, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "synth:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, sizes string, rounds int, out io.Writer) (err error) {
	if rounds < 1 {
		return fmt.Errorf("-n %d: it is a number of runs", rounds)
	}
	scopes, err := counts(sizes)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "specgen-synth-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	programs, err := build(ctx, dir)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "scopes\tqueries\tprogram\tmedian_ms\tpeak_mib\t")
	for _, n := range scopes {
		project := filepath.Join(dir, fmt.Sprintf("project-%d", n))
		if err := writeProject(project, n); err != nil {
			return err
		}
		costs, err := compete(ctx, project, programs, rounds)
		if err != nil {
			return err
		}
		for i, p := range programs {
			fmt.Fprintf(table, "%d\t%d\t%s\t%d\t%d\t\n", n, n*queriesPerScope, p.name,
				median(costs[i]).Milliseconds(), peak(costs[i])>>20)
		}
	}
	return table.Flush()
}

// counts reads the sizes of projects.
func counts(sizes string) ([]int, error) {
	var scopes []int
	for _, text := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-scopes %s: %q is no number of scopes", sizes, text)
		}
		scopes = append(scopes, n)
	}
	return scopes, nil
}

// writeOnly writes one project, without what sqlc generates.
func writeOnly(dir, sizes string) error {
	scopes, err := counts(sizes)
	if err != nil {
		return err
	}
	return writeProject(dir, scopes[0])
}

// program is one of the generators.
type program struct {
	name string
	path string
}

// build makes both: specgen of this checkout, and the sqlc of its tools. specgen
// reads what sqlc wrote, so it comes second.
func build(ctx context.Context, dir string) ([]program, error) {
	specgen := filepath.Join(dir, "specgen")
	if _, err := output(ctx, "go", "build", "-C", "..", "-o", specgen, "./cmd/specgen"); err != nil {
		return nil, err
	}
	const tools = "-modfile=../tools/go.mod"
	if _, err := output(ctx, "go", "tool", tools, "sqlc", "version"); err != nil { // -n alone does not build it
		return nil, err
	}
	sqlc, err := output(ctx, "go", "tool", "-n", tools, "sqlc")
	if err != nil {
		return nil, err
	}
	return []program{{"sqlc", strings.TrimSpace(sqlc)}, {"specgen", specgen}}, nil
}

func output(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("running %s: %w\n%s", cmd, err, stderr.Bytes())
	}
	return string(out), nil
}

// cost is what one run took.
type cost struct {
	wall   time.Duration
	memory int64 // at its peak, in bytes
}

// compete runs the programs in turn, and returns the costs of each. Every run
// writes all files: what an earlier one left is removed.
func compete(ctx context.Context, project string, programs []program, rounds int) ([][]cost, error) {
	costs := make([][]cost, len(programs))
	for range rounds {
		for _, dir := range []string{"db", "scopes"} {
			if err := os.RemoveAll(filepath.Join(project, dir)); err != nil {
				return nil, err
			}
		}
		for i, p := range programs {
			cmd := exec.CommandContext(ctx, p.path, "generate")
			cmd.Dir = project
			began := time.Now()
			if out, err := cmd.CombinedOutput(); err != nil {
				return nil, fmt.Errorf("running %s: %w\n%s", cmd, err, out)
			}
			costs[i] = append(costs[i], cost{wall: time.Since(began), memory: memory.Peak(cmd.ProcessState)})
		}
	}
	return costs, nil
}

func median(costs []cost) time.Duration {
	walls := make([]time.Duration, 0, len(costs))
	for _, c := range costs {
		walls = append(walls, c.wall)
	}
	slices.Sort(walls)
	return walls[len(walls)/2]
}

func peak(costs []cost) int64 {
	most := int64(0)
	for _, c := range costs {
		most = max(most, c.memory)
	}
	return most
}
