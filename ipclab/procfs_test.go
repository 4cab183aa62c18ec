package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// Page faults are counted for the whole machine.
func ExampleVMStat() {
	before, _ := ipclab.VMStat()
	memory, _ := unix.Mmap(-1, 0, 100*os.Getpagesize(), unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	for page := range 100 {
		memory[page*os.Getpagesize()] = 1
	}
	unix.Munmap(memory)
	after, err := ipclab.VMStat()
	for _, r := range after.Since(before).Rows() {
		if r.Name == "pgfault" {
			fmt.Println("page faults were counted:", r.Change > 0, err)
		}
	}
	// Output: page faults were counted: true <nil>
}

func ExampleReadProcess() {
	child, _ := ipclab.Spawn(func() { unix.Ppoll(nil, nil, nil) })
	r, err := ipclab.ReadProcess(child.Pid())
	child.Kill()
	child.Wait()
	fmt.Println(r.Parent == os.Getpid(), r.Threads >= 1, r.Resident > 0, err)
	// Output: true true true <nil>
}

func ExampleLoadAverage() {
	l, err := ipclab.LoadAverage()
	fmt.Println(l.One >= 0, l.Threads >= l.Running, l.LastPid > 0, err)
	// Output: true true true <nil>
}

func ExampleCPUInfo() {
	t, err := ipclab.CPUInfo()
	fmt.Println(t.Rows()[0].Processor, len(t.Rows()[0].Fields) > 5, err)
	// Output: 0 true <nil>
}

func TestReadProcess(t *testing.T) {
	r, err := ipclab.ReadProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	files := slices.IndexFunc(r.Limits, func(l ipclab.ProcessLimit) bool { return l.Name == "Max open files" })
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || files < 0 || r.Limits[files].Soft != fmt.Sprint(limit.Cur) {
		t.Errorf("limits %v, want %d open files (%v)", r.Limits, limit.Cur, err)
	}
	page, err := unix.Mmap(-1, 0, 3<<20, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(page)
	again, err := ipclab.ReadProcess(os.Getpid())
	shared := func(m ipclab.ProcessMapping) bool { return m.Permissions == "r--s" && m.End-m.Start == 3<<20 }
	if err != nil || !slices.ContainsFunc(again.Mappings, shared) {
		t.Errorf("%v, no shared mapping of 3 MiB in\n%s", err, again.MapsTable())
	}
	if r.Name == "" || r.Command == "" || r.Group != unix.Getpgrp() || r.UID != os.Geteuid() || r.Size < r.Resident || r.Age <= 0 || r.MinorFaults == 0 {
		t.Errorf("%+v", r)
	}
	for want, table := range map[string]*ipclab.Table{
		"page faults": r.Table(), "VmRSS": r.StatusTable(), "Max open files": r.LimitsTable(), "[stack]": r.MapsTable(),
	} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("%q is missing in\n%s", want, table)
		}
	}
}

func TestReadProcessOfOthers(t *testing.T) {
	for pid, want := range map[int]unix.Errno{0: unix.EINVAL, -1: unix.EINVAL, 1 << 30: unix.ESRCH} {
		if _, err := ipclab.ReadProcess(pid); !errors.Is(err, want) {
			t.Errorf("process %d: %v, want %v", pid, err, want)
		}
	}
	zombie := spawn(t, func() {})
	unix.Waitid(unix.P_PID, zombie.Pid(), nil, unix.WEXITED|unix.WNOWAIT, nil)
	if r, err := ipclab.ReadProcess(zombie.Pid()); err != nil || r.State != "zombie" || len(r.Mappings) > 0 || !strings.HasPrefix(r.Command, "[") {
		t.Errorf("a zombie: %+v, %v", r, err)
	}
}

func TestProcTables(t *testing.T) {
	v, err1 := ipclab.VMStat()
	c, err2 := ipclab.CPUInfo()
	l, err3 := ipclab.LoadAverage()
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if n, ok := v.Value("nr_free_pages"); !ok || n == 0 {
		t.Errorf("nr_free_pages %d, %t", n, ok)
	}
	if n, ok := v.Value("no such number"); ok {
		t.Error(n)
	}
	for want, text := range map[string]string{
		"nr_free_pages": v.Table().Limit(0).String(), "processor": c.String(), "15 minutes": l.String(), "change": v.Since(v).String(),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	var noTable *ipclab.VMStatTable
	if len(v.Since(nil).Rows()) > 0 || noTable.Table().Len() > 0 || (*ipclab.Load)(nil).Table().Len() > 0 {
		t.Error("nothing has rows")
	}
}
