// Package handlers runs Go functions as handlers of signals, in a process of their own, with the kernel's semantics: a
// signal interrupts the system call in which the goroutine waits, masks and pending signals are those of the kernel.
//
// It is not os/signal, which sends signals to a channel, from a thread of the runtime. Here one thread takes the signals
// of the process, the one whose goroutine called Claim; all other threads block them, so that a signal that is blocked
// there too stays pending, as in a process of one thread.
//
// The kernel cannot call a Go function. What it calls is a few instructions of assembly, which note the signal and block
// all others until the goroutine comes to the function:
//
//   - in a system call, which returns EINTR: Call runs the function and then tells whether to begin the call anew;
//   - in code of a cell, at the next step: the evaluator asks for it where it looks for interrupts;
//   - in a wait of Go's own in a cell (a channel, time.Sleep, package sync): the evaluator waits for it too, see Park;
//   - in a compiled function, when that returns.
//
// The function runs with the mask that sigaction(2) demands, so signals that come meanwhile nest, merge or queue as the
// kernel has it. SA_RESTART is obeyed here, for the function has to run before the call begins anew.
//
// A signal can come when a call is about to be made, too late for the function to run before it. The handler then starts
// a timer that interrupts the call, until the function has run.
//
// The hazards: signals by which the Go runtime and this project reach threads cannot be had (Takeable leaves them out),
// nor can the faults, which become panics. No mask may be set while a signal is noted and not yet run: the next would be
// noted over it; open and shut see to that. And a thread that the Go runtime makes later blocks nothing until this package
// looks for such (coverNew) or a signal that has a function comes to it, which it passes on. Claim has some made in
// advance, so that there is rarely one; the default action of a signal that is blocked could be taken on it.
package handlers
