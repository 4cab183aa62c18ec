//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkFork compares Fork with fork(2) in a C program of the same resident size, in turns. It reports
// medians: µs until fork returned in the parent, and until the child, which exits at once, was waited for.
func BenchmarkFork(b *testing.B) {
	program := compile(b)
	for _, mebibytes := range []int{20, 40, 80} {
		b.Run(fmt.Sprintf("%dMiB", mebibytes), func(b *testing.B) { compare(b, program, mebibytes) })
	}
}

// compile returns the C program, or "" without a C compiler.
func compile(b *testing.B) string {
	compiler, err := exec.LookPath("cc")
	if err != nil {
		b.Log("there is no C compiler to compare with: ", err)
		return ""
	}
	program := filepath.Join(b.TempDir(), "fork")
	if out, err := exec.Command(compiler, "-O2", "-o", program, "testdata/fork.c").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return program
}

// The programs take turns often, so that both see what else the machine does.
const benchRounds, benchForks = 100, 10

func compare(b *testing.B, program string, mebibytes int) {
	var ours, theirs durations
	for range b.N {
		p := startBench(b, mebibytes)
		size := p.line()
		var c *bench
		if program != "" {
			c = start(b, exec.Command(program, size))
			c.line()
		}
		for range benchRounds {
			ours.add(b, p.forks(benchForks))
			if c != nil {
				theirs.add(b, c.forks(benchForks))
			}
		}
		p.stop(b)
		if c != nil {
			c.stop(b)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ours.forks), "µs-fork")
	b.ReportMetric(median(ours.waits), "µs-fork+wait")
	if program != "" {
		b.ReportMetric(median(theirs.forks), "µs-C-fork")
		b.ReportMetric(median(theirs.waits), "µs-C-fork+wait")
		b.ReportMetric(median(ours.forks)/median(theirs.forks), "fork/C-fork")
	}
}

// durations are those that a program printed, a pair a line.
type durations struct{ forks, waits []float64 }

func (d *durations) add(b *testing.B, text []byte) {
	for line := range bytes.Lines(text) {
		var fork, wait float64
		if _, err := fmt.Sscan(string(line), &fork, &wait); err != nil {
			b.Fatalf("%q: %v", line, err)
		}
		d.forks, d.waits = append(d.forks, fork), append(d.waits, wait)
	}
}

// median returns microseconds.
func median(nanoseconds []float64) float64 {
	slices.Sort(nanoseconds)
	return nanoseconds[len(nanoseconds)/2] / 1000
}

// bench is a process that forks when it is told to.
type bench struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startBench(b *testing.B, mebibytes int) *bench {
	cmd := exec.Command("/proc/self/exe", strconv.Itoa(mebibytes))
	cmd.Env = append(os.Environ(), helperVariable+"=bench")
	return start(b, cmd)
}

func start(b *testing.B, cmd *exec.Cmd) *bench {
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	return &bench{cmd, in, bufio.NewReader(out)}
}

// forks has the process fork n times and returns what it prints.
func (p *bench) forks(n int) []byte {
	fmt.Fprintln(p.in, n)
	return p.lines(n)
}

func (p *bench) line() string { return string(bytes.TrimSpace(p.lines(1))) }

func (p *bench) lines(n int) []byte {
	var all []byte
	for range n {
		line, _ := p.out.ReadBytes('\n')
		all = append(all, line...)
	}
	return all
}

func (p *bench) stop(b *testing.B) {
	p.in.Close()
	if err := p.cmd.Wait(); err != nil {
		b.Fatal(err)
	}
}

func init() {
	helpers["bench"] = func(args []string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		mebibytes, err := strconv.Atoi(args[0])
		if err != nil {
			return complain("%v", err)
		}
		ballast := fill(mebibytes << 10)
		if err := Gather(func() bool { return false }); err != nil { // as the runtime process does
			return complain("%v", err)
		}
		fmt.Println(resident())
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			n, err := strconv.Atoi(in.Text())
			if err != nil {
				return complain("%v", err)
			}
			if err := measure(n); err != nil {
				return complain("%v", err)
			}
		}
		runtime.KeepAlive(ballast)
		return 0
	}
}

// fill allocates until as many kibibytes are resident.
func fill(kibibytes int) (blocks [][]byte) {
	for resident() < kibibytes {
		block := make([]byte, 1<<18)
		for i := range block {
			block[i] = 1
		}
		blocks = append(blocks, block)
	}
	return blocks
}

// resident returns the kibibytes that are resident.
func resident() int {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	var total, pages int
	fmt.Sscan(string(text), &total, &pages)
	return pages * os.Getpagesize() / 1024
}

// measure forks n times and prints what the C program prints.
func measure(n int) error {
	var out bytes.Buffer
	for range n {
		start := time.Now()
		pid, err := Fork()
		if err != nil {
			return err
		}
		if pid == 0 {
			unix.Exit(0)
		}
		forked := time.Since(start)
		for {
			if _, err = unix.Wait4(pid, nil, 0, nil); err != unix.EINTR {
				break
			}
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(&out, forked.Nanoseconds(), time.Since(start).Nanoseconds())
	}
	_, err := out.WriteTo(os.Stdout)
	return err
}
