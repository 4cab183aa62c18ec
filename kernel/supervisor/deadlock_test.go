package supervisor

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestWaitOf(t *testing.T) {
	for call, want := range map[string]wait{
		fmt.Sprintf("%d 0x1f49e40 0x80 0x0 0x36e4b5b2fea0 0x0 0x0 0x7ffe 0x48", unix.SYS_FUTEX):                 waitForWork,
		fmt.Sprintf("%d 0x1f49e40 0x0 0x0 0x0 0x0 0x0 0x7ffe 0x48", unix.SYS_FUTEX):                             waitOther, // shared with other processes
		fmt.Sprintf("%d 0x1f49e40 0x81 0x1 0x0 0x0 0x0 0x7ffe 0x48", unix.SYS_FUTEX):                            waitOther, // a wake-up
		fmt.Sprintf("%d 0xd0 0x36e4b5b5b6fc 0x80 0xffffffffffffffff 0x0 0x0 0x7ffe 0x48", unix.SYS_EPOLL_PWAIT): waitInPoller,
		fmt.Sprintf("%d 0xd0 0x36e4b5b5b6fc 0x80 0xffffffff 0x0 0x0 0x7ffe 0x48", unix.SYS_EPOLL_PWAIT):         waitInPoller,
		fmt.Sprintf("%d 0xd0 0x36e4b5b5b6fc 0x80 0x4e1f 0x0 0x0 0x7ffe 0x48", unix.SYS_EPOLL_PWAIT):             waitOther, // a timer
		fmt.Sprintf("%d 0xc8 0x36e4b5bf3d40 0x40000000 0x0 0x0 0x0 0x7ffe 0x48", unix.SYS_RECVMSG):              waitForRequest,
		fmt.Sprintf("%d 0x0 0x36e4b5bf3d40 0x1 0x0 0x0 0x0 0x7ffe 0x48", unix.SYS_READ):                         waitOther,
		"running\n":        waitOther,
		"-1 0x7ffe 0x48\n": waitOther,
		"":                 waitOther,
	} {
		if got := waitOf([]byte(call)); got != want {
			t.Errorf("waitOf(%q) = %d, want %d", call, got, want)
		}
	}
}

func TestStatusOfThread(t *testing.T) {
	status := []byte("Name:\tx\nSigBlk:\t0000000000000200\nvoluntary_ctxt_switches:\t17\nnonvoluntary_ctxt_switches:\t2\n")
	if blocksNothing(status) || string(switches(status)) != "17 2" {
		t.Errorf("%t, %q", blocksNothing(status), switches(status))
	}
	own, err := os.ReadFile("/proc/thread-self/status")
	if err != nil || len(switches(own)) < 3 || len(line(own, "SigBlk")) != 16 {
		t.Errorf("%v in %s", err, own)
	}
}

// This process runs, and so it is not asleep.
func TestWhoRunsIsNotAsleep(t *testing.T) {
	if work, ok := asleepForEver(os.Getpid()); ok {
		t.Errorf("asleep: %q", work)
	}
	if _, ok := asleepForEver(-1); ok {
		t.Error("a process that is not there is asleep")
	}
}
