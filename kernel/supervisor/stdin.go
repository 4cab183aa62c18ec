package supervisor

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/reap"
)

// stdinLook is the time between two looks at who reads standard input.
const stdinLook = 20 * time.Millisecond

// serveStdin gives the cell's processes standard input for as long as the cell
// runs: whenever one of them blocks reading it, a line is asked of the user,
// or, where that is not allowed or asking has come to its end, the end of file
// is given.
func (in *instance) serveStdin(cell, asking context.Context, input func(context.Context) (string, error)) {
	var pipe string
	err := in.use(func(f *instanceFDs) (err error) {
		pipe, err = os.Readlink(fmt.Sprintf("/proc/self/fd/%d", f.stdin))
		return err
	})
	if err != nil {
		return
	}
	ticker := time.NewTicker(stdinLook)
	defer ticker.Stop()
	for {
		select {
		case <-cell.Done():
			return
		case <-ticker.C:
		}
		if asking.Err() != nil {
			in.endStdin("")
			return
		}
		if in.stdinWaiting() > 0 || !in.someoneReads(pipe) {
			continue
		}
		in.flush()
		if input == nil {
			in.endStdin("[standard input is at its end: whoever runs this notebook does not take input]\n")
			return
		}
		line, err := input(asking)
		if err != nil {
			if cell.Err() == nil {
				in.endStdin("")
			}
			return
		}
		in.writeStdin(asking, line+"\n")
	}
}

// someoneReads reports whether a thread of the runtime or of a process below
// it is blocked reading descriptor 0, and descriptor 0 is still the pipe that
// we write to.
func (in *instance) someoneReads(pipe string) bool {
	for _, pid := range append(reap.Descendants(in.pid, false), in.pid) {
		dir := "/proc/" + strconv.Itoa(pid)
		if link, err := os.Readlink(dir + "/fd/0"); err != nil || link != pipe {
			continue
		}
		tasks, err := os.ReadDir(dir + "/task")
		if err != nil {
			continue
		}
		for _, t := range tasks {
			call, err := os.ReadFile(dir + "/task/" + t.Name() + "/syscall")
			if err == nil && bytes.HasPrefix(call, readOfStdin) {
				link, err := os.Readlink(dir + "/fd/0") // it may have been replaced before the read began
				return err == nil && link == pipe
			}
		}
	}
	return false
}

// readOfStdin is how /proc/PID/syscall begins for a thread blocked in
// read(0, …): the number of the call and its first argument.
var readOfStdin = fmt.Appendf(nil, "%d 0x0 ", unix.SYS_READ)

// writeStdin writes a line to standard input. It does not block for longer
// than the cell runs: a line may be longer than the pipe holds.
func (in *instance) writeStdin(ctx context.Context, text string) {
	for data := []byte(text); len(data) > 0 && ctx.Err() == nil; {
		err := in.use(func(f *instanceFDs) error {
			fds := []unix.PollFd{{Fd: int32(f.stdin), Events: unix.POLLOUT}}
			if n, err := unix.Poll(fds, 100); err != nil || n == 0 {
				return nil
			}
			// poll(2): a pipe is writable when PIPE_BUF bytes fit.
			n, err := unix.Write(f.stdin, data[:min(len(data), pipeBuf)])
			data = data[max(n, 0):]
			return err
		})
		if err != nil && err != unix.EINTR {
			return
		}
	}
}

// pipeBuf is PIPE_BUF of Linux, pipe(7).
const pipeBuf = 4096

// stdinWaiting is how many bytes of standard input no process has read.
func (in *instance) stdinWaiting() (n int) {
	_ = in.use(func(f *instanceFDs) error {
		n = waiting(f.stdin)
		return nil
	})
	return n
}

// endStdin lets readers of standard input see the end of file, with a note for
// the user.
func (in *instance) endStdin(note string) {
	_ = in.change(func(f *instanceFDs) error {
		unix.Close(f.stdin)
		f.stdin, in.stdinSpent = -1, true
		return nil
	})
	in.mu.Lock()
	defer in.mu.Unlock()
	if note != "" && in.output != nil {
		in.output.Stream("stderr", note)
	}
}

// freshStdin makes a new standard input where the old one is spent, so that no
// cell reads what was typed for another. It returns the runtime's end, or -1
// where the old one serves.
func (in *instance) freshStdin() (theirs int, err error) {
	theirs = -1
	err = in.change(func(f *instanceFDs) error {
		if !in.stdinSpent && waiting(f.stdin) == 0 {
			return nil
		}
		r, w, err := pipe()
		if err != nil {
			return err
		}
		if f.stdin >= 0 {
			unix.Close(f.stdin)
		}
		theirs, f.stdin, in.stdinSpent = r, w, false
		return nil
	})
	return theirs, err
}
