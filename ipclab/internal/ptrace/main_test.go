package ptrace

import (
	"bufio"
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// roleVariable names, in the environment, what the test binary does instead of running tests: "tracer", or a traced program.
const roleVariable = "PTRACE_TEST_ROLE"

func TestMain(m *testing.M) {
	switch role := os.Getenv(roleVariable); role {
	case "":
		os.Exit(m.Run())
	case "tracer":
		trace()
	default:
		os.Unsetenv(roleVariable)
		traced(programs[role])
	}
}

// trace follows the process of the first argument, says on descriptor 3 that it has attached, and reports on standard output.
func trace() {
	pid, _ := strconv.Atoi(os.Args[1])
	most, _ := strconv.Atoi(os.Args[2])
	attached := os.NewFile(3, "attached")
	describe := func(_, fd int) string { return fmt.Sprintf("file %d", fd) }
	report := Run(pid, most, Look{Describe: describe}, func() { attached.Write([]byte("y")) })
	attached.Close()
	if err := gob.NewEncoder(os.Stdout).Encode(report); err != nil {
		panic(err)
	}
}

// A program is traced: it prepares, and returns what it does between the marks.
type program func() func()

// traced runs a program, which begins when it is told to on standard input.
func traced(p program) {
	run := p()
	fmt.Println("ready")
	if _, err := os.Stdin.Read(make([]byte, 1)); err != nil {
		panic(err)
	}
	mark(Begin)
	run()
	mark(Finish)
	fmt.Println("done")
}

func mark(what uintptr) { _ = unix.Prctl(Mark, what, 0, 0, 0) }

// A subject is a traced program and its tracer.
type subject struct {
	t              *testing.T
	tracee, tracer *exec.Cmd
	in             io.WriteCloser
	out            *bufio.Reader
	report         io.Reader
}

// attach starts a program and a tracer of it, and waits until that has attached.
func attach(t *testing.T, role string, most int) *subject {
	t.Helper()
	s := &subject{t: t, tracee: exec.Command("/proc/self/exe")}
	s.tracee.Env = append(os.Environ(), roleVariable+"="+role)
	s.tracee.Stderr = os.Stderr
	in, err1 := s.tracee.StdinPipe()
	out, err2 := s.tracee.StdoutPipe()
	s.check(err1, err2, s.tracee.Start())
	t.Cleanup(func() { s.tracee.Process.Kill(); s.tracee.Wait() })
	s.in, s.out = in, bufio.NewReader(out)
	s.says("ready\n")

	s.tracer = exec.Command("/proc/self/exe", strconv.Itoa(s.tracee.Process.Pid), strconv.Itoa(most))
	s.tracer.Env = append(os.Environ(), roleVariable+"=tracer")
	s.tracer.Stderr = os.Stderr
	r, w, err := os.Pipe()
	s.check(err)
	defer r.Close()
	s.tracer.ExtraFiles = []*os.File{w}
	report, err := s.tracer.StdoutPipe()
	s.check(err, s.tracer.Start())
	w.Close()
	t.Cleanup(func() { s.tracer.Process.Kill(); s.tracer.Wait() })
	s.report = report
	if n, err := r.Read(make([]byte, 1)); n != 1 {
		t.Fatalf("the tracer has not attached: %v, %+v", err, s.reported())
	}
	return s
}

// run attaches to a program, lets it run and returns what the tracer reports.
func run(t *testing.T, role string) Report {
	t.Helper()
	s := attach(t, role, 10_000)
	s.begin()
	return s.reported()
}

func (s *subject) check(errs ...error) {
	s.t.Helper()
	for _, err := range errs {
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// says waits for a line of the program.
func (s *subject) says(want string) {
	s.t.Helper()
	if line, err := s.out.ReadString('\n'); line != want {
		s.t.Fatalf("the program says %q, %v; want %q", line, err, want)
	}
}

// begin tells the program to go on.
func (s *subject) begin() {
	s.t.Helper()
	_, err := s.in.Write([]byte("g"))
	s.check(err)
}

func (s *subject) reported() (r Report) {
	s.t.Helper()
	s.check(gob.NewDecoder(s.report).Decode(&r))
	return r
}

// of returns the events of a name.
func (r Report) of(name string) (out []Event) {
	for _, e := range r.Events {
		if e.Name == name {
			out = append(out, e)
		}
	}
	return out
}
