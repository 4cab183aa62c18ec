package ipclab_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"ipclab/ipclab"
)

// helpers are programs that the test binary plays, for what needs a process whose standard descriptors are its own.
var helpers = map[string]func(){
	"course":       course,
	"orphan":       orphan,
	"end of panic": func() { spawnAndPrint(func() { panic("as asked") }) },
}

// course is the pipe example of the course, line by line: the child's standard output and the parent's standard input
// become the two ends of a pipe.
func course() {
	r, w, err := ipclab.Pipe()
	if err != nil {
		fmt.Println(err)
		return
	}
	pid, err := ipclab.Fork()
	switch {
	case pid > 0: // parent process
		ipclab.Dup2(r, 0) // redirect standard input
		w.Close()         // close the unused half of the pipe
		var value int
		fmt.Scan(&value)
		fmt.Println("child sent value =", value)
		_, status, err := ipclab.Wait()
		fmt.Println("child", status, err)
	case pid == 0: // child process
		ipclab.Dup2(w, 1) // redirect standard output
		r.Close()         // close the unused half of the pipe
		fmt.Println(5000)
		os.Exit(0)
	default:
		fmt.Println("fork failed:", err)
	}
}

// spawnAndPrint runs f in a child and prints how it ended.
func spawnAndPrint(f func()) {
	p, err := ipclab.Spawn(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	status, err := p.Wait()
	fmt.Println(status, err)
}

// play runs a helper program, as the leader of a process group, and returns what it wrote.
func play(t *testing.T, name string) (stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := exec.CommandContext(ctx, exe)
	program.Env = append(os.Environ(), helperVariable+"="+name)
	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out, errs bytes.Buffer
	program.Stdout, program.Stderr = &out, &errs
	if err := program.Run(); err != nil {
		t.Fatalf("helper %q: %v\n%s%s", name, err, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

func TestCourseExample(t *testing.T) {
	out, errs := play(t, "course")
	if want := "child sent value = 5000\nchild exited with status 0 <nil>\n"; out != want || errs != "" {
		t.Errorf("printed %q and %q, want %q", out, errs, want)
	}
}
