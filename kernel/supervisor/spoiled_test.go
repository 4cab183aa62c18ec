package supervisor_test

import (
	"testing"

	"ipclab/runtime/wire"
)

func TestInterruptOfAStoppedRuntimeKeepsIt(t *testing.T) {
	l := start(t)
	pid := l.run(`fmt.Print(os.Getpid())`).text("stdout")
	r := newRecorder()
	c := l.cell(`fmt.Print("running"); syscall.Kill(os.Getpid(), syscall.SIGSTOP); for { if *host.Stop { host.Interrupted() } }`, r)
	go func() {
		r.wait(t, "running")
		l.Interrupt()
	}()
	d, err := l.execute(c)
	if err != nil || d.Status != wire.StatusInterrupted {
		t.Errorf("%v, %+v", err, d)
	}
	if after := l.run(`fmt.Print(os.Getpid())`).text("stdout"); after != pid {
		t.Errorf("runtime %s became %s", pid, after)
	}
}

func TestARuntimeThatAsksToBeTracedIsEnded(t *testing.T) {
	l := start(t)
	l.died(`syscall.RawSyscall(syscall.SYS_PTRACE, syscall.PTRACE_TRACEME, 0, 0); syscall.Kill(os.Getpid(), syscall.SIGSTOP); select {}`)
	l.run(`fmt.Print("on")`)
}

func TestAClosedConnectionToTheKernelEndsTheRuntimeWithItsCell(t *testing.T) {
	l := start(t)
	for _, body := range []string{
		`for i := 200; i < 210; i++ { syscall.Close(i) }`,
		`syscall.Close(203)`,
		`null, _ := os.Open(os.DevNull); syscall.Dup3(int(null.Fd()), 203, 0)`, // 203 may be a copy of 0, 1 or 2
	} {
		l.died(body)
		if got := l.run(`fmt.Print("on")`).text("stdout"); got != "on" {
			t.Errorf("after %s: %q", body, got)
		}
	}
}

func TestStandardFilesAreOpenAgain(t *testing.T) {
	l := start(t)
	l.run(`os.Stdin.Close(); os.Stdout.Close(); os.Stderr.Close()`)
	if r := l.run(`fmt.Print("out"); fmt.Fprint(os.Stderr, "err")`); r.text("stdout") != "out" || r.text("stderr") != "err" {
		t.Errorf("after Close: %q", r.all())
	}
}

func TestNoDescriptorOfTheGoRuntimeIsInTheWayOfCells(t *testing.T) {
	l := start(t)
	r := l.run(`for i := 3; i < 200; i++ {
	if what, err := os.Readlink(fmt.Sprint("/proc/self/fd/", i)); err == nil && strings.HasPrefix(what, "anon_inode:") {
		fmt.Println(i, what)
	}
}`)
	if got := r.text("stdout"); got != "" {
		t.Errorf("below 200: %s", got)
	}
}
