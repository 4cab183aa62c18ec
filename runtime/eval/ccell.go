package eval

import "ipclab/runtime/ccell/run"

// runC is called for a cell of C.
func runC(request string) {
	if err := run.Cell(request); err != nil {
		panic(err)
	}
}
