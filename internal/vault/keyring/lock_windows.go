package keyring

import (
	"os"
	"syscall"
	"unsafe"
)

// lockFile waits until this process holds the lock alone. It ends with the file.
func lockFile(f *os.File) error {
	const exclusive = 2 // LOCKFILE_EXCLUSIVE_LOCK
	var place syscall.Overlapped
	call := syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")
	ok, _, err := call.Call(f.Fd(), exclusive, 0, 1, 0, uintptr(unsafe.Pointer(&place)))
	if ok == 0 {
		return err
	}
	return nil
}
