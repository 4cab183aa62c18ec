// Package stuck finds out why processes do not go on: in which system call each is blocked, on what, who could end the
// wait, and what the likely mistake is.
//
// It only looks: at /proc (the call and its arguments, descriptors, memory maps, locks, signals) and at socket
// diagnostics (sock_diag(7)). It signals nobody, opens nothing that they have open, and takes a bounded time.
//
// A process is stuck if each of its waits can be ended only by processes that are stuck themselves, or by nobody. One
// that runs, sleeps for a time, or waits for the world outside (a terminal, a network, another program's process) is
// not, and neither is who waits for it: that is how mere computing and sleeping give no alarm.
//
// The hazard: the look is not of one moment. Who was seen blocked may go on meanwhile, so findings about processes that
// run are of what was, and a number may belong to another process already.
package stuck
