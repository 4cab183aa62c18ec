package ipclab_test

import (
	"fmt"
	"os"
	"time"

	"ipclab/ipclab"
)

// Whatever a check does ends the check alone.
func ExampleCheck() {
	square := func(x int) int { return x + x } // homework
	ipclab.Check("2 squared", 1, func(t *ipclab.T) {
		if got := square(2); got != 4 {
			t.Errorf("square(2) = %d, want 4", got)
		}
	})
	ipclab.Check("3 squared", 2, func(t *ipclab.T) {
		t.Credit(0.5) // for what works already
		if got := square(3); got != 9 {
			t.Fatalf("square(3) = %d, want 9", got)
		}
	})
	ipclab.Check("exits", 1, func(t *ipclab.T) { os.Exit(3) })
	ipclab.Check("panics", 1, func(t *ipclab.T) { panic("no idea") })
	score := ipclab.Check("does not end", 1, func(t *ipclab.T) { time.Sleep(time.Hour) }, ipclab.CheckOptions{Limit: 50 * time.Millisecond})
	fmt.Println(score.MIMEBundle()["text/plain"])
	// Output:
	// passed: 2 squared, 1 of 1 points
	// failed: 3 squared, 0.5 of 2 points
	//     square(3) = 6, want 9
	// failed: exits, 0 of 1 points
	//     its process exited with status 3 before the function returned
	// failed: panics, 0 of 1 points
	//     panic: no idea
	// failed: does not end, 0 of 1 points
	//     it did not end within 50ms
	// 1.5
}
