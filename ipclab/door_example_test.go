package ipclab_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// The course's example: a server that looks up what belongs to an id, and a client in another process.
func ExampleDoorCreate() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "door")

	ready, say, _ := ipclab.Pipe()
	server, _ := ipclab.Spawn(func() {
		names := map[uint32]string{11: "Jane", 12: "John"}
		lookUp := func(cookie any, arg []byte, desc []ipclab.DoorDesc) {
			id := binary.LittleEndian.Uint32(arg)
			ipclab.DoorReturn([]byte(names[id]))
		}
		door, _ := ipclab.DoorCreate(lookUp, nil, 0)
		fd, _ := ipclab.Open(path, unix.O_CREAT|unix.O_WRONLY, 0o666) // creat
		fd.Close()
		ipclab.DoorDetach(path) // whatever was attached before
		fmt.Fprintln(say, ipclab.DoorAttach(door, path))
		select {} // pause
	})
	var attached string
	fmt.Fscan(ready, &attached)

	door, _ := ipclab.DoorOpen(path)
	arg := ipclab.DoorArg{Data: binary.LittleEndian.AppendUint32(nil, 12)}
	err := ipclab.DoorCall(door, &arg)

	server.Kill()
	server.Wait()
	again := ipclab.DoorCall(door, &ipclab.DoorArg{})
	fmt.Printf("12 is %s %v\n", arg.Data, err)
	fmt.Println(errors.Is(again, unix.EBADF))
	ipclab.DoorDetach(path) // the server could not
	for _, fd := range []ipclab.FD{door, ready, say} {
		fd.Close()
	}
	// Output:
	// 12 is John <nil>
	// true
}
