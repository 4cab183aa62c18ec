package main

import (
	"fmt"
	"os"
)

func runRuntime() int {
	fmt.Fprintln(os.Stderr, "ipclab runtime: not built yet")
	return 1
}
