package ipclab_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/mime"
)

func ExampleDescriptorTable_Diagram() {
	r, w, _ := ipclab.Pipe()
	child, _ := ipclab.Spawn(func() {
		w.Close()
		r.Read(make([]byte, 1))
	})
	r.Close()
	table, err := ipclab.Descriptors(os.Getpid(), child.Pid())
	w.Close()
	child.Wait()
	fmt.Println(strings.Contains(table.Diagram().String(), " │ pipe "), err)
	// Output: true <nil>
}

// connected returns the lines of a diagram that are about channels, with pids as names and other numbers, but those of
// descriptors, left out.
func connected(d *ipclab.Diagram, names map[int]string) string {
	text := d.String()
	for pid, name := range names {
		text = regexp.MustCompile(fmt.Sprintf(`\b%d [\w ]+?( \[|\n)`, pid)).ReplaceAllString(text, name+"$1")
	}
	text = regexp.MustCompile(`(pipe|sockets|eventfd) \d+( and \d+)?`).ReplaceAllString(text, "$1")
	var lines []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, "│") {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
	}
	return strings.Join(lines, "\n")
}

// held stands in a forked child until it is told to end.
func held(t *testing.T, before func()) (child *ipclab.Process, end func()) {
	t.Helper()
	var ready, gate [2]int
	if unix.Pipe2(ready[:], unix.O_CLOEXEC) != nil || unix.Pipe2(gate[:], unix.O_CLOEXEC) != nil {
		t.Fatal("no pipes")
	}
	child = spawn(t, func() {
		before()
		b := []byte{1}
		unix.Write(ready[1], b)
		for _, fd := range []int{ready[0], ready[1], gate[1]} {
			unix.Close(fd)
		}
		unix.Dup3(gate[0], 200, unix.O_CLOEXEC) // one that the tests know to leave out
		unix.Close(gate[0])
		unix.Read(200, b)
	})
	unix.Close(gate[0])
	unix.Read(ready[0], make([]byte, 1))
	unix.Close(ready[0])
	unix.Close(ready[1])
	return child, func() {
		unix.Close(gate[1])
		child.Wait()
	}
}

// about returns the lines on channels in which a descriptor stands.
func about(text string, fds ...ipclab.FD) string {
	var out []string
	for line := range strings.Lines(text) {
		for _, fd := range fds {
			if strings.Contains(line, fmt.Sprintf("[%d]", int(fd))) {
				out = append(out, strings.TrimSpace(line))
				break
			}
		}
	}
	return strings.Join(out, "\n")
}

func TestDiagramOfAPipeAfterFork(t *testing.T) {
	r, w, err := ipclab.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	child, end := held(t, func() {})
	names := map[int]string{os.Getpid(): "parent", child.Pid(): "child"}
	picture := descriptors(t).Diagram()
	before := about(connected(picture, names), r, w)
	end()
	checkPictures(t, "a pipe", picture.MIMEBundle())
	want := fmt.Sprintf("parent [%[2]d] ─→ │ pipe │ ─→ [%[1]d] parent\nchild [%[2]d] ─→ │ │ ─→ [%[1]d] child", r, w)
	if before != want {
		t.Errorf("before close:\n%s\nwant\n%s", before, want)
	}
	child, end = held(t, func() { w.Close() })
	r.Close()
	names[child.Pid()] = "child"
	d := descriptors(t).Diagram()
	after := about(connected(d, names), r, w)
	w.Close()
	alone := descriptors(t).Diagram().String()
	end()
	if want := fmt.Sprintf("parent [%d] ─→ │ pipe │ ─→ [%d] child", w, r); after != want {
		t.Errorf("after close:\n%s\nwant\n%s", after, want)
	}
	if !strings.Contains(alone, "nobody writes") || !strings.Contains(alone, "no write end is open here") {
		t.Errorf("without a writer:\n%s", alone)
	}
}

func TestDiagramOfAPipeline(t *testing.T) {
	in, feed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, sink, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", "-c", "cat | cat | cat")
	cmd.Stdin, cmd.Stdout = in, sink
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	sink.Close()
	// All three run when what was fed comes out.
	if _, err := feed.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	text := descriptors(t).Diagram().String()
	feed.Close()
	out.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	links := regexp.MustCompile(`(\d+) cat \[1\] ─→ │ pipe \d+ │ ─→ \[0\] (\d+) cat`).FindAllStringSubmatch(text, -1)
	if len(links) != 2 || links[0][2] != links[1][1] {
		t.Errorf("%q in\n%s", links, text)
	}
}

func TestDiagramOfOtherChannels(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "file")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	child, end := held(t, func() { unix.Close(pair[0]) })
	unix.Close(pair[1])
	d := descriptors(t).Diagram()
	names := map[int]string{os.Getpid(): "parent", child.Pid(): "child"}
	text := connected(d, names)
	end()
	unix.Close(pair[0])
	unix.Close(event)
	file.Close()
	for _, want := range []string{
		fmt.Sprintf("parent [%[1]d] ─→ │ sockets │ ─→ [%[1]d] parent\nchild [%[2]d] ─→ │ │ ─→ [%[2]d] child", pair[0], pair[1]),
		fmt.Sprintf("parent [%[1]d] ─→ │ eventfd │ ─→ [%[1]d] parent\nchild [%[1]d] ─→ │ │ ─→ [%[1]d] child", event),
		fmt.Sprintf("parent [%[1]d] ─→ │ %[2]s │ ─→ [%[1]d] parent", file.Fd(), path),
	} {
		if file.Fd() == ^uintptr(0) && strings.Contains(want, path) { // closed: its number is forgotten
			want = path
		}
		if !strings.Contains(text, want) {
			t.Errorf("no\n%s\nin\n%s", want, text)
		}
	}
}

func TestDiagramOfNothing(t *testing.T) {
	var table *ipclab.DescriptorTable
	var d *ipclab.Diagram
	for _, d := range []*ipclab.Diagram{d, table.Diagram()} {
		checkPictures(t, "nothing", d.MIMEBundle())
		if b := d.MIMEBundle(); !strings.Contains(b[mime.Plain].(string), "There is no process") || b[mime.SVG] == "" {
			t.Errorf("%v", b)
		}
	}
}
