package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// The server and the client of the course: each connection is handled by a child of the server, and the client reads the
// answer on the socket to which it wrote.
func ExampleSocket() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "demo_socket")

	s, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	s.Bind(path)
	s.Listen(5)
	server, _ := ipclab.Spawn(func() {
		c, _, _ := s.Accept()
		handler, _ := ipclab.Spawn(func() {
			buffer := make([]byte, 256)
			n, _ := c.Read(buffer)
			fmt.Fprintf(c, "hello from server, which read %q", buffer[:n])
		})
		c.Close()
		handler.Wait() // no zombie
	})
	s.Close()

	c, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	c.Connect(path)
	fmt.Fprint(c, "hello from a client")
	answer, _ := io.ReadAll(c)
	c.Close()
	status, _ := server.Wait()
	fmt.Printf("message from server: %s\n", answer)
	fmt.Println("server", status)
	// Output:
	// message from server: hello from server, which read "hello from a client"
	// server exited with status 0
}

func ExampleSocketpair() {
	a, b, _ := ipclab.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	child, _ := ipclab.Spawn(func() {
		a.Close()
		var x int
		fmt.Fscanln(b, &x)
		fmt.Fprintln(b, x*x)
	})
	b.Close()
	fmt.Fprintln(a, 12)
	var square int
	fmt.Fscanln(a, &square)
	_, err := a.Read(make([]byte, 1)) // the child has closed its end
	a.Close()
	child.Wait()
	fmt.Println(square, err)
	// Output: 144 EOF
}

func ExampleFD_Serve() {
	s, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	defer s.Close()
	s.Bind("@") // an abstract name of the kernel's choice
	s.Listen(5)
	name, _ := s.Getsockname()
	var clients []*ipclab.Process
	for i := range 3 {
		client, _ := ipclab.Spawn(func() {
			c, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
			c.Connect(name)
			fmt.Fprintln(c, i)
			var answer int
			fmt.Fscanln(c, &answer)
			os.Exit(answer)
		})
		clients = append(clients, client)
	}
	table, err := s.Serve(func(c ipclab.FD) {
		var x int
		fmt.Fscanln(c, &x)
		fmt.Fprintln(c, x+10)
	}, ipclab.ServeOptions{Connections: 3})
	for _, c := range clients {
		status, _ := c.Wait()
		fmt.Println(status)
	}
	fmt.Println(len(table.Rows()), "connections", err)
	// Output:
	// exited with status 10
	// exited with status 11
	// exited with status 12
	// 3 connections <nil>
}

// A process is given an open file by another, though it has no name under which it could open it.
func ExampleFD_SendFDs() {
	a, b, _ := ipclab.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	r, w, _ := ipclab.Pipe()
	w.Close() // so that the child cannot have it by inheritance
	r.Close()
	child, _ := ipclab.Spawn(func() {
		a.Close()
		r, w, _ := ipclab.Pipe() // known to the child alone
		fmt.Fprint(w, "made by the child")
		b.SendFDs([]byte("the read end"), r)
	})
	b.Close()
	text := make([]byte, 100)
	n, fds, err := a.RecvFDs(text, 1)
	child.Wait()
	said, _ := io.ReadAll(fds[0]) // to its end: the child, which had the write end, is gone
	fmt.Printf("%s, %s %v\n", text[:n], said, err)
	fds[0].Close()
	a.Close()
	// Output: the read end, made by the child <nil>
}

func ExampleFD_PeerCred() {
	s, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	defer s.Close()
	s.Bind("@")
	s.Listen(1)
	name, _ := s.Getsockname()
	child, _ := ipclab.Spawn(func() {
		c, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		c.Connect(name)
		c.Read(make([]byte, 1)) // until the server closes
	})
	c, _, _ := s.Accept()
	who, err := c.PeerCred()
	c.Close()
	child.Wait()
	fmt.Println(who.Pid == child.Pid(), who.UID == os.Getuid(), err)
	// Output: true true <nil>
}

func ExampleFD_Connect() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "socket")
	server, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	server.Bind(path)
	server.Listen(1)
	server.Close() // its file stays

	c, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	fmt.Println("connect refused:", errors.Is(c.Connect(path), unix.ECONNREFUSED))
	again, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	fmt.Println("bind finds it in use:", errors.Is(again.Bind(path), unix.EADDRINUSE))
	fmt.Println("taken over:", again.BindOver(path), again.Listen(1))
	fmt.Println("connect:", c.Connect(path))
	third, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	fmt.Println("one that runs is left alone:", errors.Is(third.BindOver(path), unix.EADDRINUSE))
	c.Close()
	again.Close()
	third.Close()
	// Output:
	// connect refused: true
	// bind finds it in use: true
	// taken over: <nil> <nil>
	// connect: <nil>
	// one that runs is left alone: true
}

// What a datagram's receiver learns about it, and what becomes of one that is too long for the buffer.
func ExampleFD_RecvMsg() {
	server, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	client, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	defer server.Close()
	defer client.Close()
	server.Bind("@")
	client.Bind("@") // or nobody could answer
	name, _ := server.Getsockname()
	own, _ := client.Getsockname()
	client.SendTo([]byte("a long message"), name)
	buffer := make([]byte, 6)
	m, err := server.RecvMsg(buffer, 0)
	fmt.Printf("%q of %d bytes, cut: %t, %v\n", buffer[:m.N], m.Length, m.Truncated, err)
	fmt.Println(m.From == own)
	// Output:
	// "a long" of 14 bytes, cut: true, <nil>
	// true
}

// A program that writes to a socket whose other end is closed is killed by SIGPIPE, if it does not ignore that; Go code
// gets the error instead.
func ExampleFD_Send() {
	a, b, _ := ipclab.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	b.Close()
	_, err := a.Send([]byte("x"))
	child, _ := ipclab.Spawn(func() {
		ipclab.Dup2(a, 1)
		ipclab.Exec("yes")
	})
	status, _ := child.Wait()
	a.Close()
	fmt.Println(errors.Is(err, unix.EPIPE))
	fmt.Println("yes:", status)
	// Output:
	// true
	// yes: killed by SIGPIPE
}
