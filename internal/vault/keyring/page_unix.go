//go:build unix

package keyring

import "syscall"

// newPage returns memory outside of what the collector of garbage counts: it lets the rest of the program
// grow by as much again as it counts before it collects.
func newPage() []byte {
	page, err := syscall.Mmap(-1, 0, pageSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		page = make([]byte, pageSize)
	}
	return page[:0]
}

// freePage gives a page back. One that was made without the system is left to the collector.
func freePage(page []byte) { _ = syscall.Munmap(page[:pageSize]) }
