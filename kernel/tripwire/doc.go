// Package tripwire stops a process group the moment that the machine has suddenly many more processes and threads, or much
// less free memory.
//
// A program that forks without end makes hundreds of processes in a hundredth of a second, and all of them want the
// processor. Who is to stop it must not wait for it: no goroutine can promise that, since Go's scheduler needs several
// threads and locks to run one. So the wire is a thread that Go knows nothing of. Armed, it sleeps for Tick, asks for
// both (sysinfo(2), a microsecond), and beyond the limits sends SIGSTOP to the whole group at one stroke.
// Disarmed, it sleeps for good. Where the system allows it, it is a thread of real time, which runs before all others.
//
// It is not a judge. It counts what belongs to others too, and memory that only keeps files at hand, and whoever armed it has to look who is to blame and have the
// innocent go on. Who had been stopped before can be told from the others, as long as nobody else sends SIGSTOP: the
// second one stays pending.
//
// The hazard: the thread runs assembly only, on memory outside of Go's heap, with all signals blocked. No code of Go may
// ever run on it.
package tripwire
