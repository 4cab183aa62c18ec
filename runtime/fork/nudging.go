package fork

// NudgeSignal interrupts system calls. Nothing else may use it.
const NudgeSignal = 41

// LimitSignal is for whoever ends a system call whose time is up: sent by a process to one of its own threads it does
// nothing, in a child as well.
const LimitSignal = 43

// Nudge has the system call return EINTR that the thread of a goroutine sits in; g is the address of the
// goroutine's descriptor, which its thread's local storage holds. Where the goroutine is in none, nothing
// happens, or one that it makes just then returns EINTR. The packages of the standard library make such calls
// again. Precondition:
//   - Init has returned nil;
//   - the goroutine has not ended.
func Nudge(g uintptr) error { return nudge(g) }
