package ipclab_test

import (
	"fmt"
	"strings"
	"time"

	"ipclab/ipclab"
)

// The child forgets that it has the write end of the pipe, too.
func ExampleWhyStuck() {
	r, w, _ := ipclab.Pipe()
	child, err := ipclab.Spawn(func() {
		for buffer := make([]byte, 100); ; {
			if _, err := r.Read(buffer); err != nil {
				return // never: end of file cannot come
			}
		}
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r.Close()
	w.Close()
	for {
		t, err := ipclab.WhyStuck()
		if err != nil || len(t.Findings()) > 0 {
			finding := strings.Join(t.Findings(), "\n")
			_, advice, _ := strings.Cut(finding, ": ")
			fmt.Println(strings.Contains(finding, fmt.Sprintf("Process %d (child) reads pipe", child.Pid())), err)
			fmt.Println(advice)
			break
		}
		time.Sleep(time.Millisecond) // it has not got there yet
	}
	child.Kill()
	child.Wait()
	// Output:
	// true <nil>
	// close the unused end before reading, in parent and child.
}
