package sigaction

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestInterrupts(t *testing.T) {
	const sig = unix.SIGUSR2
	before, err := get(sig)
	if err != nil || before.handler == 0 || before.flags&restart == 0 {
		t.Fatalf("the Go runtime's disposition: %+v, %v; want a handler with SA_RESTART", before, err)
	}
	defer set(sig, &before)
	for range 2 {
		if err := Interrupts(sig); err != nil {
			t.Fatal(err)
		}
		want := before
		want.flags &^= restart
		if after, err := get(sig); err != nil || after != want {
			t.Errorf("after Interrupts: %+v, %v; want %+v", after, err, want)
		}
	}
	if err := Default(sig); err != nil {
		t.Fatal(err)
	}
	if err := Interrupts(sig); err != nil { // no handler: nothing to do
		t.Error(err)
	}
	if after, err := get(sig); err != nil || after.handler != 0 {
		t.Errorf("after Default: %+v, %v", after, err)
	}
}

func TestErrors(t *testing.T) {
	for _, err := range []error{Default(unix.SIGKILL), Default(0), Default(65), Interrupts(0)} {
		if err != unix.EINVAL {
			t.Errorf("got %v, want EINVAL", err)
		}
	}
}
