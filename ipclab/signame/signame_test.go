package signame

import (
	"syscall"
	"testing"
)

func TestOf(t *testing.T) {
	for sig, want := range map[syscall.Signal]string{
		9: "SIGKILL", 32: "signal 32", 33: "signal 33", 34: "SIGRTMIN", 37: "SIGRTMIN+3", 64: "SIGRTMIN+30", 65: "signal 65", 0: "signal 0", -1: "signal -1",
	} {
		if got := Of(sig); got != want {
			t.Errorf("%d is %s, want %s", int(sig), got, want)
		}
	}
}
