package ipclab_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/mime"
)

func ExampleTrace_Timeline() {
	t, err := ipclab.NewTrace(100)
	if err != nil {
		fmt.Println(err)
		return
	}
	t.Label("parent")
	r, w, _ := ipclab.Pipe()
	p, _ := ipclab.Spawn(func() {
		t.Label("child")
		t.Send("pipe", 5000)
		fmt.Fprintln(w, 5000)
	})
	t.Waits("for the child")
	var value int
	fmt.Fscan(r, &value)
	t.Receive("pipe", value)
	p.Wait()
	r.Close()
	w.Close()
	text := t.Timeline().String()
	fmt.Println(regexp.MustCompile(`child → \d+ parent  pipe: 5000`).MatchString(text), strings.Contains(text, "▒"))
	// Output: true true
}

var digits = regexp.MustCompile(`\d+`)

// arrows returns the arrows that a time line lists, without times and numbers.
func arrows(line *ipclab.Timeline) (out []string) {
	for _, row := range strings.Split(line.String(), "\n") {
		if strings.Contains(row, " → ") {
			_, row, _ = strings.Cut(strings.TrimSpace(row), "s  ") // the time
			out = append(out, digits.ReplaceAllString(row, "N"))
		}
	}
	return out
}

func TestTimelineOfTraceMatchesInOrder(t *testing.T) {
	tr := trace(t, 100)
	tr.Label("parent")
	for i := range 3 {
		tr.Send("a", i)
	}
	spawn(t, func() {
		for i := range 2 {
			tr.Receive("a", i)
		}
		tr.Receive("b") // which nobody sent
	}).Wait()
	var texts []string
	for _, e := range tr.Events() {
		texts = append(texts, e.Text)
		if e.Channel == "" || e.Sends == e.Receives {
			t.Errorf("%+v", e)
		}
	}
	want := "sends to a: 0, sends to a: 1, sends to a: 2, receives from a: 0, receives from a: 1, receives from b"
	if got := strings.Join(texts, ", "); got != want {
		t.Errorf("events %s", got)
	}
	got := arrows(tr.Timeline())
	if len(got) != 2 || !strings.Contains(got[0], "a: N") {
		t.Errorf("arrows %q", got)
	}
}

// exchange has a child answer what comes by one descriptor by way of another.
func exchange(t *testing.T, childReads, childWrites, reads, writes int) func() {
	return func() {
		child := spawn(t, func() {
			b := make([]byte, 10)
			n, _ := unix.Read(childReads, b)
			_, _ = unix.Write(childWrites, b[:n])
		})
		_, _ = unix.Write(writes, []byte("hello"))
		_, _ = unix.Read(reads, make([]byte, 10))
		child.Wait()
	}
}

// Data are followed from who writes to who reads, through pipes and sockets.
func TestTimelineFollowsData(t *testing.T) {
	var there, back, pair [2]int
	if unix.Pipe2(there[:], unix.O_CLOEXEC) != nil || unix.Pipe2(back[:], unix.O_CLOEXEC) != nil {
		t.Fatal("no pipes")
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	listener, client, server := overLoopback(t)
	for _, fd := range []int{there[0], there[1], back[0], back[1], pair[0], pair[1], event, listener, client, server} {
		defer unix.Close(fd)
	}
	for name, c := range map[string]struct {
		f    func()
		want string
	}{
		"pipes":   {exchange(t, there[0], back[1], back[0], there[1]), "pipe N, N bytes"},
		"sockets": {exchange(t, pair[0], pair[0], pair[1], pair[1]), "socket N, N bytes"},
		"TCP":     {exchange(t, server, server, client, client), "TCP to N.N.N.N:N from N.N.N.N:N, N bytes"},
		"an eventfd": {func() {
			child := spawn(t, func() { _, _ = unix.Read(event, make([]byte, 8)) })
			_, _ = unix.Write(event, []byte{1, 0, 0, 0, 0, 0, 0, 0})
			child.Wait()
		}, "eventfd N, N bytes"},
	} {
		got := arrows(straced(t, c.f).Timeline())
		var data []string
		for _, a := range got {
			if strings.Contains(a, c.want) {
				data = append(data, a)
			}
		}
		wanted := []string{"N this process → N child", "N child → N this process"}
		if name == "an eventfd" {
			wanted = wanted[:1]
		}
		if len(data) != len(wanted) {
			t.Errorf("%s: %q", name, got)
			continue
		}
		for i := range wanted {
			if !strings.HasPrefix(data[i], wanted[i]) {
				t.Errorf("%s: %q", name, data)
			}
		}
	}
}

// overLoopback returns a listening socket and the two ends of a TCP connection.
func overLoopback(t *testing.T) (listener, client, server int) {
	t.Helper()
	listener, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	client, err1 := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	err2 := unix.Bind(listener, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	err3 := unix.Listen(listener, 1)
	name, err4 := unix.Getsockname(listener)
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
		t.Fatal(err1, err2, err3, err4)
	}
	err5 := unix.Connect(client, name)
	server, _, err6 := unix.Accept4(listener, unix.SOCK_CLOEXEC)
	if err5 != nil || err6 != nil {
		t.Fatal(err5, err6)
	}
	return listener, client, server
}

func TestTimelineOfAProgram(t *testing.T) {
	line := straced(t, func() { _ = exec.Command("/bin/sh", "-c", `(kill -USR1 $$) & trap : USR1; wait $!; wait $!`).Run() }).Timeline()
	all := strings.Join(arrows(line), "\n")
	for _, want := range []string{"clone makes process N", "SIGUSRN from N to N", "SIGCHLD from N to N"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, line)
		}
	}
}

// Both kinds of trace are on one clock: an event between two calls is drawn between them.
func TestTimelinesOnOneClock(t *testing.T) {
	tr := trace(t, 10)
	tr.Label("here")
	calls := straced(t, func() {
		_, _ = unix.Getpgid(1)
		tr.Event("between")
		_, _ = unix.Getpgid(1)
	})
	for name, both := range map[string]*ipclab.Timeline{"trace first": tr.Timeline().With(calls.Timeline()), "calls first": calls.Timeline().With(tr.Timeline())} {
		var spec struct {
			Datasets struct {
				Marks []struct {
					At   float64
					What string
				}
			}
		}
		if err := json.Unmarshal(both.MIMEBundle()[mime.VegaLite].(json.RawMessage), &spec); err != nil {
			t.Fatal(err)
		}
		last := -1.0
		var order []string
		for _, m := range spec.Datasets.Marks {
			word, _, _ := strings.Cut(m.What, "(")
			order = append(order, strings.Split(word, ",")[0])
			if m.At < last {
				t.Errorf("%s: out of order: %v", name, spec)
			}
			last = m.At
		}
		if got := strings.Join(order, ", "); got != "getpgid, here: between, getpgid" {
			t.Errorf("%s: %s\n%s", name, got, both)
		}
		if n := strings.Count(both.String(), " here "); n != 1 {
			t.Errorf("%s: %d lanes of this process\n%s", name, n, both)
		}
	}
}

func TestTimelineOfNothing(t *testing.T) {
	var noTrace *ipclab.Trace
	var noCalls *ipclab.SyscallTrace
	var none *ipclab.Timeline
	for _, line := range []*ipclab.Timeline{none, noTrace.Timeline(), noCalls.Timeline(), none.With(nil), none.With(noCalls.Timeline()), trace(t, 1).Timeline().With(nil)} {
		checkPictures(t, "nothing", line.MIMEBundle())
		if b := line.MIMEBundle(); !strings.Contains(b[mime.Plain].(string), "Nothing happened") || b[mime.SVG] == "" || b[mime.VegaLite] == nil {
			t.Errorf("%v", b)
		}
	}
}

// checkPictures fails unless there are the pictures that a Chart gives: those that a front end shows, and those that a printed
// page needs.
func checkPictures(t *testing.T, name string, b mime.Bundle) {
	t.Helper()
	svg, _ := b[mime.SVG].(string)
	page, _ := b[mime.PDF].([]byte)
	data, _ := b[mime.PNG].([]byte)
	picture, err := png.Decode(bytes.NewReader(data))
	if !strings.HasPrefix(svg, "<svg ") || !bytes.HasPrefix(page, []byte("%PDF-")) || err != nil {
		t.Errorf("%s: an SVG of %d bytes, a PDF of %d, a PNG of %d: %v", name, len(svg), len(page), len(data), err)
		return
	}
	white := color.RGBAModel.Convert(color.White)
	if corner := color.RGBAModel.Convert(picture.At(0, 0)); corner != white {
		t.Errorf("%s: the ground is %v", name, corner)
	}
	const text = "#222222" // of the title and of numbers
	if !colours(picture)[text] {
		t.Errorf("%s: nothing is written on it", name)
	}
}

// colours returns those in a picture.
func colours(picture image.Image) map[string]bool {
	found := map[string]bool{}
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			r, g, b, _ := picture.At(x, y).RGBA()
			found[fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)] = true
		}
	}
	return found
}

// A picture on paper is no larger for a hundred thousand events than what is drawn together.
func TestTimelineOfManyEventsOnPaper(t *testing.T) {
	const n, most = 100_000, 400_000
	tr := trace(t, n)
	for range n / 2 {
		tr.Send("a")
		tr.Receive("a")
	}
	b := tr.Timeline().MIMEBundle()
	checkPictures(t, "many", b)
	for kind, size := range map[string]int{mime.PNG: len(b[mime.PNG].([]byte)), mime.PDF: len(b[mime.PDF].([]byte))} {
		if size > most {
			t.Errorf("%s: %d bytes", kind, size)
		}
	}
}
