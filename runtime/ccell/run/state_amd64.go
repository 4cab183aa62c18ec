package run

import "golang.org/x/sys/unix"

// Other architectures have these no more.
func init() {
	blocking[unix.SYS_PAUSE], blocking[unix.SYS_POLL], blocking[unix.SYS_SELECT] = "pause", "poll", "select"
	blocking[unix.SYS_OPEN], blocking[unix.SYS_EPOLL_WAIT] = "open", "epoll_wait"
}
