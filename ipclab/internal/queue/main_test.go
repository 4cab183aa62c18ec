package queue

import (
	"fmt"
	"os"
	"testing"

	"ipclab/runtime/fork"
)

// TestMain prepares for Fork: the tests are of several processes.
func TestMain(m *testing.M) {
	if err := fork.Init(); err != nil {
		fmt.Fprintln(os.Stderr, "fork.Init:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
