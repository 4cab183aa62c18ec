"""Sockets from cells: UNIX domain and TCP, descriptors sent, forking servers, experiments, two hosts."""
import re
import time

import leftovers

from client import ok

SERVER = """
s, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
s.Bind("@")
s.Listen(5)
name, _ := s.Getsockname()
"""
PATH = 'path := os.TempDir() + "/demo_socket"'


# Defines left, the number of this process's children, zombies included.
LEFT = """
table, _ := ipclab.Processes()
left := 0
for _, r := range table.Rows() {
	if r.Parent == os.Getpid() {
		left++
	}
}
"""


def interrupted(kernel, code):
    """Runs a cell that prints "begun" and blocks, interrupts it, and checks that it ends soon and as interrupted."""
    request = kernel.execute('fmt.Println("begun"); ' + code)
    kernel.await_text(request, "begun")
    begin = time.monotonic()
    kernel.ask("interrupt_request", channel="control")
    result = kernel.finish(request)
    assert result.error and result.error["ename"] == "Interrupted", (code, result.reply, result.stderr)
    assert time.monotonic() - begin < 5, code
    return result


def test_the_course_example(kernel):
    result = ok(kernel.run(PATH + """
server, _ := ipclab.Spawn(func() {
	s, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	s.Bind(path)
	s.Listen(5)
	c, _, _ := s.Accept()
	child, _ := ipclab.Fork()
	if child == 0 {
		buffer := make([]byte, 256)
		n, _ := c.Read(buffer)
		fmt.Printf("message from client: %s\\n", buffer[:n])
		fmt.Fprint(c, "hello from server")
		os.Exit(0)
	}
	c.Close()
	ipclab.Wait()
	os.Remove(path)
})
c, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
for errors.Is(c.Connect(path), unix.ENOENT) || errors.Is(c.Connect(path), unix.ECONNREFUSED) {
	time.Sleep(time.Millisecond)
}
fmt.Fprint(c, "hello from a client")
buffer := make([]byte, 256)
n, _ := c.Read(buffer)
fmt.Printf("message from server: %s\\n", buffer[:n])
c.Close()
status, _ := server.Wait()
fmt.Println("server", status)
"""))
    assert result.stdout == "message from client: hello from a client\nmessage from server: hello from server\nserver exited with status 0\n"


def test_a_forking_server(kernel):
    result = ok(kernel.run(SERVER + """
for i := range 5 {
	ipclab.Spawn(func() {
		c, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		c.Connect(name)
		fmt.Fprintln(c, i)
		var answer int
		fmt.Fscanln(c, &answer)
		os.Exit(answer)
	})
}
served := 0
connections, err := s.Serve(func(c ipclab.FD) {
	served++ // in the child alone
	var x int
	fmt.Fscanln(c, &x)
	fmt.Fprintln(c, x*x)
	who, _ := c.PeerCred()
	fmt.Println("served user", who.UID)
}, ipclab.ServeOptions{Connections: 5, AtOnce: 2})
sum := 0
for range 5 {
	_, status, _ := ipclab.Wait()
	sum += status.ExitCode()
}
""" + LEFT + """
fmt.Println(sum, served, err, left, connections.AtOnce() <= 2)
connections
"""))
    assert result.stdout.endswith("30 0 <nil> 0 true\n")
    assert result.stdout.count("served user") == 5
    assert "All have been waited for." in result.value and result.value.count("exited with status 0") == 5


def test_descriptors_are_sent(kernel):
    result = ok(kernel.run("""
a, b, _ := ipclab.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET, 0)
child, _ := ipclab.Spawn(func() {
	a.Close()
	r, w, _ := ipclab.Pipe()
	b.SendFDs([]byte("both"), r, w)
	b.SendFDs([]byte("again"), r, w)
	fmt.Fprint(w, "from a pipe of the child's")
})
b.Close()
child.Wait()
p := make([]byte, 100)
n, fds, err := a.RecvFDs(p, 2)
fmt.Println(string(p[:n]), len(fds), err)
n, one, err := a.RecvFDs(p, 1)
fmt.Println(string(p[:n]), len(one), errors.Is(err, unix.EMSGSIZE))
n, _ = fds[0].Read(p)
fmt.Println(string(p[:n]))
for _, fd := range append(fds, one...) {
	fd.Close()
}
_, err2 := a.Recv(p)
fmt.Println(err2, a.Close(), strings.Contains(err.Error(), "MSG_CTRUNC"))
"""))
    assert result.stdout == "both 2 <nil>\nagain 1 true\nfrom a pipe of the child's\nEOF <nil> true\n"


def test_interrupts_keep_the_state(kernel):
    ok(kernel.run(SERVER + """
kept := "kept"
a, b, _ := ipclab.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
c, d, _ := ipclab.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
full, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
full.Bind("@")
full.Listen(0)
first, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
fullName, _ := full.Getsockname()
first.Connect(fullName)
second, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
one := make([]byte, 1)
tcp, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
tcp.Bind("127.0.0.1:0")
tcp.Listen(0)
tcpName, _ := tcp.Getsockname()
third, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
third.Connect(tcpName)
fourth, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
"""))
    for code in (
        "s.Accept()",
        "second.Connect(fullName)",
        "fourth.Connect(tcpName)",
        "third.Read(one)",
        "a.Recv(one)",
        "a.Send(make([]byte, 1<<24)); for { a.Send(make([]byte, 1<<20)) }",
        "c.RecvFrom(one)",
        "c.RecvMsg(one, 1)",
        "c.RecvFDs(one, 1)",
        "s.Serve(func(ipclab.FD) {})",
    ):
        interrupted(kernel, code)
    # The sockets are as they were: the connection comes, what is sent arrives.
    result = ok(kernel.run("""
first.Close()
child, _ := ipclab.Spawn(func() {
	e, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	e.Connect(name)
	fmt.Fprint(e, "after the interrupts")
})
e, _, err := s.Accept()
text, _ := io.ReadAll(e)
child.Wait()
d.Send([]byte("x"))
n, err := c.Recv(one)
fmt.Println(kept, string(text), n, err)
for _, fd := range []ipclab.FD{a, b, c, d, e, s, full, second, tcp, third, fourth} {
	fd.Close()
}
"""))
    assert result.stdout == "kept after the interrupts 1 <nil>\n"


def test_an_interrupted_server_leaves_no_child(kernel):
    ok(kernel.run(SERVER))
    interrupted(kernel, """
ipclab.Spawn(func() {
	c, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	c.Connect(name)
	c.Read(make([]byte, 1))
})
s.Serve(func(c ipclab.FD) { select {} })
""")
    result = ok(kernel.run("for { if _, _, err := ipclab.Wait(); err != nil { break } }" + LEFT + "fmt.Println(left); table"))
    assert result.stdout == "0\n", result.value


def test_a_stale_name(kernel):
    result = ok(kernel.run(PATH + """
child, _ := ipclab.Spawn(func() {
	s, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	s.Bind(path)
	s.Listen(1)
	unix.Kill(os.Getpid(), unix.SIGKILL)
	select {}
})
child.Wait()
c, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
fmt.Println(c.Connect(path))
s, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
fmt.Println(s.Bind(path))
fmt.Println(s.BindOver(path), s.Listen(1), c.Connect(path))
fmt.Println(ipclab.FD(c).Bind(strings.Repeat("x", 108)))
other, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
fmt.Println(other.BindOver(path))
for _, fd := range []ipclab.FD{c, s, other} {
	fd.Close()
}
os.Remove(path)
"""))
    refused, in_use, taken, long, live = result.stdout.splitlines()
    assert "nobody listens on it" in refused and refused.endswith("(ECONNREFUSED)")
    assert "its server has gone; BindOver takes such a name over" in in_use
    assert taken == "<nil> <nil> <nil>"
    assert "the path has 108 bytes, and sun_path has room for 107" in long
    assert re.search(r"held by this process \(descriptor \d+\).*\(EADDRINUSE\)", live)


def test_tcp(kernel):
    result = ok(kernel.run("""
s, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
s.Bind("127.0.0.1:0")
s.Listen(5)
name, _ := s.Getsockname()
server, _ := ipclab.Spawn(func() {
	c, _, _ := s.Accept()
	request, _ := io.ReadAll(c)
	fmt.Fprintf(c, "%d bytes", len(request))
})
c, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
c.Connect(name)
c.Setsockopt(unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
noDelay, _ := c.Getsockopt(unix.IPPROTO_TCP, unix.TCP_NODELAY)
fmt.Fprint(c, "a request")
c.Shutdown(unix.SHUT_WR)
answer, _ := io.ReadAll(c)
server.Wait()
c.Close()
other, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
fmt.Println(string(answer), noDelay)
fmt.Println(other.Bind(name))
t, _ := ipclab.Connections(name)
s.Close()
other.Close()
t
"""))
    answer, in_use = result.stdout.splitlines()
    assert answer == "9 bytes 1"
    assert "a TCP socket in state LISTEN has that port, held by this process" in in_use
    assert "LISTEN" in result.value and "TIME_WAIT" in result.value


def test_experiments(kernel):
    for call, caption, within in (
        ("ipclab.Boundaries()", "Limits between messages", "UNIX seqpacket"),
        ("ipclab.Backlog()", "Clients of a server that does not accept", "SYN_SENT"),
        ("ipclab.TCPStates()", "The life of a TCP connection", "TIME_WAIT"),
        ("ipclab.NoDelay(ipclab.NoDelayOptions{Exchanges: 5})", "Nagle", "TCP_NODELAY"),
    ):
        begin = time.monotonic()
        result = ok(kernel.run(f"t, err := {call}; fmt.Println(err); t"))
        assert result.stdout == "<nil>\n"
        assert caption in result.value and within in result.value
        assert time.monotonic() - begin < 5
    # Nothing is open that was not before.
    assert "socket" not in ok(kernel.run("d, _ := ipclab.Descriptors(); d")).value


def test_an_interrupted_experiment_leaves_nothing(kernel):
    request = kernel.execute("""
fmt.Println("begun")
for {
	_, err1 := ipclab.Boundaries()
	_, err2 := ipclab.Backlog()
	_, err3 := ipclab.TCPStates()
	_, err4 := ipclab.NoDelay()
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		panic(err)
	}
}
""")
    kernel.await_text(request, "begun")
    kernel.ask("interrupt_request", channel="control")
    assert kernel.finish(request).reply["status"] == "error"
    result = ok(kernel.run(LEFT + "d, _ := ipclab.Descriptors(); fmt.Println(left); d"))
    assert result.stdout == "0\n" and "socket" not in result.value


def test_two_hosts(kernel):
    result = ok(kernel.run("""
a, b, err := ipclab.TwoHosts()
r, w, _ := ipclab.Pipe()
server, _ := b.Spawn(func() {
	s, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	s.Bind(b.Address + ":80")
	s.Listen(1)
	w.Close()
	c, from, _ := s.Accept()
	fmt.Println("from", strings.Split(from, ":")[0])
	fmt.Fprint(c, "hello")
})
w.Close()
client, _ := a.Spawn(func() {
	r.Read(make([]byte, 1))
	c, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	c.Connect(b.Address + ":80")
	text, _ := io.ReadAll(c)
	ipclab.Display(string(text))
})
server.Wait()
client.Wait()
r.Close()
a.Close()
b.Close()
fmt.Println(err)
"""))
    assert result.stdout.startswith("from 10.77.0.1\n") and result.stdout.endswith("<nil>\n")
    assert [m["content"]["data"]["text/plain"] for m in result.messages if m["msg_type"] == "display_data"] == ["hello"]


def test_a_link_with_delay_or_why_not(kernel):
    result = ok(kernel.run("""
a, b, err := ipclab.TwoHosts(ipclab.Link{Delay: 10 * time.Millisecond, Loss: 1})
if err == nil {
	child, _ := a.Spawn(func() {
		c, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		start := time.Now()
		c.Connect(b.Address + ":9")
		fmt.Println("round trip of 20 ms or more:", time.Since(start) >= 20*time.Millisecond)
	})
	child.Wait()
	a.Close()
	b.Close()
} else {
	fmt.Println(errors.Is(err, unix.EOPNOTSUPP), err)
}
"""))
    assert "round trip of 20 ms or more: true" in result.stdout or re.search(
        r"true TwoHosts: .*this kernel has no netem \(CONFIG_NET_SCH_NETEM: .*\); tried: .*RTM_NEWQDISC", result.stdout)


def test_a_killed_kernel_leaves_nothing(kernel, mark):
    request = kernel.execute(SERVER + """
a, b, err := ipclab.TwoHosts()
a.Spawn(func() { select {} })
for range 3 {
	ipclab.Spawn(func() {
		c, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		c.Connect(name)
		select {}
	})
}
fmt.Println("begun")
s.Serve(func(c ipclab.FD) { fmt.Println("serving"); select {} })
""")
    kernel.await_text(request, "serving")
    kernel.signal(9)
    kernel.exit_status()
    assert leftovers.await_none(mark) == {}
