//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestNudge has a goroutine read from a pipe that stays empty, by the system call
// itself, and one by package os.
func TestNudge(t *testing.T) {
	if err := Init(); err != nil {
		t.Fatal(err)
	}
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(p[1])
	file := os.NewFile(uintptr(p[0]), "pipe")
	defer file.Close()
	nudged := nudgeUntilEnd(t, func() error {
		_, err := unix.Read(p[0], make([]byte, 1))
		return err
	})
	if nudged != unix.EINTR {
		t.Errorf("the read ended with %v", nudged)
	}
	time.AfterFunc(50*time.Millisecond, func() { unix.Write(p[1], []byte("x")) })
	if err := nudgeUntilEnd(t, func() error {
		_, err := file.Read(make([]byte, 1))
		return err
	}); err != nil {
		t.Errorf("package os reports the nudge: %v", err)
	}
}

// nudgeUntilEnd nudges a goroutine until call has returned there.
func nudgeUntilEnd(t *testing.T, call func() error) error {
	t.Helper()
	g, returned, stay := make(chan uintptr, 1), make(chan error, 1), make(chan struct{})
	defer close(stay)
	go func() {
		g <- getg()
		returned <- call()
		<-stay
	}()
	again, limit := time.NewTicker(time.Millisecond), time.After(10*time.Second)
	defer again.Stop()
	for who := <-g; ; {
		select {
		case err := <-returned:
			return err
		case <-again.C:
			if err := Nudge(who); err != nil {
				t.Fatal(err)
			}
		case <-limit:
			t.Fatal("the call has not returned")
		}
	}
}
