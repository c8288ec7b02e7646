// Package memory says how much memory a process has needed at its peak.
package memory

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
)

// PeakOf is the resident set of a process that is still there, at its largest, in
// bytes; 0 where there is no /proc (proc(5), VmHWM).
func PeakOf(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	line := regexp.MustCompile(`(?m)^VmHWM:\s*(\d+) kB$`).FindSubmatch(status)
	if line == nil {
		return 0
	}
	kib, err := strconv.ParseInt(string(line[1]), 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}
