//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// checkLimit is how long the child of the self check may take.
const checkLimit = 3 * time.Second

// selfCheck forks once. In the child the collector has to stop the threads, and a timer and the network
// poller have to wake a goroutine.
func selfCheck() error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("fork: %w", err)
	}
	defer r.Close()
	pid, err := forkInTurn()
	if err == nil && pid == 0 {
		unix.Exit(checkChild(w))
	}
	w.Close()
	if err != nil {
		return err
	}
	said, err := checkAnswer(r)
	if err != nil {
		unix.Kill(pid, unix.SIGKILL)
	}
	var status unix.WaitStatus
	for {
		if _, werr := unix.Wait4(pid, &status, 0, nil); werr != unix.EINTR {
			break
		}
	}
	if err != nil || string(said) != checkPassed {
		return fmt.Errorf("%w: the self check failed: %w", ErrUnsupported, checkError(said, status, err))
	}
	return nil
}

const checkPassed = "passed"

// checkAnswer reads what the child says, to the end. The limit is not a deadline of r: the Go runtime keeps the timer of
// one until its time has come, and who looks from outside would take the process for one that sleeps.
func checkAnswer(r *os.File) (said []byte, err error) {
	fds := []unix.PollFd{{Fd: int32(r.Fd()), Events: unix.POLLIN}}
	buffer := make([]byte, 256)
	for end := time.Now().Add(checkLimit); ; {
		ready, err := unix.Poll(fds, int(max(0, time.Until(end)).Milliseconds()))
		switch {
		case err == unix.EINTR:
			continue
		case ready <= 0:
			return said, os.ErrDeadlineExceeded
		}
		n, err := r.Read(buffer)
		said = append(said, buffer[:n]...)
		if err == io.EOF {
			return said, nil
		}
		if err != nil {
			return said, err
		}
	}
}

func checkError(said []byte, status unix.WaitStatus, err error) error {
	switch {
	case err != nil:
		return fmt.Errorf("the child did not answer: %w", err)
	case len(said) > 0:
		return errors.New(string(said))
	case status.Signaled():
		return fmt.Errorf("the child was killed by %v", status.Signal())
	}
	return fmt.Errorf("the child exited with status %d", status.ExitStatus())
}

// checkChild returns the child's exit status.
func checkChild(w *os.File) int {
	runtime.GC()
	if err := checkWakeUp(); err != nil {
		fmt.Fprint(w, err)
		return 1
	}
	fmt.Fprint(w, checkPassed)
	return 0
}

func checkWakeUp() error {
	pr, pw, err := os.Pipe()
	if err != nil {
		return err
	}
	time.AfterFunc(100*time.Microsecond, func() { pw.Write([]byte{1}) })
	pr.SetReadDeadline(time.Now().Add(checkLimit))
	_, err = pr.Read(make([]byte, 1))
	return err
}
