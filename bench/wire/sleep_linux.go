package wire

import (
	"syscall"
	"time"
)

// exactClock has this thread wake up when it should: Linux may be 50 µs late
// otherwise (prctl(2), PR_SET_TIMERSLACK). Without it delays are longer.
func exactClock() {
	const setTimerSlack, nanosecond = 29, 1
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setTimerSlack, nanosecond, 0)
}

// sleepUntil sleeps in the kernel: an idle Go process rounds its timers up to a
// millisecond, which is as long as what is simulated here.
func sleepUntil(due time.Time) {
	for {
		left := time.Until(due)
		if left <= 0 {
			return
		}
		wait := syscall.NsecToTimespec(int64(left))
		_ = syscall.Nanosleep(&wait, nil) // an interrupted sleep goes on
	}
}
