package eval

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mapped"
)

// What maps memory in a way of its own says so: a cell that assigns to such memory
// must not be run again in place of a copy of the process.

func mmap(fd int, offset int64, length, protection, flags int) ([]byte, error) {
	mapped.Foreign()
	return unix.Mmap(fd, offset, length, protection, flags)
}

func mmapPtr(fd int, offset int64, addr unsafe.Pointer, length uintptr, protection, flags int) (unsafe.Pointer, error) {
	mapped.Foreign()
	return unix.MmapPtr(fd, offset, addr, length, protection, flags)
}

func sysvShmAttach(id int, addr uintptr, flags int) ([]byte, error) {
	mapped.Foreign()
	return unix.SysvShmAttach(id, addr, flags)
}
