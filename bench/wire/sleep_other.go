//go:build !linux

package wire

import "time"

func exactClock() {}

// sleepUntil may wake up late by what the system's timers allow.
func sleepUntil(due time.Time) { time.Sleep(time.Until(due)) }
