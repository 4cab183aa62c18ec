//go:build linux && amd64 && !cgo

package fork

import (
	"errors"
	"os"
	"os/signal"
	"runtime"
		"sync"
	"sync/atomic"
	"syscall"
	"unsafe"
)


type slot struct {
	frame, fs, tid uintptr
	_              [5]uintptr
}

var (
	slots  [256]slot
	count  uint32
	ready  uint32
	gate   uint32
	left   uint32
	resume uint32
	gM     uintptr = 48 // offset of g.m
	mTID   uintptr      // offset of m.procid, 0 if not found
)

func getg() uintptr

// findProcid finds where the runtime keeps a thread's id in its m, by looking
// for two different threads' ids at the same offset.
func findProcid() {
	// the caller holds the main thread; a second goroutine must run on another one
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	find := func() uintptr {
		m := *(*uintptr)(unsafe.Pointer(getg() + gM))
		tid := uintptr(syscall.Gettid())
		for o := uintptr(8); o < 512; o += 8 {
			if *(*uintptr)(unsafe.Pointer(m + o)) == tid {
				return o
			}
		}
		return 0
	}
	other := make(chan uintptr)
	go func() {
		runtime.LockOSThread()
		o := find()
		runtime.UnlockOSThread()
		other <- o
	}()
	if o := find(); o == <-other {
		mTID = o
	}
}

func freezeHandler()
func restorer()
func revive(frame, fs uintptr) int64
func handlerPC() uintptr
func restorerPC() uintptr

const sigFreeze = 40

type sigaction struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

var (
	mu       sync.Mutex
	epfd     int = -1
	eventfd  int = -1
	oldmask  uint64
	allmask  = ^uint64(0)
	dirbuf   [16384]byte
	infobuf  [65536]byte
	seen     [256]int32
	taskPath = [...]byte{'/', 'p', 'r', 'o', 'c', '/', 's', 'e', 'l', 'f', '/', 't', 'a', 's', 'k', 0}
	infoPath [64]byte
)

// Init installs the handler and learns the runtime's epoll and event fds.
func Init() error {
	findProcid()
	r, w, err := os.Pipe() // forces netpollinit
	if err != nil {
		return err
	}
	ents, _ := os.ReadDir("/proc/self/fd")
	for _, e := range ents {
		l, _ := os.Readlink("/proc/self/fd/" + e.Name())
		n := 0
		for _, c := range e.Name() {
			n = n*10 + int(c-'0')
		}
		switch l {
		case "anon_inode:[eventpoll]":
			epfd = n
		case "anon_inode:[eventfd]":
			eventfd = n
		}
	}
	r.Close()
	w.Close()
	if epfd < 0 || eventfd < 0 {
		return errors.New("fork: runtime poller not found")
	}
	p := "/proc/self/fdinfo/"
	copy(infoPath[:], p)
	s := itoa(epfd)
	copy(infoPath[len(p):], s)
	// os/signal runs a thread with every signal blocked that it was not asked for:
	// asking for this one keeps that thread stoppable.
	signal.Notify(make(chan os.Signal, 1), syscall.Signal(sigFreeze))
	inited = true
	return install()
}

func install() error {
	sa := sigaction{handlerPC(), 0x4 | 0x08000000 | 0x10000000 | 0x04000000, restorerPC(), ^uint64(0)}
	if _, _, e := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sigFreeze, uintptr(unsafe.Pointer(&sa)), 0, 8, 0, 0); e != 0 {
		return e
	}
	return nil
}

func itoa(n int) string {
	b := ""
	for n > 0 || b == "" {
		b = string(rune('0'+n%10)) + b
		n /= 10
	}
	return b
}

func init() { runtime.LockOSThread() }

var (
	inChild  atomic.Bool
	inited   bool
	stopChan = make(chan os.Signal, 1)
	replaced [16][2]uintptr
	nreplace uintptr
	hooks    []func()
)

// Fork copies the process, every thread and goroutine of it. It returns 0 in the child.
func Fork() (int, error) {
	if !inited {
		return -1, errors.New("fork: Init has not been called")
	}
	mu.Lock()
	defer mu.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	signal.Notify(stopChan, syscall.Signal(sigFreeze))
	if e := install(); e != nil {
		return -1, e
	}
	syscall.ForkLock.Lock()
	parent := os.Getpid()
	pid, e := forkall(-1, -1)
	syscall.ForkLock.Unlock()
	if e != 0 {
		return -1, e
	}
	if pid == 0 {
		inChild.Store(true)
		syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0)
		if os.Getppid() != parent {
			os.Exit(1)
		}
		signal.Reset(syscall.SIGINT, syscall.SIGTERM)
		for _, f := range hooks {
			f()
		}
	}
	return int(pid), nil
}

// InChild reports whether this process was made by Fork.
func InChild() bool { return inChild.Load() }

// ReplaceInChild makes descriptor fd a duplicate of with in every later child, before any other thread of the child runs.
func ReplaceInChild(fd, with int) {
	mu.Lock()
	defer mu.Unlock()
	replaced[nreplace] = [2]uintptr{uintptr(with), uintptr(fd)}
	nreplace++
}

// OnChild runs f in every later child, on the goroutine that forked, before Fork returns there.
func OnChild(f func()) {
	mu.Lock()
	defer mu.Unlock()
	hooks = append(hooks, f)
}

//go:nosplit
func forkall(wake, keep int) (uintptr, syscall.Errno) {
	syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, 2, uintptr(unsafe.Pointer(&allmask)), uintptr(unsafe.Pointer(&oldmask)), 8, 0, 0)
	count, ready, gate, left = 0, 0, 0, 0
	pid, _, _ := syscall.RawSyscall(syscall.SYS_GETPID, 0, 0, 0)
	me, _, _ := syscall.RawSyscall(syscall.SYS_GETTID, 0, 0, 0)
	sent := uint32(0)
	for spins := 0; ; spins++ {
		fresh := false
		fd, _, e := syscall.RawSyscall6(syscall.SYS_OPENAT, ^uintptr(99), uintptr(unsafe.Pointer(&taskPath[0])), syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0, 0, 0)
		if e != 0 {
			return release(e, sent)
		}
		for {
			n, _, e := syscall.RawSyscall(syscall.SYS_GETDENTS64, fd, uintptr(unsafe.Pointer(&dirbuf[0])), uintptr(len(dirbuf)))
			if e != 0 || n == 0 {
				break
			}
			for off := uintptr(0); off < n; {
				reclen := uintptr(dirbuf[off+16]) | uintptr(dirbuf[off+17])<<8
				tid := uintptr(0)
				for k := off + 19; dirbuf[k] != 0; k++ {
					if dirbuf[k] < '0' || dirbuf[k] > '9' {
						tid = 0
						break
					}
					tid = tid*10 + uintptr(dirbuf[k]-'0')
				}
				off += reclen
				if tid == 0 || tid == me {
					continue
				}
				known := false
				for i := uint32(0); i < sent; i++ {
					if uintptr(seen[i]) == tid {
						known = true
						break
					}
				}
				if known {
					continue
				}
				_, _, e := syscall.RawSyscall(syscall.SYS_TGKILL, pid, tid, sigFreeze)
				if e == 0 {
					if sent >= 256 {
						syscall.RawSyscall(syscall.SYS_CLOSE, fd, 0, 0)
						return release(syscall.EAGAIN, sent)
					}
					seen[sent] = int32(tid)
					sent++
					fresh = true
				}
			}
		}
		syscall.RawSyscall(syscall.SYS_CLOSE, fd, 0, 0)
		for i := 0; load(&ready) < sent; i++ {
			syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0)
			if i > 1000000 {
				return release(syscall.ETIMEDOUT, sent)
			}
		}
		if !fresh {
			break
		}
	}
	flags := uintptr(syscall.SIGCHLD)
	if wake >= 0 {
		flags |= 0x8000 // CLONE_PARENT
	}
	child, _, e := syscall.RawSyscall6(syscall.SYS_CLONE, flags, 0, 0, 0, 0, 0)
	if e != 0 {
		return release(e, sent)
	}
	if child != 0 {
		release(0, sent)
		return child, 0
	}
	// the child
	for i := uintptr(0); i < nreplace; i++ {
		syscall.RawSyscall(syscall.SYS_DUP3, replaced[i][0], replaced[i][1], syscall.O_CLOEXEC)
	}
	if wake >= 0 {
		syscall.RawSyscall(syscall.SYS_SETPGID, 0, 0, 0)
		syscall.RawSyscall(syscall.SYS_DUP3, uintptr(wake), uintptr(keep), 0)
		repoll() // before the descriptors go, so that /proc/self/fdinfo can be read
		closeFrom(3, keep)
		var b [1]byte
		if n, _, _ := syscall.RawSyscall(syscall.SYS_READ, uintptr(keep), uintptr(unsafe.Pointer(&b[0])), 1); n != 1 {
			syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 96, 0, 0)
		}
	} else {
		repoll()
	}
	n := ready
	resume = 0
	for i := uint32(0); i < n; i++ {
		tid := revive(slots[i].frame, slots[i].fs)
		if tid < 0 {
			syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 98, 0, 0)
		}
		setTID(*(*uintptr)(unsafe.Pointer(slots[i].fs - 8)), uintptr(tid))
	}
	self, _, _ := syscall.RawSyscall(syscall.SYS_GETTID, 0, 0, 0)
	setTID(getg(), self)
	store(&resume, 1)
	syscall.RawSyscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(&resume)), 129, 1<<30, 0, 0, 0)
	syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, 2, uintptr(unsafe.Pointer(&oldmask)), 0, 8, 0, 0)
	return 0, 0
}

//go:nosplit
func setTID(g, tid uintptr) {
	if mTID != 0 && g != 0 {
		m := *(*uintptr)(unsafe.Pointer(g + gM))
		if m != 0 {
			*(*uintptr)(unsafe.Pointer(m + mTID)) = tid
		}
	}
}

//go:nosplit
//go:noinline
func load(p *uint32) uint32 { return *(*uint32)(p) }

//go:nosplit
func release(e syscall.Errno, sent uint32) (uintptr, syscall.Errno) {
	store(&gate, 1)
	syscall.RawSyscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(&gate)), 129, 1<<30, 0, 0, 0)
	for load(&left) < sent {
		syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0)
	}
	syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, 2, uintptr(unsafe.Pointer(&oldmask)), 0, 8, 0, 0)
	return ^uintptr(0), e
}

//go:nosplit
//go:noinline
func store(p *uint32, v uint32) { *p = v }

type epollEvent struct {
	events uint32
	data   [2]uint32
}

var ev epollEvent

// repoll gives the child its own epoll instance and wake-up event in place of the shared ones.
//
//go:nosplit
func repoll() {
	fd, _, e := syscall.RawSyscall6(syscall.SYS_OPENAT, ^uintptr(99), uintptr(unsafe.Pointer(&infoPath[0])), syscall.O_RDONLY|syscall.O_CLOEXEC, 0, 0, 0)
	if e != 0 {
		syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 97, 0, 0)
	}
	total := uintptr(0)
	for total < uintptr(len(infobuf)) {
		n, _, e := syscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(&infobuf[total])), uintptr(len(infobuf))-total)
		if e != 0 || n == 0 {
			break
		}
		total += n
	}
	syscall.RawSyscall(syscall.SYS_CLOSE, fd, 0, 0)
	nep, _, _ := syscall.RawSyscall(syscall.SYS_EPOLL_CREATE1, syscall.EPOLL_CLOEXEC, 0, 0)
	syscall.RawSyscall(syscall.SYS_DUP3, nep, uintptr(epfd), syscall.O_CLOEXEC)
	syscall.RawSyscall(syscall.SYS_CLOSE, nep, 0, 0)
	nev, _, _ := syscall.RawSyscall(syscall.SYS_EVENTFD2, 1, syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	syscall.RawSyscall(syscall.SYS_DUP3, nev, uintptr(eventfd), syscall.O_CLOEXEC)
	syscall.RawSyscall(syscall.SYS_CLOSE, nev, 0, 0)
	// lines: "tfd:        4 events:       19 data:     5c1a40  pos:..."
	i := uintptr(0)
	for i < total {
		if i+4 < total && infobuf[i] == 't' && infobuf[i+1] == 'f' && infobuf[i+2] == 'd' && infobuf[i+3] == ':' {
			i += 4
			var tfd, evs, data uint64
			for infobuf[i] == ' ' {
				i++
			}
			for infobuf[i] >= '0' && infobuf[i] <= '9' {
				tfd = tfd*10 + uint64(infobuf[i]-'0')
				i++
			}
			for infobuf[i] != ':' {
				i++
			}
			i++
			evs, i = hex(i)
			for infobuf[i] != ':' {
				i++
			}
			i++
			data, i = hex(i)
			ev.events = uint32(evs)
			ev.data[0], ev.data[1] = uint32(data), uint32(data>>32)
			syscall.RawSyscall6(syscall.SYS_EPOLL_CTL, uintptr(epfd), 1, uintptr(tfd), uintptr(unsafe.Pointer(&ev)), 0, 0)
		}
		for i < total && infobuf[i] != '\n' {
			i++
		}
		i++
	}
}

//go:nosplit
func hex(i uintptr) (uint64, uintptr) {
	var v uint64
	for infobuf[i] == ' ' {
		i++
	}
	for {
		c := infobuf[i]
		switch {
		case c >= '0' && c <= '9':
			v = v<<4 | uint64(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | uint64(c-'a'+10)
		default:
			return v, i
		}
		i++
	}
}

//go:nosplit
func closeFrom(first, keep int) {
	for fd := first; fd < 64; fd++ {
		if fd != keep && fd != epfd && fd != eventfd {
			syscall.RawSyscall(syscall.SYS_CLOSE, uintptr(fd), 0, 0)
		}
	}
}

