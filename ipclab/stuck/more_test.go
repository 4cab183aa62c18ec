package stuck_test

import (
	"maps"
	"os"
	"os/signal"
	"unsafe"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func init() { maps.Copy(hangs, moreHangs) }

// moreHangs are those of signals, sockets and shared memory.
var moreHangs = map[string]hang{
	"pause without a sender": {func(string) {
		run(func() {
			again(func() { unix.Syscall(unix.SYS_RT_SIGSUSPEND, uintptr(unsafe.Pointer(new(unix.Sigset_t))), 8, 0) })
		})
	}, []string{"$1 (child) waits in sigsuspend for a signal"}},

	"sigwaitinfo without a sender": {func(string) {
		var set unix.Sigset_t
		set.Val[0] = 1 << (unix.SIGUSR1 - 1)
		run(func() {
			again(func() { unix.Syscall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(&set)), 0, 0, 8, 0, 0) })
		})
	}, []string{"$1 (child) waits in sigwaitinfo for SIGUSR1"}},

	"signalfd without a sender": {func(string) {
		var set unix.Sigset_t
		set.Val[0] = 1 << (unix.SIGUSR1 - 1)
		run(func() {
			fd, err := unix.Signalfd(-1, &set, 0)
			must(err)
			ipclab.FD(fd).Read(buffer())
		})
	}, []string{"$1 (child) reads a signalfd, and no signal comes"}},

	"accept without a client": {func(folder string) {
		run(func() { unix.Accept(listen(folder+"/s", 5)) })
	}, []string{"$1 (child) waits in accept for a client of UNIX stream socket ", "/s (descriptor", "none has connected"}},

	"connect to a server that does not accept": {func(folder string) {
		server := listen(folder+"/s", 0)
		closed(forEver, ipclab.FD(server))
		for range 2 { // the first finds room
			run(func() {
				s, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
				must(err)
				unix.Connect(s, &unix.SockaddrUnix{Name: folder + "/s"}) // fails when the server is ended
				forEver()
			})
		}
	}, []string{"waits in connect for UNIX stream socket ", "whose queue of clients is full, which is held by process $1"}},

	"socket pair with both ends open": {func(string) {
		p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		must(err)
		closed(func() { ipclab.FD(p[0]).Read(buffer()) }, ipclab.FD(p[0]), ipclab.FD(p[1]))
	}, []string{"$1 (child) reads UNIX stream socket", "the other end is held by it itself", "Close the unused end of the pair"}},

	"both sides of a socket read": {func(string) {
		p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		must(err)
		a, b := ipclab.FD(p[0]), ipclab.FD(p[1])
		closed(func() { b.Close(); a.Read(buffer()) })
		closed(func() { a.Close(); b.Read(buffer()) }, a, b)
	}, []string{"$1 (child) and process $2 (child) wait for each other", "All of them read first"}},

	"both sides of a TCP connection read": {func(string) {
		l, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		must(err)
		must(unix.Bind(l, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
		must(unix.Listen(l, 1))
		at, _ := unix.Getsockname(l)
		c, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		must(err)
		must(unix.Connect(c, at))
		s, _, err := unix.Accept(l)
		must(err)
		a, b := ipclab.FD(c), ipclab.FD(s)
		closed(func() { b.Close(); a.Read(buffer()) })
		closed(func() { a.Close(); b.Read(buffer()) }, a, b, ipclab.FD(l))
	}, []string{"$1 (child) and process $2 (child) wait for each other", "reads TCP socket 127.0.0.1:"}},

	"full datagram queue": {func(folder string) {
		s, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
		must(err)
		must(unix.Bind(s, &unix.SockaddrUnix{Name: folder + "/d"}))
		closed(forEver, ipclab.FD(s))
		run(func() {
			c, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
			must(err)
			for {
				unix.Sendto(c, make([]byte, 100), 0, &unix.SockaddrUnix{Name: folder + "/d"})
			}
		})
	}, []string{"$2 (child) writes to UNIX datagram socket ", "/d (descriptor", "whose queue is full, which is held by process $1", "$1 is blocked too"}},

	"semaphore that nobody posts": {func(string) {
		m := shared()
		for range 2 {
			run(func() { again(func() { futexWait(m, 0) }) })
		}
	}, []string{"$1 (child) waits for a semaphore", "in shared memory (anonymous, offset 0), also mapped by process", "$2", "post once for each wait"}},

	"semaphore that is looked at again and again": {func(string) {
		m := shared()
		run(func() {
			again(func() {
				unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&m[0])), 0, 0, uintptr(unsafe.Pointer(&unix.Timespec{Nsec: 1e8})), 0, 0)
			})
		})
	}, []string{"$1 (child) waits for a semaphore", "also mapped by process"}},

	"lock whose holder has died": {func(string) {
		const waiters = 1 << 31
		m := shared()
		holder := run(func() {})
		holder.Wait()
		m[0], m[1], m[2], m[3] = byte(holder.Pid()), byte(holder.Pid()>>8), byte(holder.Pid()>>16), 0x80
		run(func() { again(func() { futexWait(m, uint32(holder.Pid())|waiters) }) })
	}, []string{"$2 (child) waits for a lock (a futex in shared memory", "whose holder, process $1, has ended without giving it back", "EOWNERDEAD"}},

	"System V semaphore": {func(string) {
		id, _, no := unix.Syscall(unix.SYS_SEMGET, unix.IPC_PRIVATE, 1, 0o600)
		if no != 0 {
			must(no)
		}
		cleanups = append(cleanups, func() { unix.Syscall6(unix.SYS_SEMCTL, id, 0, unix.IPC_RMID, 0, 0, 0) })
		op := [3]int16{0, -1, 0} // struct sembuf: take one of the first semaphore
		run(func() { again(func() { unix.Syscall(unix.SYS_SEMOP, id, uintptr(unsafe.Pointer(&op)), 1) }) })
	}, []string{"$1 (child) waits in sem", "System V semaphore set", "SEM_UNDO"}},

	"eventfd of one's own": {func(string) {
		fd, err := unix.Eventfd(0, 0)
		must(err)
		closed(func() { ipclab.FD(fd).Read(make([]byte, 8)) }, ipclab.FD(fd))
	}, []string{"$1 (child) reads an eventfd", "held by it itself"}},

	"ppoll for a signal": {func(string) {
		run(func() { again(func() { unix.Ppoll(nil, nil, nil) }) })
	}, []string{"$1 (child) waits for a signal, and for no descriptor", "it came just before the wait and is lost"}},

	"goroutines": {func(string) {
		run(func() {
			signal.Notify(make(chan os.Signal, 1), unix.SIGUSR2) // or the Go runtime would see it itself
			select {}
		})
	}, []string{"$1 (child) has only goroutines that wait"}},
}

// cleanups are what is to be done when a hang has been looked at.
var cleanups []func()

// forEver waits for what only this process could write.
func forEver() {
	r, _ := pair()
	r.Read(buffer())
}

// again makes a call again and again: the Go runtime's own signals interrupt it.
func again(call func()) {
	for {
		call()
	}
}

func listen(path string, backlog int) int {
	s, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	must(err)
	must(unix.Bind(s, &unix.SockaddrUnix{Name: path}))
	must(unix.Listen(s, backlog))
	return s
}

// shared makes a page that children share.
func shared() []byte {
	m, err := unix.Mmap(-1, 0, unix.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
	must(err)
	return m
}

func futexWait(m []byte, value uint32) {
	unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&m[0])), 0, uintptr(value), 0, 0, 0)
}
