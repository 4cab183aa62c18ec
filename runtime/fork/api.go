package fork

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"
)

// StopSignal stops the threads of the process while it is copied. Nothing else may use it, and no thread
// may block it: while one does, Fork returns a *StopError.
const StopSignal = 40

// ErrUnsupported is in the chain of what Init and Fork return where this package does not work: another
// system or machine, a build with cgo or the race detector, or a Go runtime that keeps its threads in a
// way unknown to this package.
var ErrUnsupported = errors.New("fork: not supported")

// Init prepares the process for Fork and tries it once, which takes about 3 ms. Precondition:
//   - nothing goes on that must not be interrupted by a short-lived copy of the process.
//
// After an error every Fork returns that error; all else works. Calls after the first return what the
// first returned.
func Init() error { return initialize() }

// Fork copies the process, see fork(2). It returns the child's process id in the parent and 0 in the child.
// Preconditions:
//   - Init has returned nil;
//   - no thread blocks StopSignal.
//
// Fork waits for its turn if another goroutine is in it, for syscall.ForkLock, and for every thread to
// stop; each wait has a bound. After an error there is no child and the process is as it was. Errors:
//   - ErrUnsupported, or what Init returned;
//   - *StopError if a thread did not stop in time;
//   - errors whose chain has the errno of the system call that failed, among them EAGAIN and ENOMEM of
//     clone(2).
//
// The caller has to wait for the child, for instance with syscall.Wait4.
func Fork() (pid int, err error) { return forkProcess(copies()) }

// Copies returns how many times copies were made of copies until there was this process: in a child it is one more than in
// its parent.
func Copies() uint32 { return copies() }

// ForkOnlyWhere is Fork for a goroutine that is to fork only where it asked for Copies. In a child that was made since then
// it stays in ForkOnlyWhere, as it does in Fork if it was there when the child was made.
func ForkOnlyWhere(copies uint32) (pid int, err error) { return forkProcess(copies) }

// InChild reports whether Fork made this process. It is true before any goroutine of the child runs.
func InChild() bool { return copied() }

// ReplaceInChild makes descriptor fd a duplicate of with, close-on-exec, in every later child and in
// theirs, before any goroutine of the child runs. Both have to be open when Fork is called. A negative
// with ends the arrangement for fd.
func ReplaceInChild(fd, with int) { replaceInChild(fd, with) }

// PassOver has this process take no notice of a signal. Its children, and programs that they execute, have the
// effect that it had before; programs that this process executes have the default one. It may be called for one signal, before the first Fork; unlike
// signal.Ignore it does not pass on to programs, and unlike signal.Notify it needs no threads.
func PassOver(s syscall.Signal) error { return passOver(s) }

// Gather has Linux hold the Go heap in huge pages, where at least half of one is resident and it is to be had:
// a copy of the process then has few entries of page tables to copy, and Fork is faster the larger the heap. It
// takes some milliseconds for each 2 MiB and is for an idle process: stop is asked before each and ends it, with
// ErrGatherStopped. See MADV_COLLAPSE in madvise(2), Linux 6.1; where the system cannot do it, nothing happens.
func Gather(stop func() bool) error { return gather(stop) }

// ErrGatherStopped is what Gather returns if stop has ended it.
var ErrGatherStopped = errors.New("fork: stopped gathering the heap")

// BeforeFork runs f before every later Fork, in this process and in children, on the goroutine that called Fork. It may
// call ReplaceInChild. Functions run in the order they were given.
func BeforeFork(f func()) { beforeFork(f) }

// OnChild runs f in every later child, and in theirs, on the goroutine that called Fork, before Fork
// returns 0 there. Functions run in the order they were given; they may call Fork.
func OnChild(f func()) { onChild(f) }

// Freeze makes a copy of the process that stands still: one thread that waits for the waking message on
// control, a SOCK_SEQPACKET socket. It is a child of this process's parent, so that no wait(2) of this process
// finds it, and the leader of a process group of its own; it has no other descriptor open, takes no signal but
// SIGKILL and SIGSTOP, and ends at the end of file of control. As soon as it stands still it writes its
// process id to control, see FrozenPID.
//
// In this process Freeze returns then, or earlier, once the copy has left the process group, with Thaw.Woken false;
// control can be closed. In the copy
// it returns once Wake was called on the other end of control: everything goes on there, in the same memory,
// with InChild as it was. Descriptors are as follows: those that Wake sent have the numbers in places, in the
// same order; 0, 1 and 2 are duplicates of standard, three of places; files and folders are opened again where they
// were, without locks; the others are lost, and something with which nothing can be done has their numbers. The last of places has to be a stream or packet socket whose other
// end is closed. Preconditions and errors are those of Fork; places and control must not be less than 64.
func Freeze(control int, places []int, standard [3]int) (Thaw, error) {
	return freezeProcess(control, places, standard)
}

// Own spares the process that goes on after Freeze a fault for each page that it has to itself again, see
// doc.go. It is for an idle process: stop is asked again and again and ends it.
func Own(stop func() bool) { ownWritten(stop) }

// Thaw says whether Freeze has returned in the copy, and what that has lost.
type Thaw struct {
	Woken bool
	Lost  []Lost // at most 1024
}

// Lost is a descriptor that a woken copy does not have any more.
type Lost struct {
	FD   int
	What string // as /proc/self/fd told, the first 255 bytes
}

// frozenBegins is the beginning of what a copy writes to its control socket when it stands still; its process
// id follows.
const frozenBegins = "frozen "

// FrozenPID reads what a copy that Freeze made has written to control.
func FrozenPID(message []byte) (int, error) {
	pid, err := strconv.Atoi(strings.TrimPrefix(string(message), frozenBegins))
	if err != nil {
		return 0, fmt.Errorf("fork: the copy could not be completed: %q", message)
	}
	return pid, nil
}

// Wake wakes the copy at the other end of control, and gives it descriptors.
func Wake(control int, descriptors []int) error { return wakeUp(control, descriptors) }
