//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package pglocal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// startLimit covers initdb on a busy machine, and a download from npm.
	startLimit = 3 * time.Minute
	stopLimit  = 15 * time.Second
)

// serverArgs make a server small, closed to the network, and fast unless it must
// be durable.
func serverArgs(data, socketDir string, config Config) []string {
	args := []string{"-D", data, "-k", socketDir, "-p", "5432"}
	settings := []string{"listen_addresses=", "shared_buffers=32MB", "max_connections=100", "max_wal_senders=0", "wal_level=minimal"}
	if !config.Durable {
		// Little WAL is kept: the files may be in memory.
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=64MB", "min_wal_size=16MB")
	}
	for _, setting := range slices.Concat(settings, config.Settings) {
		args = append(args, "-c", setting)
	}
	return args
}

// guard runs the server, whose command line follows the directory, and waits
// for it. When the pipe on its standard input breaks, because the process that
// holds the other end closed it or is gone, it ends the server and removes the
// directory; the word "keep" makes it leave the server alone. The file "stays"
// keeps the directory for another start. File 3 is the lock of the directory: the
// server does not inherit it, so that the lock belongs to this process and to
// ours.
//
// A parent-death signal would end the server as well, but on Linux alone, bound
// to one thread, and it would leave the files.
const guard = `
dir=$1
shift
exec 4<&0
"$@" </dev/null 3<&- 4<&- &
server=$!
{
	word=
	read -r word <&4
	[ "$word" = keep ] || kill -QUIT "$server"
} &
reader=$!
exec 4<&-
wait "$server"
status=$?
kill "$reader" 2>/dev/null
cd /
[ -e "$dir/stays" ] || rm -rf -- "$dir"
exit "$status"
`

// instance is a server of our own, running.
type instance struct {
	dir    *runDir
	acct   *account
	bin    binaries
	config Config
	log    *os.File       // what the server and the guard say; readable also after its removal
	orders io.WriteCloser // the guard's standard input
	guard  *exec.Cmd
	exited chan struct{} // closed when the guard, and so the server, has ended
}

// startInstance starts a server and returns when it takes connections.
func startInstance(ctx context.Context, config Config) (*instance, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	acct, err := serverAccount()
	if err != nil {
		return nil, err
	}
	in, from, err := tryInstance(ctx, acct, config)
	if err == nil || from == "" || ctx.Err() != nil {
		return in, err
	}
	// The cached cluster may have been damaged: something may have swept the
	// cache by age. Without it, initdb makes a new one.
	if removeErr := os.RemoveAll(from); removeErr != nil {
		return nil, errors.Join(err, removeErr)
	}
	in, _, err = tryInstance(ctx, acct, config)
	return in, err
}

// tryInstance starts a server once, and says which cached cluster it used.
func tryInstance(ctx context.Context, acct *account, config Config) (in *instance, from string, err error) {
	dir, err := newRunDir(acct, config.Durable)
	if err != nil {
		return nil, "", err
	}
	in = &instance{dir: dir, acct: acct, config: config}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.stop())
			in = nil
		}
	}()
	if in.bin, err = findBinaries(ctx, dir.path, acct); err != nil {
		return in, "", err
	}
	if from, err = makeCluster(ctx, in.bin, in.data(), acct); err != nil {
		return in, from, err
	}
	if in.log, err = os.Create(filepath.Join(dir.path, "log")); err != nil {
		return in, from, fmt.Errorf("making the server's log: %w", err)
	}
	if err := in.launch(); err != nil {
		return in, from, err
	}
	return in, from, in.awaitReady(ctx)
}

func (in *instance) data() string { return filepath.Join(in.dir.path, "data") }

// launch starts the guard, and with it the server.
func (in *instance) launch() error {
	args := append([]string{"-c", guard, "specgen-pg-guard", in.dir.path, filepath.Join(in.bin.dir, "postgres")},
		serverArgs(in.data(), in.dir.path, in.config)...)
	cmd := exec.Command("/bin/sh", args...)
	cmd.Dir, cmd.Env = in.dir.path, in.bin.environ()
	// Never our own streams: who waits for their end, as go test does, would
	// wait for the server.
	cmd.Stdout, cmd.Stderr = in.log, in.log
	cmd.ExtraFiles = []*os.File{in.dir.lock}
	in.acct.become(cmd)
	orders, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("making a pipe to the server: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the server: %w", err)
	}
	exited := make(chan struct{})
	in.guard, in.orders, in.exited = cmd, orders, exited
	go func() {
		defer close(exited)
		_ = cmd.Wait() // how it ended is in the log
	}()
	return nil
}

// awaitReady connects until the server answers.
func (in *instance) awaitReady(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	base := in.url()
	for {
		conn, err := pgx.Connect(ctx, base.String())
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-tick.C:
		case <-in.exited:
			return fmt.Errorf("starting PostgreSQL from %s: the server ended at once%s", in.bin.dir, in.logTail())
		case <-ctx.Done():
			return fmt.Errorf("waiting for PostgreSQL from %s: %w%s", in.bin.dir, errors.Join(ctx.Err(), err), in.logTail())
		}
	}
}

// url names the database that initdb makes. It says all that the environment
// (PGPORT, PGSSLMODE, PGPASSWORD and so on) could otherwise change.
func (in *instance) url() url.URL {
	query := url.Values{"host": {in.dir.path}, "port": {"5432"}, "sslmode": {"disable"}}
	return url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: query.Encode()}
}

// keep leaves the server, its files and their lock to the guard.
func (in *instance) keep() error {
	_, err := io.WriteString(in.orders, "keep\n")
	if err != nil {
		return err
	}
	return errors.Join(in.orders.Close(), in.log.Close(), in.dir.lock.Close())
}

func (in *instance) stopCommand() string {
	return fmt.Sprintf(`kill -INT "$(head -n 1 %s)"`, filepath.Join(in.dir.path, "data", "postmaster.pid"))
}

// stop ends the server, if it runs, and removes its files.
func (in *instance) stop() error {
	if in.log != nil {
		defer in.log.Close()
	}
	if in.guard == nil {
		return in.dir.remove()
	}
	closeErr := in.orders.Close()
	if errors.Is(closeErr, os.ErrClosed) { // by Wait, when the server ended before
		closeErr = nil
	}
	select {
	case <-in.exited:
		return errors.Join(closeErr, in.dir.remove())
	case <-time.After(stopLimit):
	}
	// Backends end when the postmaster is gone, whatever they do.
	killErr := syscall.Kill(-in.guard.Process.Pid, syscall.SIGKILL)
	<-in.exited
	return errors.Join(errors.New("stopping PostgreSQL: it did not end by itself"), closeErr, killErr, in.dir.remove())
}

// logTail returns the end of the server's log for an error message.
func (in *instance) logTail() string {
	const limit = 2000
	info, err := in.log.Stat()
	if err != nil || info.Size() == 0 {
		return ""
	}
	tail := make([]byte, min(limit, info.Size()))
	n, _ := in.log.ReadAt(tail, info.Size()-int64(len(tail))) // what could be read is what we show
	return "; its log ends with:\n" + string(bytes.TrimSpace(tail[:n]))
}
