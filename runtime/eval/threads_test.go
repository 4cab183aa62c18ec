package eval

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/runtime/fork"
)

func TestSomeSignalsCannotBeBlocked(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var all, before, now unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^all.Val[i]
	}
	given := all
	if err := pthreadSigmask(unix.SIG_SETMASK, &given, &before); err != nil {
		t.Fatal(err)
	}
	defer unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil)
	if given != all {
		t.Error("the caller's set was changed")
	}
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, nil, &now); err != nil {
		t.Fatal(err)
	}
	for signal, want := range map[uint]bool{2: true, 32: false, 33: false, fork.StopSignal: false, 41: true} {
		if got := now.Val[0]>>(signal-1)&1 != 0; got != want {
			t.Errorf("signal %d: blocked %v, want %v", signal, got, want)
		}
	}
}
