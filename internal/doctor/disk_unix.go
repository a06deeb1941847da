//go:build linux || darwin

package doctor

import "syscall"

// freeDisk is the room for an ordinary user on a folder's disk, in bytes.
func freeDisk(folder string) (uint64, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		return 0, err
	}
	return stat.Bavail * uint64(stat.Bsize), nil
}
