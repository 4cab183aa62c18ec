package eval

import (
	"fmt"
	"os"
	"runtime"

	"ipclab/ipclab"
)

// doorCreate is ipclab.DoorCreate for interpreted procedures: a panic says where in which cell it was.
func (i *Interpreter) doorCreate(server ipclab.DoorServer, cookie any, attributes ipclab.DoorAttributes) (ipclab.FD, error) {
	if server == nil {
		return ipclab.DoorCreate(nil, cookie, attributes)
	}
	return ipclab.DoorCreate(func(cookie any, arg []byte, desc []ipclab.DoorDesc) {
		defer i.tracer.forget()
		defer func() {
			value := recover()
			if _, ok := value.(interface{ DoorReturned() }); ok {
				panic(value) // the procedure has answered, and ends by that
			}
			if value != nil {
				failure := Failure{Value: panicText(value), Frames: i.frames()}
				fmt.Fprintf(os.Stderr, "panic in the server procedure of a door: %s\n%s", failure.Value, failure.trace())
				runtime.Goexit()
			}
		}()
		server(cookie, arg, desc)
	}, cookie, attributes)
}
