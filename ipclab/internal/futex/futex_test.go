package futex

import (
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestWait(t *testing.T) {
	var word uint32
	if err := Wait(&word, 1, time.Minute); err != nil {
		t.Errorf("a word that is another: %v", err)
	}
	start := time.Now()
	if err := Wait(&word, 0, 5*time.Millisecond); err != unix.ETIMEDOUT || time.Since(start) < 5*time.Millisecond {
		t.Errorf("nobody wakes: %v after %v", err, time.Since(start))
	}
	if err := Wait(&word, 0, -time.Second); err != unix.ETIMEDOUT {
		t.Errorf("no time: %v", err)
	}
	woken := make(chan error)
	go func() { woken <- Wait(&word, 0, time.Minute) }()
	atomic.StoreUint32(&word, 1)
	for {
		Wake(&word, 1)
		select {
		case err := <-woken:
			if err != nil {
				t.Error(err)
			}
			return
		case <-time.After(time.Millisecond): // it may not have slept yet
		}
	}
}

func TestLock(t *testing.T) {
	var word uint64
	l, me := At(&word), Self()
	if me.Pid() != unix.Getpid() || !me.Alive() || me != Self() {
		t.Fatalf("this process: %#x", me)
	}
	if !l.Try(me) || l.Try(me) || l.Free() || l.Holder() != me {
		t.Errorf("the lock is taken once: %#x", word)
	}
	if err := l.Wait(time.Millisecond); err != unix.ETIMEDOUT {
		t.Errorf("it is held: %v", err)
	}
	if l.Holder().Pid() != unix.Getpid() || !l.Unlock() || !l.Free() {
		t.Errorf("after a wait somebody is to be woken: %#x", word)
	}
	if err := l.Wait(time.Minute); err != nil {
		t.Errorf("it is free: %v", err)
	}
	if !l.Try(me) || l.Unlock() {
		t.Error("nobody is to be woken")
	}
}

// TestDeadOwners: a number alone does not make a process, and a lock goes from a dead one to one only.
func TestDeadOwners(t *testing.T) {
	me := Self()
	for name, o := range map[string]Owner{
		"nobody":                      0,
		"a number beyond all":         Owner(1<<31 - 2),
		"an earlier one, same number": me ^ 1<<startShift,
	} {
		if o.Alive() {
			t.Errorf("%s is alive", name)
		}
	}
	if !Owner(1).Alive() || !Owner(me.Pid()).Alive() || !me.Waited().Alive() {
		t.Error("a living process is taken for dead")
	}
	word := uint64(me ^ 1<<startShift)
	l := At(&word)
	dead := l.Holder()
	if !l.TakeOver(dead, me) || l.TakeOver(dead, me) || l.Holder() != me.Waited() {
		t.Errorf("taken over: %#x", word)
	}
}
