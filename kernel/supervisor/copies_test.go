package supervisor_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"ipclab/ipclab/procstat"
)

// frozen gives the frozen copies, once no other process is named like one: one that was discarded takes a moment to go, and
// one that has said that it stands still may run a moment longer.
func (l *lab) frozen() []int {
	l.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(time.Millisecond) {
		kept, found := l.CopyPIDs(), namedFrozen(l.T)
		if slices.Equal(kept, found) {
			return kept
		}
		if time.Now().After(end) {
			l.Fatalf("the copies are %v, processes named so %v", kept, found)
		}
	}
}

// namedFrozen lists the children of this process that are named as copies are.
func namedFrozen(t *testing.T) (pids []int) {
	t.Helper()
	names, err := filepath.Glob("/proc/[0-9]*/comm")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if s, err := procstat.Read(pid); err == nil && s.Comm == "ipclab frozen" && s.PPid == os.Getpid() && s.State != 'Z' {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}
