package process

import "os"

// standardFiles are the values of os.Stdin, os.Stdout and os.Stderr at the start, which others have too: package log
// the last.
var standardFiles = [3]*os.File{os.Stdin, os.Stdout, os.Stderr}

// reviveFiles undoes what a cell has done to os.Stdin, os.Stdout and os.Stderr: closed them or set them to nil. Another
// file in their place is left there. The descriptors must be open.
func reviveFiles() {
	for fd, variable := range [3]**os.File{&os.Stdin, &os.Stdout, &os.Stderr} {
		f := standardFiles[fd]
		if f.Fd() != uintptr(fd) {
			*f = *os.NewFile(uintptr(fd), f.Name())
		}
		if *variable == nil {
			*variable = f
		}
	}
}
