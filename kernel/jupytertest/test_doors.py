"""Doors between cells, children and notebooks."""
import pytest

from client import ok

SERVER = """
names := map[string]string{"11": "Jane", "12": "John"}
func lookUp(cookie any, arg []byte, desc []ipclab.DoorDesc) {
	defer func() { served++ }()
	name, ok := names[string(arg)]
	if !ok {
		panic("no such id: " + string(arg))
	}
	ipclab.DoorReturn([]byte(name))
	fmt.Println("not reached")
}
served := 0
path := os.TempDir() + "/door"
door, err := ipclab.DoorCreate(lookUp, nil, 0)
err = ipclab.DoorAttach(door, path)
"""

CALL = """
func call(door ipclab.FD, id string) string {
	arg := ipclab.DoorArg{Data: []byte(id)}
	if err := ipclab.DoorCall(door, &arg); err != nil {
		return err.Error()
	}
	return string(arg.Data)
}
"""

END = "ipclab.DoorDetach(path); ipclab.DoorRevoke(door)"


@pytest.fixture
def served(kernel):
    ok(kernel.run(SERVER + CALL))
    yield kernel
    kernel.run(END)


def test_two_notebooks(served, start):
    client = start()
    ok(client.run(CALL + 'door, err := ipclab.DoorOpen(os.TempDir() + "/door")'))
    assert client.run('call(door, "12")').value == "John"
    ok(served.run('names["13"] = "Joan"'))
    assert client.run('call(door, "13")').value == "Joan"
    assert served.run("served").value == "2"
    info = client.run("ipclab.DoorInfo(door)").value
    assert f"served by process {served.run('os.Getpid()').value}" in info
    ok(served.run(END))
    assert "(EBADF)" in client.run('call(door, "12")').value
    assert "DoorRevoked" in client.run("ipclab.DoorInfo(door)").value
    assert "(ENOENT)" in client.run("ipclab.DoorOpen(os.TempDir() + `/door`)").value


def test_descriptors_between_notebooks(served, start):
    ok(served.run("""
tell, err := ipclab.DoorCreate(func(cookie any, arg []byte, desc []ipclab.DoorDesc) {
	fmt.Fprintln(desc[0].FD, "from the server")
	desc[0].FD.Close()
	cred, err := ipclab.DoorCred()
	ipclab.DoorReturn(fmt.Append(nil, cred.PID, err), ipclab.DoorDesc{FD: door})
}, nil, 0)
err = ipclab.DoorAttach(tell, path + "2")
"""))
    client = start()
    result = ok(client.run(CALL + """
tell, err := ipclab.DoorOpen(os.TempDir() + "/door2")
r, w, _ := ipclab.Pipe()
arg := ipclab.DoorArg{Desc: []ipclab.DoorDesc{{FD: w, Attributes: ipclab.DoorRelease}}}
err = ipclab.DoorCall(tell, &arg)
text, _ := io.ReadAll(r)
fmt.Println(string(arg.Data) == fmt.Sprint(os.Getpid(), nil), err)
fmt.Print(string(text), call(arg.Desc[0].FD, "11"))
r.Close()
"""))
    assert result.stdout == "true <nil>\nfrom the server\nJane"
    ok(served.run('ipclab.DoorRevoke(tell)'))


def test_server_goes_on_between_cells(served):
    assert served.run('call(door, "11")').value == "Jane"
    result = ok(served.run("""
var wg sync.WaitGroup
results := make([]string, 40)
for i := range results {
	wg.Add(1)
	go func() { defer wg.Done(); results[i] = call(door, "12") }()
}
wg.Wait()
slices.Sort(results)
slices.Compact(results)[:1]
"""))
    assert "John" in result.value


def test_panic_of_the_procedure(served):
    result = ok(served.run('call(door, "99")'))
    assert "without DoorReturn" in result.value and "(EINTR)" in result.value
    assert "panic in the server procedure of a door: no such id: 99" in result.stderr
    assert "cell1, line 7, in lookUp" in result.stderr
    assert served.run('call(door, "12")').value == "John"


def test_server_in_a_child(kernel):
    result = ok(kernel.run(CALL + """
path := os.TempDir() + "/door"
r, w, _ := ipclab.Pipe()
pid, err := ipclab.Fork()
if pid == 0 {
	door, _ := ipclab.DoorCreate(func(cookie any, arg []byte, desc []ipclab.DoorDesc) {
		if string(arg) == "die" {
			ipclab.Kill(os.Getpid(), unix.SIGKILL)
		}
		ipclab.DoorReturn(fmt.Append(nil, os.Getpid()))
	}, nil, 0)
	fmt.Fprintln(w, ipclab.DoorAttach(door, path))
	select {}
}
var attached string
fmt.Fscan(r, &attached)
door, err := ipclab.DoorOpen(path)
fmt.Println(attached, call(door, "") == fmt.Sprint(pid))
fmt.Println(call(door, "die"))
fmt.Println(call(door, ""))
_, err = ipclab.DoorOpen(path)
fmt.Println(err)
ipclab.Wait()
ipclab.DoorDetach(path)
"""))
    lines = result.stdout.splitlines()
    assert lines[0] == "<nil> true"
    assert "the server ended before it answered" in lines[1] and "(EINTR)" in lines[1]
    assert "(EBADF)" in lines[2]
    assert "the path was left" in lines[3] and "(EBADF)" in lines[3]


def test_child_calls_its_parent(served):
    result = ok(served.run("""
child, _ := ipclab.Spawn(func() { fmt.Println(call(door, "12")) })
status, _ := child.Wait()
fmt.Println(call(door, "11"), status)
"""))
    assert result.stdout == "John\nJane exited with status 0\n"


SLOW = """
release, called := make(chan bool), make(chan bool, 9)
slow, err := ipclab.DoorCreate(func(cookie any, arg []byte, desc []ipclab.DoorDesc) {
	fmt.Println("called")
	called <- true
	<-release
	ipclab.DoorReturn(arg)
}, nil, 0)
state := 7
"""


def test_interrupted_call(kernel):
    ok(kernel.run(CALL + SLOW))
    request = kernel.execute('call(slow, "x")')
    kernel.await_text(request, "called")
    kernel.ask("interrupt_request", channel="control")
    assert kernel.finish(request).error["ename"] == "Interrupted"
    assert kernel.run("state").value == "7"
    result = kernel.run('close(release); call(slow, "after")')
    assert result.value == "after", result
    error = kernel.run("ipclab.DoorCallWithin(slow, nil, 20*time.Millisecond)")
    assert error.error is None
    ok(kernel.run("ipclab.DoorRevoke(slow)"))


def test_rolled_back(served):
    assert served.run('call(door, "12")').value == "John"
    assert served.run("os.Exit(3)").error is not None
    assert "(EBADF)" in served.run('call(door, "12")').value
    assert "(EBADF)" in served.run("ipclab.DoorRevoke(door)").value
    assert "the path was left" in served.run("ipclab.DoorOpen(path)").value
    ok(served.run("door, err = ipclab.DoorCreate(lookUp, nil, 0); err = ipclab.DoorAttach(door, path)"))
    assert served.run("fmt.Println(err)").stdout == "<nil>\n"
    assert served.run('call(door, "12")').value == "John"
    ok(served.run("%undo"))
    assert "(EBADF)" in served.run('call(door, "12")').value


def test_after_a_restart(served):
    ok(served.run("1"))
    served.manager.restart_kernel(now=True)
    assert served.connect()
    ok(served.run(SERVER + CALL))
    assert served.run('call(door, "12")').value == "John"


def test_a_cell_that_serves_is_no_deadlock(kernel, start):
    ok(kernel.run(SERVER))
    request = kernel.execute('fmt.Println("serving"); select {}')
    kernel.await_text(request, "serving")
    client = start()
    result = client.run(CALL + 'time.Sleep(2500*time.Millisecond); door, err := ipclab.DoorOpen(os.TempDir() + "/door"); call(door, "11")')
    assert result.value == "Jane"
    kernel.ask("interrupt_request", channel="control")
    assert kernel.finish(request).error["ename"] == "Interrupted"
    ok(kernel.run(END))


def test_server_notebook_dies_during_a_call(kernel, start):
    ok(kernel.run(SLOW + 'path := os.TempDir() + "/slow"; err = ipclab.DoorAttach(slow, path)'))
    client = start()
    ok(client.run(CALL + 'door, err := ipclab.DoorOpen(os.TempDir() + "/slow"); state := 7'))
    request = client.execute('call(door, "x")')
    ok(kernel.run("<-called"))  # from here on, a copy of the runtime is in the middle of the call, too
    assert kernel.run("os.Exit(1)").error is not None
    result = client.finish(request)
    assert "the server ended before it answered" in result.value and "(EINTR)" in result.value
    assert "(EBADF)" in client.run('call(door, "x")').value
    assert client.run("state").value == "7"
    ok(kernel.run("close(release)"))
    ok(kernel.run("ipclab.DoorDetach(path)"))
    again = ok(kernel.run(CALL + 'echo, err := ipclab.DoorCreate(func(c any, arg []byte, d []ipclab.DoorDesc) { ipclab.DoorReturn(arg) }, nil, 0); call(echo, "y")'))
    assert again.value == "y"
    ok(kernel.run("ipclab.DoorRevoke(echo)"))


def test_round_trips(kernel):
    result = ok(kernel.run("l, err := ipclab.DoorRoundTrips(300); fmt.Println(len(l), err); l"))
    assert result.stdout == "2 <nil>\n"
    assert "packet socket" in result.value
    assert "16 calls of a door at a time" in ok(kernel.run("ipclab.DoorDifferences()")).value
