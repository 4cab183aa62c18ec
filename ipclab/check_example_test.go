package ipclab_test

import (
	"fmt"
	"os"

	"ipclab/ipclab"
)

// Half of the homework works, and the rest ends its process: that ends the check, and not the cell.
func ExampleCheck() {
	statusOf := func(code int) int { // homework: the exit status of a child that ends with code
		if code > 0 {
			os.Exit(code) // without a child
		}
		return 0
	}
	score := ipclab.Check("exit statuses arrive", 2, func(t *ipclab.T) {
		if got := statusOf(0); got != 0 {
			t.Fatalf("statusOf(0) = %d", got)
		}
		t.Credit(0.5)
		if got := statusOf(3); got != 3 {
			t.Errorf("statusOf(3) = %d", got)
		}
	})
	fmt.Println(score.MIMEBundle()["text/plain"])
	// Output:
	// failed: exit statuses arrive, 0.5 of 2 points
	//     its process exited with status 3 before the function returned
	// 0.5
}
