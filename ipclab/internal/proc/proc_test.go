package proc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestReadStatSelf(t *testing.T) {
	s, err := ReadStat(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if s.Pid != os.Getpid() || s.PPid != os.Getppid() || s.PGrp != unix.Getpgrp() || s.Threads < 1 || s.Start == 0 {
		t.Errorf("own stat: %+v", s)
	}
	if c := Command(s); !strings.HasPrefix(c, os.Args[0]) {
		t.Errorf("own command %q does not start with %q", c, os.Args[0])
	}
	if exe, ok := Exe(s.Pid); !ok || filepath.Base(exe) != filepath.Base(os.Args[0]) {
		t.Errorf("own program %q, %v", exe, ok)
	}
}

func TestGone(t *testing.T) {
	// No process has a number beyond the kernel's limit of 2^22.
	if _, err := ReadStat(1<<22 + 1); !Gone(err) {
		t.Errorf("ReadStat of no process: %v", err)
	}
	if _, err := Descriptors(1<<22 + 1); !Gone(err) {
		t.Errorf("Descriptors of no process: %v", err)
	}
	if Gone(nil) || Gone(unix.EACCES) {
		t.Error("Gone takes other errors for the end of a process")
	}
}

func TestDescendants(t *testing.T) {
	all := []Stat{{Pid: 1}, {Pid: 2, PPid: 1}, {Pid: 3, PPid: 1}, {Pid: 4, PPid: 2}, {Pid: 5, PPid: 4}, {Pid: 6, PPid: 3}}
	var got []int
	for _, s := range Descendants(all, 2) {
		got = append(got, s.Pid)
	}
	if !slices.Equal(got, []int{2, 4, 5}) {
		t.Errorf("descendants of 2: %v", got)
	}
	if a := Ancestors(all, 5); !slices.Equal(a, []int{4, 2, 1}) {
		t.Errorf("ancestors of 5: %v", a)
	}
	// Numbers that were reused while the list was read may form a circle.
	circle := []Stat{{Pid: 8, PPid: 9}, {Pid: 9, PPid: 8}}
	if n, a := len(Descendants(circle, 8)), Ancestors(circle, 8); n != 2 || len(a) != 2 {
		t.Errorf("circle: %d descendants, ancestors %v", n, a)
	}
}

func TestAllHasChild(t *testing.T) {
	child := exec.Command("cat")
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	defer in.Close()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	family := Descendants(all, os.Getpid())
	if !slices.ContainsFunc(family, func(s Stat) bool { return s.Pid == child.Process.Pid && s.PPid == os.Getpid() }) {
		t.Errorf("child %d is missing in %+v", child.Process.Pid, family)
	}
	if states, _ := Threads(child.Process.Pid); len(states) != 1 {
		t.Errorf("cat has threads %q, want one", states)
	}
}

func TestDescriptors(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	fds, err := Descriptors(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	find := func(n uintptr) Descriptor {
		i := slices.IndexFunc(fds, func(d Descriptor) bool { return d.Number == int(n) })
		if i < 0 {
			t.Fatalf("descriptor %d is missing in %+v", n, fds)
		}
		return fds[i]
	}
	rd, wd := find(r.Fd()), find(w.Fd())
	if rd.Type() != unix.S_IFIFO || rd.File != wd.File || rd.Target != fmt.Sprintf("pipe:[%d]", rd.File.Inode) {
		t.Errorf("ends of one pipe: %+v, %+v", rd, wd)
	}
	if !rd.Readable() || rd.Writable() || wd.Readable() || !wd.Writable() {
		t.Errorf("access modes: read end %#o, write end %#o", rd.Info.Flags, wd.Info.Flags)
	}
	if rd.Info.Flags&unix.O_CLOEXEC == 0 {
		t.Errorf("os.Pipe's descriptor is not close-on-exec: %#o", rd.Info.Flags)
	}
	own := GoRuntime(fds)
	if slices.Contains(own, rd.Number) || len(own) < 2 {
		t.Errorf("descriptors of the Go runtime: %v among %+v", own, fds)
	}
}

func TestGoRuntime(t *testing.T) {
	fds := []Descriptor{
		{Number: 3, Target: "/sys/fs/cgroup/user.slice/cpu.max"},
		{Number: 4, Target: "anon_inode:[eventpoll]", Info: Info{Polls: []uint64{5, 9}}},
		{Number: 5, Target: "anon_inode:[eventfd]"},
		{Number: 6, Target: "anon_inode:[eventpoll]", Info: Info{Polls: []uint64{9}}},
		{Number: 7, Target: "anon_inode:[eventfd]"},
		{Number: 8, Target: "/tmp/cpu.max"},
	}
	if got := GoRuntime(fds); !slices.Equal(got, []int{3, 4, 5}) {
		t.Errorf("GoRuntime = %v, want 3, 4 and 5 but not what a program opened itself", got)
	}
}

func TestParseInfo(t *testing.T) {
	i := ParseInfo("pos:\t12\nflags:\t02004001\nmnt_id:\t16\nino:\t25438\n")
	if i.Pos != 12 || i.Flags != 0o2004001 {
		t.Errorf("pipe: %+v", i)
	}
	i = ParseInfo("pos:\t0\nflags:\t02000002\ntfd:        5 events:       19 data:   5c1a40  pos:0 ino:3\ntfd: 9 events: 1\nPid:\t-1\n")
	if !slices.Equal(i.Polls, []uint64{5, 9}) || i.Pid != -1 {
		t.Errorf("epoll and pidfd lines: %+v", i)
	}
}

func FuzzParseInfo(f *testing.F) {
	f.Add("pos:\t12\nflags:\t02004001\nino:\t25438\ntfd: 5 events: 19 data: 5c1a40\nPid:\t-1\n")
	f.Fuzz(func(t *testing.T, text string) {
		if i := ParseInfo(text); len(i.Polls) > strings.Count(text, "tfd") {
			t.Errorf("%d watched descriptors from %q", len(i.Polls), text)
		}
	})
}
