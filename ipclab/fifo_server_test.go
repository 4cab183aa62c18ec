package ipclab_test

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// A server with a well-known FIFO, to which any client writes requests of at most PipeBuf bytes, so that they arrive
// whole, and which answers each client in a FIFO of the client's own.
func ExampleMkfifo_server() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	known := filepath.Join(folder, "server")
	answers := func(client int) string { return filepath.Join(folder, fmt.Sprint("client", client)) }
	ipclab.Mkfifo(known, 0o622) // others may ask, only the owner may read what they ask
	server, _ := ipclab.Spawn(func() {
		requests, _ := ipclab.Open(known, unix.O_RDWR) // its own write end: no end of file between clients
		for range 3 {
			var client, x int
			fmt.Fscanln(requests, &client, &x)
			w, _ := ipclab.Open(answers(client), unix.O_WRONLY)
			fmt.Fprintln(w, x*x)
			w.Close()
		}
	})
	sum := 0
	for client := 1; client <= 3; client++ {
		ipclab.Mkfifo(answers(client), 0o600)
		w, _ := ipclab.Open(known, unix.O_WRONLY)
		fmt.Fprintln(w, client, 10*client)
		w.Close()
		r, _ := ipclab.Open(answers(client), unix.O_RDONLY)
		var square int
		fmt.Fscanln(r, &square)
		r.Close()
		sum += square
	}
	status, err := server.Wait()
	fmt.Println(sum)
	fmt.Println(status, err)
	// Output:
	// 1400
	// exited with status 0 <nil>
}
