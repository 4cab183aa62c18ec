package ipclab_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"ipclab/ipclab"
	"ipclab/ipclab/internal/proc"
)

func ExampleAtomicity() {
	t, err := ipclab.Atomicity(ipclab.AtomicityOptions{
		Sizes: []int{100, ipclab.PipeBuf, ipclab.PipeBuf + 1}, Writers: 3, Messages: 100,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		fmt.Println(r.Size, "bytes:", r.Messages, "messages, interleaved:", r.Interleaved > 0)
	}
	// Output:
	// 100 bytes: 300 messages, interleaved: false
	// 4096 bytes: 300 messages, interleaved: false
	// 4097 bytes: 300 messages, interleaved: true
}

// TestAtomicityKilled: whoever is killed, when the first writer is there or in the middle, leaves neither the writers nor
// the FIFO.
func TestAtomicityKilled(t *testing.T) {
	for _, writers := range []int{1, 4} {
		t.Run(fmt.Sprint(writers), func(t *testing.T) { killAtomicity(t, writers) })
	}
}

// killAtomicity kills an experiment when it has so many writers.
func killAtomicity(t *testing.T, writers int) {
	folder := t.TempDir()
	r, w := pipe(t)
	experimenter := spawn(t, func() {
		os.Setenv("TMPDIR", folder)
		ipclab.Atomicity(ipclab.AtomicityOptions{Sizes: []int{1 << 20}, Messages: 250, Limit: time.Minute})
	})
	w.Close() // the writers have it too
	within(t, func() {
		for {
			all, err := proc.All()
			if err != nil || len(proc.Descendants(all, experimenter.Pid())) > writers {
				return
			}
		}
	})
	experimenter.Kill()
	if status, err := experimenter.Wait(); err != nil || !status.Signaled() {
		t.Errorf("the experiment had ended before: %v, %v", status, err)
	}
	if names, err := os.ReadDir(folder); err != nil || len(names) > 0 {
		t.Errorf("left: %v, %v", names, err)
	}
	within(t, func() {
		if n, err := r.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("read %d, %v", n, err)
		}
	})
}
