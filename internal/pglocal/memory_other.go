//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package pglocal

// memoryDir returns "": these systems have no directory in memory by default.
func memoryDir() string { return "" }
