package process

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// The limits are set in a process of their own: what is lowered there may stay so.
const limitsVariable = "IPCLAB_TEST_LIMITS"

func TestMain(m *testing.M) {
	switch os.Getenv(limitsVariable) {
	case "":
		os.Exit(m.Run())
	case "soft":
		lowerLimits(func(l *unix.Rlimit) { l.Cur = 0 })
	case "hard":
		lowerLimits(func(l *unix.Rlimit) { *l = unix.Rlimit{} })
	}
}

// lowerLimits changes limits, restores them and prints how that went.
func lowerLimits(change func(*unix.Rlimit)) {
	before := currentLimits()
	for _, resource := range []int{unix.RLIMIT_NOFILE, unix.RLIMIT_CORE, unix.RLIMIT_FSIZE} {
		l := before[resource]
		change(&l)
		if err := unix.Setrlimit(resource, &l); err != nil {
			os.Stdout.WriteString(err.Error())
		}
	}
	if err := before.restore(); err != nil {
		os.Stdout.WriteString(err.Error())
		return
	}
	if currentLimits() == before {
		os.Stdout.WriteString("as before")
	}
}

func runLimits(t *testing.T, kind string) string {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), limitsVariable+"="+kind)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

func TestSoftLimitsAreRestored(t *testing.T) {
	if got := runLimits(t, "soft"); got != "as before" {
		t.Errorf("after restore: %s", got)
	}
}

func TestAHardLimitThatCannotBeRaisedIsToldIfVital(t *testing.T) {
	got := runLimits(t, "hard")
	if privileged(t) {
		if got != "as before" {
			t.Errorf("after restore: %s", got)
		}
		return
	}
	if !strings.Contains(got, "RLIMIT_FSIZE") && !strings.Contains(got, "RLIMIT_NOFILE") || !strings.Contains(got, "(Cur) alone") {
		t.Errorf("restore said %q", got)
	}
}

// privileged reports whether this process may raise hard limits, CAP_SYS_RESOURCE in capabilities(7).
func privileged(t *testing.T) bool {
	t.Helper()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		t.Fatal(err)
	}
	return data[0].Effective>>unix.CAP_SYS_RESOURCE&1 != 0
}
