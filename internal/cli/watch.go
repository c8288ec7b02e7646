package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/specgen-dev/specgen/internal/disk"
)

// pollEvery is how often the files are looked at: a hundred of them take a
// fraction of a millisecond.
const pollEvery = 200 * time.Millisecond

// watch generates, and again whenever something changes that was looked at, until
// the command is interrupted. Whatever fails is told, and tried again after the
// next change.
func (o *options) watch(cmd *cobra.Command, r *reporting) error {
	if !r.text() {
		return &misuse{errors.New("--watch tells problems as text"), cmd}
	}
	fixed, err := o.fixed()
	if err != nil {
		return err // nothing to wait for
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	repeat(ctx, ticker.C, func() disk.Snapshot {
		files := &disk.Reader{}
		fixed.writeAndTell(cmd, r, files)
		return files.Seen()
	})
	return nil
}

// fixed are the options with the specifications that there are now: they stay the
// ones that are meant while they are away.
func (o *options) fixed() (*options, error) {
	paths, err := o.find()
	if err != nil {
		return nil, err
	}
	fixed := *o
	fixed.files = nil
	for _, path := range paths {
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, fmt.Errorf("finding the working directory: %w", err)
		}
		fixed.files = append(fixed.files, abs)
	}
	return &fixed, nil
}

// writeAndTell generates once, and says what became of it.
func (o *options) writeAndTell(cmd *cobra.Command, r *reporting, files *disk.Reader) {
	defer func() {
		if bug := recover(); bug != nil { // on a file that is half written, as like as not
			tellBug(cmd.ErrOrStderr(), fmt.Errorf("a bug in specgen: %v", bug))
		}
	}()
	_, changes, err := o.write(cmd, r, files)
	exitCode(err, cmd.ErrOrStderr()) // says what the error is
	switch {
	case o.quiet:
	case err != nil:
		o.tell(cmd, "nothing was written; waiting for a change in %d files and directories", len(files.Seen()))
	default:
		for _, c := range changes {
			o.tell(cmd, "%s", told(c))
		}
		o.tell(cmd, "up to date; waiting for a change in %d files and directories", len(files.Seen()))
	}
}

func (o *options) tell(cmd *cobra.Command, format string, args ...any) {
	fmt.Fprintf(cmd.ErrOrStderr(), "specgen: "+format+"\n", args...)
}

// repeat calls run, and calls it again when what it looked at is not as it was
// before run read it. It waits until nothing changes from one tick to the next:
// sqlc writes many files, and an editor takes one away before it writes the other.
// It returns when ctx is done.
func repeat(ctx context.Context, ticks <-chan time.Time, run func() disk.Snapshot) {
	read := run()
	last := read
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
		now := read.Now()
		if now.Equal(read) || !now.Equal(last) {
			last = now
			continue
		}
		read = run()
		last = read
	}
}
