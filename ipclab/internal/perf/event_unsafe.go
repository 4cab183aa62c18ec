package perf

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// An event records on one processor, into memory that it shares with the kernel: a page with positions, then the records in a
// ring.
type event struct {
	fd     int
	memory []byte
}

// open makes an event for the calling thread and what it forks, with room for so many bytes, a power of two. It begins to
// record when it is enabled.
func open(id uint64, cpu, room int) (*event, error) {
	const deepest = 32
	attributes := unix.PerfEventAttr{
		Type: unix.PERF_TYPE_TRACEPOINT, Config: id, Sample: 1, Sample_type: sampled, Sample_max_stack: deepest,
		Bits: unix.PerfBitDisabled | unix.PerfBitInherit | unix.PerfBitExcludeCallchainKernel | unix.PerfBitComm | unix.PerfBitCommExec | unix.PerfBitSampleIDAll,
	}
	attributes.Size = uint32(unsafe.Sizeof(attributes))
	fd, err := unix.PerfEventOpen(&attributes, 0, cpu, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("perf_event_open", err)
	}
	memory, err := unix.Mmap(fd, 0, os.Getpagesize()+room, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("mmap", err)
	}
	return &event{fd: fd, memory: memory}, nil
}

func (e *event) close() {
	_ = unix.Munmap(e.memory)
	_ = unix.Close(e.fd)
}

// records returns what was recorded. Nothing of the ring has been given back to the kernel, so it has not come round: records
// begin at its start. The kernel leaves out what there is no room for, and says so only before the next record that fits: a
// ring that is almost full counts as one that was.
//
// The memory is not inherited. A goroutine that was reading it when another one forked finds it gone in the child.
func (e *event) records() (copied []byte, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			copied, err = nil, fmt.Errorf("perf: read what was recorded: %v", fault)
		}
	}()
	const biggest = 1024 // of a record
	ring := e.memory[os.Getpagesize():]
	page := (*unix.PerfEventMmapPage)(unsafe.Pointer(&e.memory[0]))
	head := atomic.LoadUint64(&page.Data_head)
	if head+biggest > uint64(len(ring)) {
		return nil, ErrLost
	}
	return slices.Clone(ring[:head]), nil
}
