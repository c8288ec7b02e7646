package pglocal

import "syscall"

const (
	// memoryWanted is what must be free: the tests of a package need a tenth of
	// it, and several run at a time.
	memoryWanted = 2 << 30

	tmpfsMagic = 0x01021994 // statfs(2)
	noExec     = 0x8        // ST_NOEXEC of statfs(2)
)

// memoryDir returns a directory that is memory and has room for servers, or "".
// PostgreSQL's binaries must run from there: root has a copy of them beside the
// data.
func memoryDir() string {
	const dir = "/dev/shm"
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return ""
	}
	free := stat.Bavail * uint64(stat.Bsize)
	if int64(stat.Type) != tmpfsMagic || stat.Flags&noExec != 0 || free < memoryWanted {
		return ""
	}
	return dir
}
