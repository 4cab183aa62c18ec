// Package sockdiag lists the sockets of a network namespace, that of the calling thread, and finds the processes that
// hold them: TCP connections from /proc/net/tcp, UNIX domain sockets from the kernel's socket diagnostics.
//
// What it says was true at some moment: sockets come and go meanwhile. See proc_pid_net(5) and sock_diag(7).
package sockdiag
