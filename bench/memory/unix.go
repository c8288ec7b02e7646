//go:build unix

package memory

import (
	"os"
	"runtime"
	"syscall"
)

// Peak is the resident set of a process that has ended, at its largest
// (getrusage(2)), in bytes.
func Peak(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) << 10
}
