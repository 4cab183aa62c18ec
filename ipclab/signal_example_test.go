package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// inChild runs f in a child whose standard output is a pipe. When it has ended, it prints what that wrote, and how it
// ended unless that was well.
func inChild(f func()) {
	r, w, _ := ipclab.Pipe()
	child, err := ipclab.Spawn(func() {
		r.Close()
		os.Stdout = os.NewFile(uintptr(w), "out")
		f()
	})
	w.Close()
	if err != nil {
		fmt.Println(err)
		return
	}
	said, _ := io.ReadAll(r)
	r.Close()
	status, err := child.Wait()
	fmt.Print(string(said))
	if err != nil || !status.Exited() || status.ExitCode() != 0 {
		fmt.Println(status, err)
	}
}

func ExampleSigaction() {
	inChild(func() {
		ipclab.Sigaction(unix.SIGUSR1, &ipclab.SigAction{
			Handler: func(i ipclab.Siginfo) {
				fmt.Println("handler:", i.Signo, i.CodeName(), "from this process:", i.Pid == os.Getpid())
			},
			Flags: ipclab.SaRestart, Mask: ipclab.NewSigset(unix.SIGUSR2),
		})
		old, err := ipclab.Sigaction(unix.SIGUSR1, nil)
		fmt.Println(old, err)
		ipclab.Kill(os.Getpid(), unix.SIGUSR1) // the handler has run when it returns
		ipclab.Raise(unix.SIGUSR1)
		ipclab.Sigaction(unix.SIGUSR1, &ipclab.SigAction{})
		ipclab.Raise(unix.SIGUSR1)
		fmt.Println("not reached")
	})
	// Output:
	// handler, SA_RESTART, mask {SIGUSR2} <nil>
	// handler: user defined signal 1 SI_USER from this process: true
	// handler: user defined signal 1 SI_TKILL from this process: true
	// killed by SIGUSR1 <nil>
}

// The course's first example: two signals, one handler, and a process that waits for them.
func ExampleSignal() {
	ready, done, _ := ipclab.Pipe()
	child, _ := ipclab.Spawn(func() {
		handler := func(sig unix.Signal) {
			fmt.Fprintln(done, "received", unix.SignalName(sig))
		}
		ipclab.Signal(unix.SIGUSR1, handler)
		ipclab.Signal(unix.SIGINT, handler)
		fmt.Fprintln(done, "ready")
		for {
			ipclab.Pause()
		}
	})
	buffer := make([]byte, 100)
	said := ""
	next := func() {
		n, _ := ready.Read(buffer)
		said += string(buffer[:n])
	}
	next()
	child.Signal(unix.SIGUSR1)
	next()
	child.Signal(unix.SIGINT)
	next()
	child.Signal(unix.SIGTERM) // no handler
	status, err := child.Wait()
	fmt.Print(said)
	fmt.Println(status, err)
	ready.Close()
	done.Close()
	// Output:
	// ready
	// received SIGUSR1
	// received SIGINT
	// killed by SIGTERM <nil>
}

func ExampleSigprocmask() {
	inChild(func() {
		times := 0
		for _, sig := range []unix.Signal{unix.SIGUSR1, ipclab.RtMin} {
			ipclab.Signal(sig, func(unix.Signal) { times++ })
		}
		old, _ := ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(unix.SIGUSR1, ipclab.RtMin))
		for range 3 {
			ipclab.Raise(unix.SIGUSR1) // standard signals merge
		}
		pending, _ := ipclab.Sigpending()
		fmt.Println("pending:", pending, "handled:", times)
		ipclab.Sigprocmask(unix.SIG_SETMASK, old)
		fmt.Println("SIGUSR1 handled:", times)

		ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(ipclab.RtMin))
		for range 3 {
			ipclab.Raise(ipclab.RtMin) // real-time ones queue
		}
		ipclab.Sigprocmask(unix.SIG_SETMASK, old)
		fmt.Println("with SIGRTMIN:", times)
	})
	// Output:
	// pending: {SIGUSR1} handled: 0
	// SIGUSR1 handled: 1
	// with SIGRTMIN: 4
}

func ExampleSigwaitinfo() {
	inChild(func() {
		set := ipclab.NewSigset(ipclab.RtMin, ipclab.RtMin+1)
		ipclab.Sigprocmask(unix.SIG_BLOCK, set)
		ipclab.Sigqueue(os.Getpid(), ipclab.RtMin+1, 30)
		ipclab.Sigqueue(os.Getpid(), ipclab.RtMin, 10)
		ipclab.Sigqueue(os.Getpid(), ipclab.RtMin, 20)
		for range 3 {
			i, err := ipclab.Sigwaitinfo(set) // the lowest number first
			fmt.Println(i.Signo == ipclab.RtMin, i.CodeName(), i.Value, err)
		}
		_, err := ipclab.Sigtimedwait(set, 10*time.Millisecond)
		fmt.Println(err)
	})
	// Output:
	// true SI_QUEUE 10 <nil>
	// true SI_QUEUE 20 <nil>
	// false SI_QUEUE 30 <nil>
	// sigtimedwait: {SIGRTMIN SIGRTMIN+1}: none came within 10ms: resource temporarily unavailable (EAGAIN)
}

func ExampleSignalfd() {
	inChild(func() {
		set := ipclab.NewSigset(unix.SIGTERM)
		ipclab.Sigprocmask(unix.SIG_BLOCK, set)
		fd, err := ipclab.Signalfd(set, unix.SFD_CLOEXEC)
		if err != nil {
			fmt.Println(err)
			return
		}
		ipclab.Sigqueue(os.Getpid(), unix.SIGTERM, 7)
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := ipclab.Ppoll(fds, time.Second, nil)
		fmt.Println("ready:", n, err)
		i, err := fd.ReadSiginfo()
		fmt.Println(i.Value, i.Pid == os.Getpid(), err)
	})
	// Output:
	// ready: 1 <nil>
	// 7 true <nil>
}

// A sleep that cannot miss its alarm: SIGALRM is blocked but while Sigsuspend waits for it.
func ExampleSigsuspend() {
	inChild(func() {
		rang := false
		ipclab.Signal(unix.SIGALRM, func(unix.Signal) { rang = true })
		old, _ := ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(unix.SIGALRM))
		ipclab.Alarm(time.Microsecond)
		for !rang {
			ipclab.Sigsuspend(old)
		}
		now, _ := ipclab.Sigprocmask(unix.SIG_SETMASK, old)
		fmt.Println("rang, and blocked again:", now)
	})
	// Output: rang, and blocked again: {SIGALRM}
}

func ExampleAlarm() {
	inChild(func() {
		ipclab.Alarm(time.Hour)
		left, err := ipclab.Alarm(0)
		fmt.Println(left > 59*time.Minute, err)

		ipclab.Signal(unix.SIGALRM, func(sig unix.Signal) {
			fmt.Println("handler:", unix.SignalName(sig))
		})
		ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(unix.SIGALRM))
		ipclab.Alarm(20 * time.Millisecond)
		none := ipclab.Sigset(0)
		_, err = ipclab.Ppoll(nil, time.Hour, &none) // sleeps, and lets the alarm in
		fmt.Println(errors.Is(err, unix.EINTR))
	})
	// Output:
	// true <nil>
	// handler: SIGALRM
	// true
}

func ExampleNanosleep() {
	inChild(func() {
		ipclab.Signal(unix.SIGALRM, func(unix.Signal) {
			ipclab.Alarm(20 * time.Millisecond) // again, should this one have come before the sleep
		})
		ipclab.Alarm(20 * time.Millisecond)
		left, err := ipclab.Nanosleep(time.Hour)
		fmt.Println(left > 59*time.Minute, errors.Is(err, unix.EINTR))
	})
	// Output: true true
}

// A FIFO that somebody opened and to which nobody writes: an alarm ends the read.
func ExampleAlarm_fifo() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "fifo")
	ipclab.Mkfifo(path, 0o600)
	inChild(func() {
		fifo, _ := ipclab.Open(path, unix.O_RDWR)
		ipclab.Sigaction(unix.SIGALRM, &ipclab.SigAction{Handler: func(ipclab.Siginfo) { // no SaRestart
			ipclab.Alarm(20 * time.Millisecond) // again, should this one have come before the read
		}})
		ipclab.Alarm(20 * time.Millisecond)
		_, err := fifo.Read(make([]byte, 10))
		ipclab.Alarm(0)
		fmt.Println(errors.Is(err, unix.EINTR))
		_, err = fifo.ReadWithin(make([]byte, 10), 20*time.Millisecond) // the same, without a handler
		fmt.Println(errors.Is(err, unix.ETIMEDOUT))
	})
	// Output:
	// true
	// true
}

// The course's signal timing problem: the alarm's handler leaves by siglongjmp, here a panic, and takes with it the
// handler of SIGINT, which it interrupted in the middle.
func ExampleSignal_longjmp() {
	inChild(func() {
		ipclab.Signal(unix.SIGALRM, func(unix.Signal) { panic("alarm") })
		ipclab.Signal(unix.SIGINT, func(unix.Signal) {
			fmt.Println("sig_int enter")
			ipclab.Alarm(10 * time.Millisecond) // brought forward, so that it rings in here
			for {
				ipclab.Nanosleep(time.Millisecond) // a long computation
			}
		})
		sleepFor := func(d time.Duration) (left time.Duration) {
			defer func() {
				fmt.Println("jumped:", recover())
				left, _ = ipclab.Alarm(0)
			}()
			ipclab.Alarm(d)
			ipclab.Raise(unix.SIGINT)
			for {
				ipclab.Pause()
			}
		}
		fmt.Println("sleepFor returned:", sleepFor(time.Hour))
	})
	// Output:
	// sig_int enter
	// jumped: alarm
	// sleepFor returned: 0s
}
