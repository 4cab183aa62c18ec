package eval

import "ipclab/runtime/ccell/run"

// compileC is called before a cell of C is traced.
func compileC(request string) {
	if err := run.Compile(request); err != nil {
		panic(err)
	}
}

// runC is called for a cell of C.
func runC(request string) {
	if err := run.Cell(request); err != nil {
		panic(err)
	}
}
