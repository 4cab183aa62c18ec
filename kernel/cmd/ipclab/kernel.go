package main

import (
	"fmt"
	"os"
)

func runKernel(connectionFile string) int {
	fmt.Fprintln(os.Stderr, "ipclab kernel: not built yet")
	return 1
}
