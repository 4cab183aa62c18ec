//go:build linux && (amd64 || arm64) && !cgo

package fork

import "unsafe"

// States of control.request.
const (
	requestNone     = iota
	requestMade     // Fork waits for the conductor to begin
	requestAccepted // it is at work
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
	caller  uint32 // id of the thread on which Fork was called: the conductor
	asleep  uint32 // 1 after a fork until a thread has undertaken to wake those that sleep on the epoch

	slots    uintptr // [capacity]slot
	capacity uint64
	self     slot // the conductor's
}

// nobody is no value of control.arrived.
const nobody = ^uint32(0)

// slot is where a stopped thread can be found. What arm64 has beside the thread pointer is to find g.
type slot struct {
	frame uintptr // the stack pointer that rt_sigreturn expects
	tls   uintptr // thread pointer
	g     uintptr // arm64: the register for g
	pc    uintptr // arm64: where the signal arrived
	stack uintptr // arm64: bottom of the signal stack
	tid   uint32
	_     uint32
}

var shared control

// epoch is the high half of control.tickets.
//
//go:nosplit
func epoch() *uint32 { return (*uint32)(unsafe.Add(unsafe.Pointer(&shared.tickets), 4)) }

//go:nosplit
func slotAt(i uint64) *slot { return (*slot)(at(shared.slots + uintptr(i)*unsafe.Sizeof(slot{}))) }
