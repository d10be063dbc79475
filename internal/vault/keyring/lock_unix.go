//go:build unix

package keyring

import (
	"os"
	"syscall"
)

// lockFile waits until this process holds the lock alone. It ends with the file.
func lockFile(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			return err
		}
	}
}
