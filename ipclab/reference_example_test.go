package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// Small examples of functions that no larger one uses: each name of the package has one in the reference.

func ExampleCourseQueueSource() {
	source := ipclab.CourseQueueSource()
	fmt.Println(strings.Contains(source, "sem_wait"), strings.Contains(source, "int main("))
	// Output: true true
}

// A figure that grows in its place while a cell runs. Outside of a notebook each is a line.
func ExampleDisplayAs() {
	err := ipclab.DisplayAs("progress", "begun")
	for i := range 3 {
		err = errors.Join(err, ipclab.UpdateDisplay("progress", fmt.Sprint(i+1, " of 3")))
	}
	fmt.Println(err)
	// Output:
	// begun
	// 1 of 3
	// 2 of 3
	// 3 of 3
	// <nil>
}

func ExampleDoorSetParam() {
	door, _ := ipclab.DoorCreate(func(cookie any, arg []byte, desc []ipclab.DoorDesc) { ipclab.DoorReturn(nil) }, nil, 0)
	defer door.Close()
	err := ipclab.DoorSetParam(door, ipclab.DoorParamDataMax, 100)
	most, _ := ipclab.DoorGetParam(door, ipclab.DoorParamDataMax)
	fmt.Println(most, err)
	fmt.Println(errors.Is(ipclab.DoorSetParam(door, ipclab.DoorParamDataMax, -1), unix.EINVAL))
	// Output:
	// 100 <nil>
	// true
}

func ExampleDoorDifferences() {
	fmt.Println(ipclab.DoorDifferences() != nil)
	// Output: true
}

func ExampleGetsid() {
	session, err := ipclab.Getsid(0)
	leader, _ := ipclab.Getsid(session)
	fmt.Println(leader == session, err)
	// Output: true <nil>
}

// An ignored signal does nothing; one that is not ignored ends the process.
func ExampleSigignore() {
	var ended []ipclab.Status
	for _, ignore := range []bool{true, false} {
		child, _ := ipclab.Spawn(func() {
			if ignore {
				ipclab.Sigignore(syscall.SIGTERM)
			}
			ipclab.Raise(syscall.SIGTERM)
		})
		status, _ := child.Wait()
		ended = append(ended, status)
	}
	fmt.Println("ignored:", ended[0])
	fmt.Println("not ignored:", ended[1])
	// Output:
	// ignored: exited with status 0
	// not ignored: killed by SIGTERM
}

func ExampleSignalState() {
	ready, say, _ := ipclab.Pipe()
	child, _ := ipclab.Spawn(func() {
		fmt.Fprintln(say, ipclab.Sigignore(syscall.SIGUSR2))
		select {}
	})
	var ignored string
	fmt.Fscan(ready, &ignored)
	state, err := ipclab.SignalState(child.Pid())
	child.Kill()
	child.Wait()
	ready.Close()
	say.Close()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("ignored:", ignored)
	for _, r := range state.Rows() {
		if r.Name == "SIGUSR2" {
			fmt.Println(r.Name, r.Disposition)
		}
	}
	// Output:
	// ignored: <nil>
	// SIGUSR2 ignored
}

func ExampleStartStrace() {
	stop, err := ipclab.StartStrace()
	if err != nil {
		fmt.Println(err)
		return
	}
	unix.Getpgid(1)
	trace, err := stop()
	fmt.Println(trace.Count("getpgid"), err)
	// Output: 1 <nil>
}

func ExampleScore() {
	ipclab.Check("two and two", 1, func(t *ipclab.T) {
		if 2+2 != 4 {
			t.Errorf("2 + 2 is %d", 2+2)
		}
	})
	_, number := ipclab.Score().MIMEBundle()["text/plain"]
	fmt.Println("a number for nbgrader:", number)
	// Output:
	// passed: two and two, 1 of 1 points
	// a number for nbgrader: true
}

// Of the programs in a folder, the one whose name ends in ~ is a copy that an editor has left.
func ExampleRunParts() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	for _, name := range []string{"10-first", "20-second", "20-second~"} {
		os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\nexit 3\n"), 0o700)
	}
	t, err := ipclab.RunParts(folder)
	fmt.Println(len(t.Rows()), "programs,", err)
	// Output: 2 programs, <nil>
}

func ExampleNewLockFileWithin() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "lock")

	first, _ := ipclab.NewLockFile(path)
	_, err := ipclab.NewLockFileWithin(path, 10*time.Millisecond)
	fmt.Println(errors.Is(err, unix.ETIMEDOUT))
	first.Unlock()
	second, err := ipclab.NewLockFileWithin(path, time.Second)
	fmt.Println(err)
	second.Unlock()
	// Output:
	// true
	// <nil>
}

// One process writes records of 8 bytes, another, which knows the file only, reads them.
func ExampleCreateRing() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "ring")

	reader, err := ipclab.CreateRing(path, ipclab.QueueOptions{Slots: 4, Size: 8})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer reader.Detach()
	writer, _ := ipclab.Spawn(func() {
		ring, _ := ipclab.AttachRing(path)
		for i := range int64(100) {
			ring.PutInt64(i)
		}
		ring.Close()
	})
	sum := int64(0)
	for n, err := reader.GetInt64(); err == nil; n, err = reader.GetInt64() {
		sum += n
	}
	writer.Wait()
	fmt.Println(sum)
	// Output: 4950
}

func ExampleSampleOf() {
	fmt.Println(ipclab.SampleOf("a call", 3*time.Microsecond, 1*time.Microsecond, 2*time.Microsecond).Summary().Median)
	// Output: 2000
}

func ExampleBenchMechanisms() {
	all := ipclab.BenchMechanisms()
	fmt.Println(slices.Contains(all, "pipe"), slices.Contains(all, "ring"))
	// Output: true true
}

// In a notebook this is a bar with the rate and the time left; when it is done, one line is left.
func ExampleNewProgress() {
	p := ipclab.NewProgress("adding up", 1000)
	sum := 0
	for i := range 1000 {
		sum += i
		p.Add(1)
	}
	p.Done()
	fmt.Println("sum:", sum)
}
