//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package pglocal

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"runtime"
)

// instance is never made on this system.
type instance struct{}

func startInstance(context.Context, Config) (*instance, error) {
	return nil, fmt.Errorf("a server of our own cannot be started on %s: set %s to the URL of one", runtime.GOOS, EnvURL)
}

func (*instance) url() url.URL        { return url.URL{} }
func (*instance) keep() error         { return nil }
func (*instance) stopCommand() string { return "" }
func (*instance) stop() error         { return nil }

func (*instance) end(context.Context, os.Signal) error    { return nil }
func (*instance) restart(context.Context, []string) error { return nil }
