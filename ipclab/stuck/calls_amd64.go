package stuck

import "golang.org/x/sys/unix"

// oldNames are calls that newer architectures do not have.
var oldNames = map[uint64]string{
	unix.SYS_OPEN: "open", unix.SYS_CREAT: "creat", unix.SYS_POLL: "poll", unix.SYS_SELECT: "select",
	unix.SYS_EPOLL_WAIT: "epoll_wait", unix.SYS_PAUSE: "pause",
}
