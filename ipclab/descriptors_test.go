package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/mime"
)

func ExampleDescriptors() {
	r, w, _ := ipclab.Pipe()
	defer r.Close()
	defer w.Close()
	child, err := ipclab.Spawn(func() {
		// It forgets to close w, so its read cannot come to an end.
		r.Read(make([]byte, 1))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	table, _ := ipclab.Descriptors(child.Pid())
	child.Kill()
	child.Wait()
	for _, row := range table.Rows() {
		if row.FD == r || row.FD == w {
			_, end, _ := strings.Cut(row.What, ", ")
			fmt.Println(end, row.Access, row.CloseOnExec)
		}
	}
	// Output:
	// read end read false
	// write end write false
}

// descriptors returns the table of the experiment, or of the given processes.
func descriptors(t *testing.T, pids ...int) *ipclab.DescriptorTable {
	t.Helper()
	table, err := ipclab.Descriptors(pids...)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// rowOf returns the row of one descriptor of one process.
func rowOf(table *ipclab.DescriptorTable, pid int, fd ipclab.FD) (ipclab.DescriptorRow, bool) {
	rows := table.Rows()
	i := slices.IndexFunc(rows, func(r ipclab.DescriptorRow) bool { return r.Pid == pid && r.FD == fd })
	if i < 0 {
		return ipclab.DescriptorRow{}, false
	}
	return rows[i], true
}

func TestDescriptorsPairEnds(t *testing.T) {
	r, w := pipe(t)
	ready, closedW := pipe(t)
	reader := spawn(t, func() {
		w.Close()
		closedW.Write([]byte("x"))
		r.Read(make([]byte, 1))
	})
	ready.Read(make([]byte, 1)) // the child has closed w by now
	self := os.Getpid()
	table := descriptors(t)
	readEnd, ok := rowOf(table, reader.Pid(), r)
	if want := fmt.Sprintf("%d (%d)", self, int(w)); !ok || readEnd.Other != want || !strings.HasSuffix(readEnd.What, "read end") {
		t.Errorf("the child's read end shows as %+v, want the other end with %s", readEnd, want)
	}
	writeEnd, ok := rowOf(table, self, w)
	if want := fmt.Sprintf("%d (%d), %d (%d)", self, int(r), reader.Pid(), int(r)); !ok || writeEnd.Other != want || writeEnd.CloseOnExec {
		t.Errorf("the parent's write end shows as %+v, want the other end with %s", writeEnd, want)
	}
	if _, ok := rowOf(table, reader.Pid(), w); ok {
		t.Error("the child shows with the write end that it has closed")
	}
	name, _, _ := strings.Cut(readEnd.What, ",")
	want := []string{fmt.Sprintf("The write end of %s is also held by its reader, process %d (descriptor %d): end of file will not come to it while that is open.", name, self, int(w))}
	got := slices.DeleteFunc(table.Notes(), func(n string) bool { return !strings.Contains(n, name+" ") })
	if !slices.Equal(got, want) {
		t.Errorf("notes on %s: %q, want %q", name, got, want)
	}
	for _, kind := range []string{mime.Plain, mime.HTML} {
		if text := table.MIMEBundle()[kind].(string); !strings.Contains(text, want[0]) {
			t.Errorf("%s lacks the note", kind)
		}
	}
	w.Close()
}

func TestDescriptorsNotes(t *testing.T) {
	r, w := pipe(t)
	holder := spawn(t, func() { select {} }) // holds both ends
	notes := func(fd ipclab.FD) string {
		row, _ := rowOf(descriptors(t), os.Getpid(), fd)
		name, _, _ := strings.Cut(row.What, ",")
		text := ""
		for _, n := range descriptors(t).Notes() {
			if strings.Contains(n, name+" ") || strings.Contains(n, name+":") {
				text += strings.ReplaceAll(n, name, "P") + "\n"
			}
		}
		return text
	}
	want := fmt.Sprintf("The write end of P is held by processes %d and %d: end of file comes only when all of them have closed it.\n", os.Getpid(), holder.Pid())
	if got := notes(r); !strings.HasSuffix(got, want) || strings.Count(got, "also held by its reader") != 2 {
		t.Errorf("both processes hold both ends: %q", got)
	}
	holder.Kill()
	holder.Wait()
	w.Close()
	if got, want := notes(r), "Nobody holds the write end of P: a read returns what is left in it, then end of file.\n"; got != want {
		t.Errorf("write end closed: %q, want %q", got, want)
	}
	r2, w2 := pipe(t)
	r2.Close()
	if got, want := notes(w2), "Nobody holds the read end of P: a write fails with EPIPE.\n"; got != want {
		t.Errorf("read end closed: %q, want %q", got, want)
	}
}

func TestDescriptorsOfAnotherProgram(t *testing.T) {
	r, w := pipe(t)
	cat := exec.Command("cat")
	in, err := cat.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cat.Start(); err != nil {
		t.Fatal(err)
	}
	table := descriptors(t)
	// What pipe(2) makes is inherited by programs, what package os makes is not.
	for _, fd := range []ipclab.FD{r, w} {
		if _, ok := rowOf(table, cat.Process.Pid, fd); !ok {
			t.Errorf("cat did not inherit %v:\n%v", fd, table)
		}
	}
	if !strings.Contains(table.String(), fmt.Sprintf("%d (cat)", cat.Process.Pid)) {
		t.Errorf("the table does not name cat:\n%v", table)
	}
	in.Close()
	cat.Wait()
}

func TestDescriptorsKinds(t *testing.T) {
	dir := t.TempDir()
	fifo := dir + "/fifo"
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	openAs := func(name string, flags int) ipclab.FD {
		fd, err := unix.Open(name, flags|unix.O_CLOEXEC, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(fd) })
		return ipclab.FD(fd)
	}
	memory, err := unix.MemfdCreate("numbers", 0)
	if err != nil {
		t.Fatal(err)
	}
	event, err := unix.Eventfd(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	sockets, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	self, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range []int{memory, event, sockets[0], sockets[1], self} {
		defer unix.Close(fd)
	}
	cases := map[ipclab.FD]string{
		openAs(dir+"/file", unix.O_CREAT|unix.O_WRONLY): dir + "/file",
		openAs(dir, unix.O_RDONLY):                      "directory " + dir,
		openAs(fifo, unix.O_RDWR):                       "FIFO " + fifo + ", both ends",
		openAs("/dev/null", unix.O_RDWR):                "/dev/null",
		openAs("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY):  "terminal /dev/ptmx",
		ipclab.FD(memory):                               "memory file numbers",
		ipclab.FD(event):                                "eventfd",
		ipclab.FD(self):                                 fmt.Sprintf("pidfd of process %d", os.Getpid()),
	}
	table := descriptors(t, os.Getpid())
	for fd, want := range cases {
		if r, ok := rowOf(table, os.Getpid(), fd); !ok || r.What != want {
			t.Errorf("%v shows as %q, want %q", fd, r.What, want)
		}
	}
	if r, _ := rowOf(table, os.Getpid(), ipclab.FD(sockets[0])); !strings.HasPrefix(r.What, "socket ") || r.Access != "read, write" {
		t.Errorf("a socket shows as %+v", r)
	}
}

func TestDescriptorsHidden(t *testing.T) {
	_, w := pipe(t)
	table := descriptors(t)
	hasPoller := func(rows []ipclab.DescriptorRow) bool {
		return slices.ContainsFunc(rows, func(r ipclab.DescriptorRow) bool { return r.What == "eventpoll" })
	}
	if hasPoller(table.Rows()) || !hasPoller(table.All().Rows()) {
		t.Errorf("the Go runtime's epoll instance is to be hidden, and shown by All:\n%v\n%v", table, table.All())
	}
	if _, ok := rowOf(table, os.Getpid(), w); !ok {
		t.Error("the pipe is hidden")
	}
}

func TestDescriptorsErrors(t *testing.T) {
	for pid, errno := range map[int]unix.Errno{-1: unix.EINVAL, 0: unix.EINVAL, 1<<22 + 1: unix.ESRCH} {
		table, err := ipclab.Descriptors(pid)
		if table != nil || !errors.Is(err, errno) || !strings.HasPrefix(err.Error(), fmt.Sprintf("Descriptors: process %d: ", pid)) {
			t.Errorf("Descriptors(%d): %v, want %v", pid, err, errno)
		}
	}
	var none *ipclab.DescriptorTable
	if none.All().Rows() != nil || none.Notes() != nil || none.MIMEBundle()[mime.Plain] == nil {
		t.Error("a nil table is not an empty one")
	}
}

func TestDescriptorsOfZombie(t *testing.T) {
	p := spawn(t, func() {})
	if err := unix.Waitid(unix.P_PID, p.Pid(), nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	for _, r := range descriptors(t).Rows() {
		if r.Pid == p.Pid() {
			t.Errorf("a zombie holds %+v", r)
		}
	}
}
