package ptrace

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// programs are those that the tests trace.
var programs = map[string]program{
	"threads": manyThreads, "coming and going": comingAndGoing, "exec": execFromAnotherThread,
	"vfork":   func() func() { return func() { _ = exec.Command("/bin/true").Run() } },
	"stop":    stopped,
	"unknown": func() func() { return func() { unix.Syscall(9999, 1, 2, 3) } },
	"bad":     func() func() { return badPointers },
	"signal":  func() func() { return func() { kill(unix.SIGKILL) } },
	"exit":    func() func() { return func() { unix.Exit(7) } },
	"nothing": func() func() { return func() {} },
	"three":   func() func() { return func() { query(1); query(1); query(1) } },
	"busy":    func() func() { return func() { readZeros(); wait() } },
}

// query makes a call that nothing else makes.
func query(pid int) { _, _ = unix.Getpgid(pid) }

func kill(s unix.Signal) { _ = unix.Kill(os.Getpid(), s) }

// stopped stops itself and ends once it has been told to go on. The signal is for its own thread: another would get it later
// than this one makes its call.
func stopped() func() {
	goesOn := make(chan os.Signal, 1)
	signal.Notify(goesOn, unix.SIGCONT)
	return func() {
		_ = unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGSTOP)
		query(1)
		<-goesOn
	}
}

// threadsCount is how many threads manyThreads has beside those of the runtime.
const threadsCount = 8

// manyThreads has each thread make a call.
func manyThreads() func() {
	begin, done := make(chan int), make(chan int)
	for range threadsCount {
		go func() {
			runtime.LockOSThread()
			query(<-begin)
			done <- unix.Gettid()
			select {} // or the thread could be that of the next
		}()
	}
	return func() {
		for range threadsCount {
			begin <- 1
		}
		for range threadsCount {
			<-done
		}
	}
}

// comingAndGoing has threads begin and end all the time: that of a goroutine that ends while locked to it does.
func comingAndGoing() func() {
	for range 2 {
		go func() {
			for {
				done := make(chan bool)
				go func() {
					runtime.LockOSThread()
					close(done)
				}()
				<-done
			}
		}()
	}
	return func() {
		done := make(chan bool)
		go func() {
			runtime.LockOSThread()
			query(1)
			close(done)
		}()
		<-done
	}
}

// execFromAnotherThread executes a program on a thread that is not the first, while that waits in a call.
func execFromAnotherThread() func() {
	return func() {
		go func() {
			runtime.LockOSThread() // another than the first, to which the main goroutine is locked
			awaitPoll()
			_ = syscall.Exec("/bin/true", []string{"true"}, nil)
		}()
		all := unix.Sigset_t{Val: [16]uint64{^uint64(0)}} // the runtime's signals would interrupt the call
		_ = unix.PthreadSigmask(unix.SIG_BLOCK, &all, nil)
		// Not a raw call: the collector would wait for this thread, and the other one, which is to end its call, for the collector.
		unix.Syscall6(unix.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
	}
}

// awaitPoll waits until the first thread sleeps in ppoll(2). That it has begun the call is not enough: it does not sleep while the
// tracer is still to look at it.
func awaitPoll() {
	first := fmt.Sprintf("/proc/self/task/%d/", os.Getpid())
	for {
		call, _ := os.ReadFile(first + "syscall")
		status, _ := os.ReadFile(first + "status")
		if strings.HasPrefix(string(call), fmt.Sprintf("%d ", unix.SYS_PPOLL)) && strings.Contains(string(status), "State:\tS") {
			return
		}
		runtime.Gosched()
	}
}

// badPointers makes calls with addresses at which there is nothing.
func badPointers() {
	const nowhere, kernel = 0x10, 1 << 63
	at := ^uintptr(99) // AT_FDCWD
	for _, address := range []uintptr{nowhere, kernel, ^uintptr(0) - 3} {
		unix.Syscall(unix.SYS_WRITE, 1, address, 5)
		unix.Syscall6(unix.SYS_OPENAT, at, address, 0, 0, 0, 0)
		unix.Syscall(unix.SYS_EXECVE, address, address, address)
		unix.Syscall(unix.SYS_SENDMSG, 1, address, 0)
		unix.Syscall(unix.SYS_WRITEV, 1, address, 1000)
		unix.Syscall6(unix.SYS_PPOLL, address, 1<<40, address, address, 8, 0)
		unix.Syscall(unix.SYS_CONNECT, 1, address, 110)
	}
}

// readZeros has the kernel work for it.
func readZeros() {
	zero, err := unix.Open("/dev/zero", unix.O_RDONLY, 0)
	if err != nil {
		panic(err)
	}
	defer unix.Close(zero)
	if _, err := unix.Read(zero, make([]byte, 64<<20)); err != nil {
		panic(err)
	}
}

// wait waits in a call.
func wait() {
	t := unix.Timespec{Nsec: 20e6}
	_ = unix.Nanosleep(&t, nil)
}

func init() { runtime.LockOSThread() } // the main goroutine stays on the first thread
