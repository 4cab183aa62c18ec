//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// States of control.request.
const (
	requestNone     = iota
	requestMade     // Fork waits for the main thread to begin
	requestAccepted // the main thread is at work
	requestDone     // work.outcome is valid, in the parent and in the child
)

// control is what Fork, the conductor and the assembly share. There is one, as there is one set of threads.
// It holds addresses as uintptr, so that the conductor's stores need no write barrier; global variables
// keep alive what they point to.
type control struct {
	// tickets: the high half is the epoch, odd while threads have to stay in the handler, which sleeps
	// on it; the low half counts the threads that came in during the epoch. It is one word, so that a
	// thread learns in one step its number and whether the number counts.
	tickets uint64
	arrived uint32 // threads that have filled in their slots; the conductor sleeps on it
	want    uint32 // the arrival that wakes the conductor
	request uint32 // requestNone …; Fork sleeps on it
	resume  uint32 // 0 while a child's new threads have to wait; they sleep on it
	main    uint32 // id of the main thread, which is the process's
	entered uint32 // tickets that were given in the last odd epoch

	slots    uintptr // [capacity]slot
	capacity uint64
	self     slot // the main thread's
}

// slot is where a stopped thread can be found. The last four are for machines on which the thread pointer
// does not lead to the runtime's g.
type slot struct {
	frame uintptr // the stack pointer that rt_sigreturn expects
	tls   uintptr // thread pointer
	g     uintptr // register that holds g
	pc    uintptr // where the signal arrived
	stack uintptr // bottom of the signal stack
	tid   uint32
	_     uint32
}

// Numbers that the assembly knows as const_NAME, and as slot__size.
const (
	sysFutex     = unix.SYS_FUTEX
	sysGettid    = unix.SYS_GETTID
	sysClone     = unix.SYS_CLONE
	sysSigreturn = unix.SYS_RT_SIGRETURN

	// What the Go runtime asks for when it makes a thread, and the thread pointer.
	threadFlags = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND |
		unix.CLONE_THREAD | unix.CLONE_SYSVSEM | unix.CLONE_SETTLS
)

var shared control

// onStop is the handler of StopSignal.
func onStop()

// onStopPC is its address.
func onStopPC() uintptr

// revive makes the thread that resumes what is in the slot, once control.resume is set. It returns the
// thread's id or a negative errno.
//
//go:noescape
func revive(s *slot) int

// getg returns the address of the runtime's g of the calling goroutine.
func getg() uintptr

// epoch is the high half of control.tickets.
//
//go:nosplit
func epoch() *uint32 { return (*uint32)(unsafe.Add(unsafe.Pointer(&shared.tickets), 4)) }

//go:nosplit
func slotAt(i uint64) *slot { return (*slot)(at(shared.slots + uintptr(i)*unsafe.Sizeof(slot{}))) }
