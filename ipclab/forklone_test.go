package ipclab_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/runtime/fork"
)

func init() { helpers["measurements at once"] = measurementsAtOnce }

// What measures in two goroutines at once exists in the processes of both measurements. It must not begin anew in the other's,
// nor kill the other's processes.
func TestMeasurementsAtOnce(t *testing.T) {
	if lines, _ := play(t, "measurements at once"); lines != strings.Repeat("measured\n", 6) {
		t.Errorf("printed\n%s", lines)
	}
}

func measurementsAtOnce() {
	asked := os.Getpid()
	for range 3 {
		var both sync.WaitGroup
		begin := make(chan bool)
		for range 2 {
			both.Go(func() {
				<-begin
				_, err := ipclab.RoundTrips("pipe", 300)
				if pid := os.Getpid(); pid != asked {
					fmt.Println("in another process:", pid, err)
				} else if err != nil {
					fmt.Println(err)
				} else {
					fmt.Println("measured")
				}
			})
		}
		close(begin)
		both.Wait()
	}
}

// A child of Fork is no process with a single purpose, also where one was being made when it was forked.
func TestMeasureInAChild(t *testing.T) {
	if _, err := ipclab.RoundTrips("pipe", 10); err != nil {
		t.Fatal(err)
	}
	child, err := ipclab.Spawn(func() {
		_, err := ipclab.Strace(func() { unix.Getppid() })
		if err == nil {
			_, err = ipclab.RoundTrips("pipe", 10, ipclab.RoundTripOptions{Limit: 5 * time.Second})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if status, err := child.Wait(); err != nil || status.ExitCode() != 0 {
		t.Errorf("the child %v, %v", status, err)
	}
}

// A goroutine that was about to fork when the process was copied does not fork in the copy too.
func TestAGoroutineForksWhereItWasAsked(t *testing.T) {
	copies := fork.Copies()
	child := spawn(t, func() {
		made := make(chan int)
		go func() {
			pid, _ := fork.ForkOnlyWhere(copies)
			made <- pid
		}()
		select {
		case <-made:
			os.Exit(3)
		case <-time.After(50 * time.Millisecond): // it would have forked by now
		}
		if fork.Copies() != copies+1 {
			os.Exit(4)
		}
	})
	if status, err := child.Wait(); err != nil || status.ExitCode() != 0 {
		t.Errorf("the child %v, %v", status, err)
	}
}
