// Package perf records the system calls of the processes that a thread forks, by the kernel's tracepoint raw_syscalls:sys_enter.
//
// A call costs some hundred nanoseconds more, where stopping at it by ptrace(2) costs some 20 µs: what runs is not far from
// what runs unwatched. It needs root, or the capability PERFMON and tracefs that may be read. See perf_event_open(2).
//
// The hazard: what is watched is inherited from the thread that calls Calls by what it forks, and by nothing else. A function
// that has another thread fork has its children missed.
package perf
