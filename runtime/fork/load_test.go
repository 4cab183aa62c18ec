//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// stepLimit bounds each thing that workOut waits for.
const stepLimit = 10 * time.Second

// workOut uses what a child's runtime has to provide: the collector, timers, the network poller and
// goroutines that change threads.
func workOut() error {
	runtime.GC()
	if err := echo(stepLimit); err != nil {
		return err
	}
	done := make(chan bool)
	for range 4 {
		go func() {
			for range 10 {
				_ = make([]byte, 1<<16)
				runtime.Gosched()
			}
			done <- true
		}()
	}
	late := time.After(stepLimit)
	for range 4 {
		select {
		case <-done:
		case <-late:
			return errors.New("goroutines are late")
		}
	}
	select {
	case <-time.After(100 * time.Microsecond):
	case <-late:
		return errors.New("a timer is late")
	}
	return nil
}

// echo sends a word through a TCP connection of this process with itself.
func echo(limit time.Duration) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		b := make([]byte, 10)
		c.SetDeadline(time.Now().Add(limit))
		n, _ := c.Read(b)
		c.Write(b[:n])
	}()
	c, err := net.DialTimeout("tcp", l.Addr().String(), limit)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(limit))
	if _, err := c.Write([]byte("word")); err != nil {
		return err
	}
	word := make([]byte, 4)
	if _, err := io.ReadFull(c, word); err != nil {
		return err
	}
	if string(word) != "word" {
		return fmt.Errorf("echo of %q", word)
	}
	return nil
}

func runProgram() error {
	out, err := exec.Command("/bin/echo", "x").Output()
	if err == nil && string(out) != "x\n" {
		err = fmt.Errorf("echo printed %q", out)
	}
	return err
}

// signalSelf sends a signal that notices has been asked for.
func signalSelf(notices <-chan os.Signal) error {
	if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
		return err
	}
	select {
	case <-notices:
		return nil
	case <-time.After(stepLimit):
		return errors.New("a signal is late")
	}
}

// load is what goes on in the parent meanwhile, and how often it was done.
type load struct{ collections, echoes, programs, signals, ticks atomic.Int64 }

// start starts goroutines that end by themselves in a child.
func (l *load) start() {
	repeat := func(count *atomic.Int64, f func() error) {
		go func() {
			for !InChild() {
				if f() == nil {
					count.Add(1)
				}
			}
		}()
	}
	repeat(&l.collections, func() error {
		for range 100 {
			_ = make([]byte, 1<<14)
		}
		runtime.GC()
		return nil
	})
	// A copy of the reader in a child may take the word, hence the short limit.
	repeat(&l.echoes, func() error { return echo(50 * time.Millisecond) })
	repeat(&l.programs, func() error { return exec.Command("/bin/true").Run() })
	notices := make(chan os.Signal, 1)
	signal.Notify(notices, syscall.SIGUSR2)
	repeat(&l.signals, func() error {
		syscall.Kill(os.Getpid(), syscall.SIGUSR2)
		select {
		case <-notices:
			return nil
		case <-time.After(50 * time.Millisecond):
			return errors.New("late")
		}
	})
	ticker := time.NewTicker(time.Millisecond)
	repeat(&l.ticks, func() error { <-ticker.C; return nil })
}

func (l *load) String() string {
	return fmt.Sprintf("collections %d, echoes %d, programs %d, signals %d, ticks %d", l.collections.Load(),
		l.echoes.Load(), l.programs.Load(), l.signals.Load(), l.ticks.Load())
}

func (l *load) idle() bool {
	return l.collections.Load() == 0 || l.echoes.Load() == 0 || l.programs.Load() == 0 ||
		l.signals.Load() == 0 || l.ticks.Load() == 0
}

func TestManyForksUnderLoad(t *testing.T) {
	for _, where := range []string{"main", "other"} {
		t.Run(where, func(t *testing.T) {
			t.Log(runHelper(t, 4*time.Minute, "load", "1000", where))
		})
	}
}

func init() {
	helpers["load"] = func(args []string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		n, err := strconv.Atoi(args[0])
		if err != nil {
			return complain("%v", err)
		}
		var l load
		l.start()
		if args[1] == "main" {
			return forkUnderLoad(n, &l)
		}
		status := make(chan int)
		go func() { status <- forkUnderLoad(n, &l) }()
		return <-status
	}
}

func forkUnderLoad(n int, l *load) int {
	notices := make(chan os.Signal, 1)
	signal.Notify(notices, syscall.SIGUSR1)
	start := time.Now()
	for i := range n {
		if err := run(func() int { return childUnderLoad(i, notices) }, 7); err != nil {
			return complain("fork %d: %v", i, err)
		}
	}
	if l.idle() {
		return complain("too little went on: %v", l)
	}
	fmt.Printf("%d forks in %v; %v", n, time.Since(start), l)
	return 0
}

func childUnderLoad(i int, notices <-chan os.Signal) int {
	if i%10 == 0 {
		go loop()
	}
	if err := workOut(); err != nil {
		return complain("child %d: %v", i, err)
	}
	if err := signalSelf(notices); err != nil {
		return complain("child %d: %v", i, err)
	}
	if i%20 == 1 {
		if err := runProgram(); err != nil {
			return complain("child %d: %v", i, err)
		}
	}
	return 7
}
