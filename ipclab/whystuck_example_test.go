package ipclab_test

import (
	"fmt"
	"strings"

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
	finding := ""
	for finding == "" && err == nil { // it may not have got there yet
		var t *ipclab.StuckTable
		t, err = ipclab.WhyStuck()
		finding = strings.Join(t.Findings(), "\n")
	}
	child.Kill()
	child.Wait()
	_, advice, _ := strings.Cut(finding, ": ")
	advice, _, _ = strings.Cut(advice, ".")
	fmt.Println(strings.Contains(finding, fmt.Sprintf("Process %d (child) reads pipe", child.Pid())), err)
	fmt.Println(advice)
	// Output:
	// true <nil>
	// close the unused end before reading, in parent and child
}
