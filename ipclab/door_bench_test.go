package ipclab_test

import (
	"golang.org/x/sys/unix"
	"os"
	"path/filepath"
	"testing"

	"ipclab/ipclab"
)

func BenchmarkDoorCall(b *testing.B) {
	path := filepath.Join(b.TempDir(), "door")
	r, w, _ := ipclab.Pipe()
	server, err := ipclab.Spawn(func() {
		door, _ := ipclab.DoorCreate(func(_ any, arg []byte, _ []ipclab.DoorDesc) {
			if os.Getenv("PLAIN") == "" {
				ipclab.DoorReturn(arg)
			}
		}, nil, 0)
		ipclab.DoorAttach(door, path)
		w.Write([]byte("x"))
		select {}
	})
	if err != nil {
		b.Fatal(err)
	}
	r.Read(make([]byte, 1))
	door, err := ipclab.DoorOpen(path)
	if err != nil {
		b.Fatal(err)
	}
	data := make([]byte, 64)
	for b.Loop() {
		if err := ipclab.DoorCall(door, &ipclab.DoorArg{Data: data}); err != nil {
			b.Fatal(err)
		}
	}
	door.Close()
	server.Kill()
	server.Wait()
	r.Close()
	w.Close()
}

// BenchmarkDoorPacketSocket is what a door call comes down to: a packet there and one back, between two processes.
func BenchmarkDoorPacketSocket(b *testing.B) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		b.Fatal(err)
	}
	server, err := ipclab.Spawn(func() {
		p := make([]byte, 64)
		for {
			if n, err := unix.Read(pair[1], p); n <= 0 || err != nil {
				return
			}
			unix.Write(pair[1], p)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	data := make([]byte, 64)
	for b.Loop() {
		unix.Write(pair[0], data)
		if n, err := unix.Read(pair[0], data); n != 64 || err != nil {
			b.Fatal(n, err)
		}
	}
	unix.Close(pair[0])
	server.Kill()
	server.Wait()
	unix.Close(pair[1])
}
