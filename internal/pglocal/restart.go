//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package pglocal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// stays is the file that has the guard leave the directory behind.
func (in *instance) stays() string { return filepath.Join(in.dir.path, "stays") }

// end signals the postmaster and waits for its end.
func (in *instance) end(ctx context.Context, signal os.Signal) error {
	lock, err := os.ReadFile(filepath.Join(in.data(), "postmaster.pid"))
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(lock), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return fmt.Errorf("reading postmaster.pid: %w", err)
	}
	if err := os.WriteFile(in.stays(), nil, 0o600); err != nil {
		return err
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	if err := process.Signal(signal); err != nil {
		return err
	}
	select {
	case <-in.exited:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// restart launches the server until it is ready: it refuses to start while a
// backend of the one before is still attached to the shared memory.
func (in *instance) restart(ctx context.Context, settings []string) error {
	in.config.Settings = settings
	for {
		if err := in.launch(); err != nil {
			return err
		}
		err := in.awaitReady(ctx)
		if err == nil {
			return os.Remove(in.stays())
		}
		select {
		case <-in.exited:
		case <-ctx.Done():
			return err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}
