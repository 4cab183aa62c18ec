package ipclab_test

import (
	"net"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// BenchmarkDoorCall is a call and its result, between two processes.
func BenchmarkDoorCall(b *testing.B) {
	path := filepath.Join(b.TempDir(), "door")
	r, w, _ := ipclab.Pipe()
	server, err := ipclab.Spawn(func() {
		door, _ := ipclab.DoorCreate(doorEcho, nil, 0)
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

// BenchmarkDoorNetSocket is the same through package net, as Go programs usually do it.
func BenchmarkDoorNetSocket(b *testing.B) {
	path := filepath.Join(b.TempDir(), "socket")
	listener, err := net.Listen("unixpacket", path)
	if err != nil {
		b.Fatal(err)
	}
	server, err := ipclab.Spawn(func() {
		c, _ := listener.Accept()
		p := make([]byte, 64)
		for {
			if _, err := c.Read(p); err != nil {
				return
			}
			c.Write(p)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	c, err := net.Dial("unixpacket", path)
	if err != nil {
		b.Fatal(err)
	}
	data := make([]byte, 64)
	for b.Loop() {
		c.Write(data)
		if n, err := c.Read(data); n != 64 || err != nil {
			b.Fatal(n, err)
		}
	}
	c.Close()
	listener.Close()
	server.Kill()
	server.Wait()
}
