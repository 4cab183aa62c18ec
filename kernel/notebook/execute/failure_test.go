package execute

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ipclab/kernel/notebook"
)

// What is wrong with the kernel, and what Run says.
func TestKernelsThatFail(t *testing.T) {
	soon := func(o *Options) { o.Patience.Start = brief }
	for _, c := range []struct {
		mode, cell, want string
		set              func(*Options)
	}{
		{"exits", "", "the kernel died: exit status 3: no room on the device", nil},
		{"deaf", "", "the kernel did not answer within 100ms of its start: connect to the kernel's iopub channel", soon},
		{"mute", "", "the kernel did not answer within 100ms of its start", soon},
		{"forger", "", "the kernel did not answer within 100ms of its start", soon},
		{"good", "out last words\ndie it was too much", "cell 1 of 2: the kernel died: exit status 7: it was too much", nil},
		{"good", "hang-up", "cell 1 of 2: the kernel closed its connections", func(o *Options) { o.Patience.Shutdown = brief }},
		{"good", "keep-busy", "cell 1 of 2: the kernel answered, but did not say within 100ms that it is idle",
			func(o *Options) { o.Patience.Idle = brief }},
		{"good", "abort", "cell 1 of 2 failed: not run: the kernel answered aborted", nil},
		{"good", "until-interrupt", "cell 1 of 2: interrupted because it ran longer than 100ms",
			func(o *Options) { o.CellTimeout = brief }},
		{"good", "no-reply", "cell 1 of 2: it ran longer than 100ms and did not end within 100ms of its interrupt",
			func(o *Options) { o.CellTimeout, o.Patience.Interrupt = brief, brief }},
		{"immortal", "for-ever", "cell 1 of 2: it ran longer than 100ms and did not end within 100ms of its interrupt",
			func(o *Options) { o.CellTimeout, o.Patience.Interrupt, o.Patience.Shutdown = brief, brief, brief }},
	} {
		t.Run(c.mode+" "+c.cell, func(t *testing.T) {
			r := newRig(t, c.mode)
			if c.set != nil {
				c.set(&r.options)
			}
			out, n, err := r.run(t.Context(), code(c.cell+"\n"), code("die"))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Fatalf("got error %v, want %q\n%s", err, c.want, out)
			}
			if strings.Contains(c.cell, "die") {
				expectAll(t, outputsOf(t, n, 0), "last words", `"ename":"KernelError"`, "too much")
			}
		})
	}
}

func TestProgramThatIsNotThere(t *testing.T) {
	r := newRig(t, "good")
	r.options.Command = []string{"/nonexistent/kernel", "-f"}
	if _, _, err := r.run(t.Context()); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "/nonexistent/kernel -f") {
		t.Fatalf("got %v", err)
	}
}

func TestInterruptEndsCellAndRun(t *testing.T) {
	r := newRig(t, "good")
	interrupt := make(chan struct{}, 1)
	r.options.Interrupt, r.options.AllowErrors = interrupt, true
	r.options.Out = writeHook{r, func(text string) {
		if strings.Contains(text, "now") {
			interrupt <- struct{}{}
		}
	}}
	out, n, err := r.run(t.Context(), code("out now\nuntil-interrupt"), code("die"))
	if !errors.Is(err, ErrInterrupted) {
		t.Fatalf("got %v\n%s", err, out)
	}
	expectAll(t, outputsOf(t, n, 0), "now", "interrupted")
}

func TestCancelledContextEndsTheKernel(t *testing.T) {
	r := newRig(t, "immortal")
	r.options.Patience.Shutdown = brief
	ctx, cancel := context.WithCancel(t.Context())
	r.options.Out = writeHook{r, func(text string) {
		if strings.Contains(text, "now") {
			cancel()
		}
	}}
	if out, _, err := r.run(ctx, code("out now\nfor-ever")); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v\n%s", err, out)
	}
}

// writeHook sees what is printed.
type writeHook struct {
	*rig
	seen func(string)
}

func (w writeHook) Write(p []byte) (int, error) {
	w.seen(string(p))
	return w.out.Write(p)
}

// A terminal that stands still must not cost output: the kernel would cut off a
// client that does not read.
func TestNothingIsLostWhilePrintingStands(t *testing.T) {
	r := newRig(t, "good")
	release := make(chan struct{})
	r.options.Out = slowWriter{&r.out, release}
	time.AfterFunc(3*fakePatience, func() { close(release) })
	_, n := r.mustRun(code("chatter 1600"))
	text, _ := notebook.Join(n.Cells()[0].Outputs()[0]["text"])
	if len(text) != 16e6 {
		t.Errorf("got %d bytes, want 16 MB", len(text))
	}
}

func TestTCPWhereSocketPathsAreTooLong(t *testing.T) {
	r := newRig(t, "good")
	r.folder = filepath.Join(r.folder, strings.Repeat("l", 100))
	if err := os.Mkdir(r.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", r.folder)
	info, err := newConnection(filepath.Join(r.folder, "x"))
	if err != nil || info.Transport != "tcp" {
		t.Fatalf("got %+v, %v", info, err)
	}
	out, _ := r.mustRun(code("out by tcp"))
	expectAll(t, out, "by tcp")
}

func TestShortDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1234567 * time.Nanosecond: "1.2ms", 1234 * time.Millisecond: "1.23s", 1234: "1µs",
	} {
		expect(t, fmt.Sprint(int64(d)), short(d).String(), want)
	}
}
