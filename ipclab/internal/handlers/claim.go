package handlers

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/interrupts"
	"ipclab/runtime/fork"
)

// Reasons why Claim fails.
var (
	ErrNotChild = errors.New("signals are taken in a process of their own, which Fork or Spawn makes")
	ErrOther    = errors.New("another goroutine takes the signals of this process: the first that asked")
)

// Claim makes the calling goroutine the one that takes the signals of this process. It stays on its thread for good. From
// then on a signal that has no handler has the default effect that signal(7) tells, where the Go runtime would have its
// own; SIGPIPE excepted, which goes on as an error of write(2). Calls after the first do nothing.
//
// Errors: ErrNotChild in a process that fork.Fork did not make, ErrOther, and those of the system.
func Claim() error {
	switch {
	case Here():
		return nil
	case !fork.InChild():
		return ErrNotChild
	case Claimed():
		return ErrOther
	}
	runtime.LockOSThread()
	if err := claim(); err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("prepare to take signals: %w", err)
	}
	return nil
}

// inherit has the claim live on in children, and the evaluator call the functions; once, whatever the process.
var inherit = sync.OnceFunc(func() {
	fork.OnChild(adopt)
	interrupts.SetSignals(step)
	interrupts.SetPark(Park)
	now.step = stepAddress(interrupts.Step())
})

func claim() error {
	inherit()
	if err := setAction(nudge, caught(onNudgePC(), 0)); err != nil {
		return err
	}
	spareThreads()
	if err := here(); err != nil {
		return err
	}
	return defaults()
}

// here makes the calling thread the one that takes signals.
func here() (err error) {
	thread := unix.Gettid()
	if now.timer, err = newTimer(thread); err != nil {
		return err
	}
	atomic.StoreUint32(&now.process, uint32(os.Getpid()))
	atomic.StoreUint32(&now.thread, uint32(thread))
	return cover(thread)
}

// spare is how many threads the Go runtime gets in advance: a new one would block no signals.
const spare = 4

// spareThreads has the Go runtime make threads, and have them idle.
func spareThreads() {
	var locked, ended sync.WaitGroup
	release := make(chan struct{})
	locked.Add(spare)
	for range spare {
		ended.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			locked.Done()
			<-release
		})
	}
	locked.Wait()
	close(release)
	ended.Wait()
}

// defaults takes the Go runtime's handlers away.
func defaults() error {
	for sig := 1; sig <= last; sig++ {
		if !Takeable().Has(sig) || sig == int(unix.SIGPIPE) {
			continue
		}
		a, err := getAction(sig)
		if err != nil {
			return err
		}
		if a.handler == handlerDefault || a.handler == handlerIgnore {
			continue
		}
		if err := setAction(sig, action{}); err != nil {
			return err
		}
	}
	return nil
}

// adopt is called in a child, on the goroutine that forked. That is the one that takes the child's signals if one took
// the parent's.
func adopt() {
	if atomic.LoadUint32(&now.thread) == 0 {
		return
	}
	runtime.LockOSThread()
	if err := here(); err != nil {
		fmt.Fprintln(os.Stderr, "signals in the child:", err)
		os.Exit(1)
	}
	if now.pending != 0 { // it is the parent's
		forget()
	}
	if !held && getMask()&Takeable() == Takeable() { // another goroutine's, which took none
		setMask(0)
	}
	for sig := range actions { // package fork gives two signals their default effect
		if Takeable().Has(sig) && actions[sig].set {
			_ = install(sig)
		}
	}
}

// forget drops the noted signal.
func forget() {
	atomic.StoreUint32(&now.pending, 0)
	if !held {
		setMask(Set(now.mask))
	}
}

// held is true while Hold has signals blocked.
var held bool

// Hold keeps signals from the process until release is called, here or in a child that is made meanwhile: there, the
// thread that takes signals is another.
func Hold() (release func()) {
	if !Here() {
		return func() {}
	}
	old := shut()
	held = true
	return func() {
		held = false
		open(old)
	}
}
