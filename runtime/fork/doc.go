// Package fork is fork(2) for a Go process: the child is a copy of all of it, every thread and every
// goroutine, and the Go runtime goes on in both processes.
//
// It is not os/exec, which starts another program, and not fork in C, which copies only the calling
// thread. A goroutine that runs beside the one that calls Fork runs in the child too, with its copy of
// everything, the descriptors included. What must not happen twice has to ask InChild; what must be gone
// before anything else of the child runs has ReplaceInChild. One thing is as in C: of goroutines that are
// in Fork at the same time, the child has only the one whose Fork made it; the others stay in Fork there.
//
// The hazard: the copy is made while the runtime's threads stand still wherever they happen to be, inside
// the memory allocator or the scheduler. So the code that runs meanwhile may not grow its stack, allocate,
// take a lock or call anything that does. It is in the files that say "conductor" at the top: nosplit
// functions, raw system calls and nothing else. It depends on how Go's runtime keeps its threads; Init
// looks for what it depends on, tries one fork, and Fork returns an error if anything is not as expected.
//
// # How a copy is made
//
// Fork sends StopSignal to its own thread. The handler is the conductor:
//
//  1. It sends StopSignal to every other thread. Their handlers note where they are (the signal frame,
//     the thread pointer) in a slot and sleep. It goes on when there are as many slots as threads; as long
//     as there are not, it looks for new ones in /proc/self/task.
//  2. It reads which descriptors the runtime's network poller watches, and calls clone(2).
//  3. In the parent it returns, and Fork with it. One other thread is woken; it wakes the rest some 150 µs
//     later, for on a machine with few processors they would be in Fork's way.
//  4. In the child it asks for a signal on the parent's death, replaces descriptors, gives the child a
//     poller of its own (an epoll instance would be shared), and makes a thread for each slot. The first
//     thing each does is rt_sigreturn(2) on the copy of the frame, and so it becomes the copy of the
//     thread that the frame came from: registers, signal mask and signal stack come with it. The thread
//     that clone made becomes the copy of the parent's main thread in the same way, and one is made for
//     the conductor: the runtime never ends the main thread, and /proc/self needs it.
//
// Linux sends the signal for the parent's death when the thread ends that made the child, which need not be
// the end of the process. It is StopSignal, too; a child that gets it kills itself if its parent is another.
//
// Each thread costs several microseconds to stop. os/signal has three of its own once a signal was asked
// for; so nothing here asks for one, unless the one that blocks StopSignal already exists.
//
// # A copy that stands still
//
// Freeze makes a copy in the same way, but step 4 has to wait. The copy's only thread, the conductor, notes and
// closes its descriptors and sits in recvmsg(2) until it is sent others or nobody can send any more. Only then
// it has a poller and threads; what they were in the middle of, goes on. A read that was waiting, for instance,
// is begun again, on whatever has the number of its descriptor now.
//
// After clone(2), the first write to a page in either process costs a fault, and in the first of the two a copy
// of the page, some microseconds each. So the copy, which has nothing else to do, writes to the pages that were
// written since the last one was made, and has the copies; Own does the same in the process that goes on, where
// it only takes the faults.
//
// # What a child has
//
// As after fork(2): a copy of memory, the same open files, no pending signals, no timers of setitimer(2)
// or timer_create(2), CPU affinity and scheduling of each thread. What os/signal was asked for goes on, but
// SIGINT and SIGTERM have their default effect, and so have all signals that nobody asked for, where the Go runtime
// would take no notice or exit with what all goroutines do. Faults are still panics, and SIGPIPE is an error of
// write(2); the same signals sent by a process have their default effect. os/signal can be asked later, though of SIGPIPE
// it then tells only if the process itself caused it. A child is killed when its parent ends; a program that it
// executes ends by StopSignal then, or when the thread ends that made the child. Attributes that Linux
// keeps for each thread beside these (credentials, namespaces or capabilities set for one thread only) are
// those of the thread on which Fork was called. math/rand goes on from the same state in both processes, as rand(3) would.
//
// System calls that a signal interrupts with EINTR in spite of SA_RESTART (see signal(7)) may return it,
// in both processes. A thread that waits in a call that is restarted, a read from a pipe for instance,
// waits in both.
//
// A CPU profile that is being taken must not be stopped in the child: its timers are not there. A process
// that calls execve(2) on another thread than the main one loses its own death signal unless it sets that on
// the calling thread before.
//
// A thread that the kernel adds to the process, as io_uring(7) may, cannot be stopped, and Fork fails.
//
// A child that cannot be completed (no more threads allowed, say) writes a line that begins "fork: " to
// descriptor 2 and exits with status 255, before any goroutine of it has run.
//
// Linux on amd64 and arm64, without cgo and without the race detector. Elsewhere Init and Fork return
// ErrUnsupported.
package fork
