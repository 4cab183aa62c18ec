"""The mechanisms of the course from cells: FIFOs, pipes, processes."""
from client import ok

MKFIFO = 'folder := os.TempDir() + "/f"; os.Mkdir(folder, 0o700); path := folder + "/fifo"; ipclab.Mkfifo(path, 0o600)'


def test_fifo_between_two_processes(kernel):
    ok(kernel.run(MKFIFO))
    result = ok(kernel.run("""
child, err := ipclab.Spawn(func() {
	w, _ := ipclab.Open(path, unix.O_WRONLY)
	fmt.Fprintln(w, 5000)
})
r, err := ipclab.Open(path, unix.O_RDONLY)
var value int
fmt.Fscan(r, &value)
r.Close()
status, _ := child.Wait()
fmt.Println(value, status, err)
os.RemoveAll(folder)
"""))
    assert result.stdout == "5000 exited with status 0 <nil>\n"


def test_open_with_a_limit(kernel):
    ok(kernel.run(MKFIFO))
    result = ok(kernel.run("_, err := ipclab.OpenWithin(path, unix.O_RDONLY, 20*time.Millisecond); err"))
    assert "nobody opened it for writing within 20ms" in result.value
    result = ok(kernel.run("_, err = ipclab.Open(path, unix.O_WRONLY|unix.O_NONBLOCK); fmt.Println(errors.Is(err, unix.ENXIO)); err"))
    assert result.stdout == "true\n"
    assert "no process has the FIFO open for reading" in result.value
    ok(kernel.run("os.RemoveAll(folder)"))


def test_mkfifo_that_exists(kernel):
    ok(kernel.run(MKFIFO))
    assert "(EEXIST)" in ok(kernel.run("ipclab.Mkfifo(path, 0o600)")).value
    assert "0o600, not 600" in ok(kernel.run('ipclab.Mkfifo(path+"2", 600)')).value
    ok(kernel.run("os.RemoveAll(folder)"))


def test_gzip_reads_a_fifo(kernel):
    ok(kernel.run(MKFIFO))
    result = ok(kernel.run("""
gzip, _ := ipclab.Spawn(func() {
	in, _ := ipclab.Open(path, unix.O_RDONLY)
	out, _ := ipclab.Open(folder+"/file.gz", unix.O_WRONLY|unix.O_CREAT, 0o600)
	ipclab.Dup2(in, 0)
	ipclab.Dup2(out, 1)
	fmt.Println(ipclab.Exec("gzip", "-c9"))
})
w, _ := ipclab.Open(path, unix.O_WRONLY)
fmt.Fprint(w, strings.Repeat("a line\\n", 1000))
w.Close()
status, _ := gzip.Wait()
text, err := exec.Command("gzip", "-dc", folder+"/file.gz").Output()
fmt.Println(status, len(text), err)
os.RemoveAll(folder)
"""))
    assert result.stdout == "exited with status 0 7000 <nil>\n"


def test_atomicity(kernel):
    result = ok(kernel.run("t, err := ipclab.Atomicity(); for _, r := range t.Rows() { fmt.Println(r.Size <= ipclab.PipeBuf, r.Interleaved > 0) }; t"))
    assert result.stdout == "true false\n" * 3 + "false true\n" * 3
    assert "Messages of several writers in one FIFO" in result.value


def test_interrupted_atomicity_leaves_nothing(kernel):
    request = kernel.execute('fmt.Println("begun"); ipclab.Atomicity(ipclab.AtomicityOptions{Sizes: []int{1 << 20}, Messages: 250})')
    kernel.await_text(request, "begun")
    kernel.ask("interrupt_request", channel="control")
    result = kernel.finish(request)
    assert result.reply["status"] == "error" or "(EINTR)" in result.value
    assert kernel.run("1 + 1").value == "2"


def test_pipe_with_flags_and_capacity(kernel):
    result = ok(kernel.run("""
r, w, _ := ipclab.Pipe2(unix.O_NONBLOCK | unix.O_CLOEXEC)
size, _ := w.SetPipeSize(5000)
n, err := w.Write(make([]byte, 10000))
fmt.Println(size, n, errors.Is(err, unix.EAGAIN))
"""))
    assert result.stdout == "8192 8192 true\n"
    assert "8192 bytes wait in it" in ok(kernel.run("_, err = w.SetPipeSize(4096); err")).value


def test_pipeline_of_functions_and_programs(kernel):
    ok(kernel.run("factor := 3"))
    result = ok(kernel.run("""
ipclab.Pipeline(
	ipclab.Program("seq", "4"),
	ipclab.Function("triple", func() {
		for x := 0; ; {
			if _, err := fmt.Scan(&x); err != nil {
				return
			}
			fmt.Println(factor * x)
		}
	}),
	ipclab.Function("upper", func() {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			fmt.Println("got", lines.Text())
		}
	}))
"""))
    assert result.stdout == "got 3\ngot 6\ngot 9\ngot 12\n"
    rows = [line.split() for line in result.value.splitlines() if "exited" in line]
    assert [row[0] for row in rows] == ["seq", "triple", "upper"]
    assert rows[1][2:4] == ["8", "9"], rows


def test_pipeline_ended_early(kernel):
    result = ok(kernel.run("""
ipclab.Pipeline(
	ipclab.Function("endless", func() { for { fmt.Println("y") } }),
	ipclab.Program("head", "-1"))
"""))
    assert result.stdout == "y\n"
    assert "endless was killed by SIGPIPE" in result.value


def test_pipeline_with_a_stage_that_fails(kernel):
    result = ok(kernel.run("""
ipclab.Pipeline(ipclab.Function("fails", func() { os.Exit(3) }), ipclab.Program("no-such-program"), ipclab.Program("cat"))
"""))
    assert "fails failed: it exited with status 3." in result.value
    assert "exited with status 127" in result.value
    assert "no folder of PATH" in result.stderr


def test_interrupted_pipeline(kernel):
    request = kernel.execute('ipclab.Pipeline(ipclab.Function("waits", func() { fmt.Fprintln(os.Stderr, "begun"); select {} }), ipclab.Program("cat"))')
    kernel.await_text(request, "begun")
    kernel.ask("interrupt_request", channel="control")
    kernel.finish(request)
    assert kernel.run("1 + 1").value == "2"


def test_exec_is_for_children(kernel):
    result = ok(kernel.run('ipclab.Exec("true")'))
    assert "(EPERM)" in result.value and "Spawn" in result.value
    result = ok(kernel.run('p, _ := ipclab.Spawn(func() { fmt.Println(ipclab.Exec("echo", "another program")) }); p.Wait()'))
    assert result.stdout == "another program\n"


def test_groups_and_sessions(kernel):
    result = ok(kernel.run("""
a, _ := ipclab.Spawn(func() { select {} })
b, _ := ipclab.Spawn(func() { select {} })
fmt.Println(ipclab.Setpgid(a.Pid(), 0), ipclab.Setpgid(b.Pid(), a.Pid()))
g, _ := ipclab.Getpgid(b.Pid())
fmt.Println(g == a.Pid(), ipclab.Killpg(g, unix.SIGKILL))
fmt.Println(a.Wait())
fmt.Println(b.Wait())
c, _ := ipclab.Spawn(func() { s, err := ipclab.Setsid(); fmt.Println(s == os.Getpid(), err) })
c.Wait()
"""))
    assert result.stdout == "<nil> <nil>\ntrue <nil>\nkilled by SIGKILL <nil>\nkilled by SIGKILL <nil>\ntrue <nil>\n"


def test_the_notebook_does_not_kill_itself(kernel):
    for call in ["ipclab.Killpg(unix.Getpgrp(), unix.SIGKILL)", "ipclab.Kill(0, unix.SIGKILL)", "ipclab.Kill(-1, unix.SIGKILL)",
                 "ipclab.Kill(os.Getppid(), unix.SIGKILL)", "ipclab.Setpgid(0, 0)"]:
        assert "(EPERM)" in (value := ok(kernel.run(call)).value) or "(EINVAL)" in value
    assert kernel.run("1 + 1").value == "2"


def test_zombie_and_orphan_in_the_table(kernel):
    result = ok(kernel.run("""
p, _ := ipclab.Spawn(func() {})
unix.Waitid(unix.P_PID, p.Pid(), nil, unix.WEXITED|unix.WNOWAIT, nil)
t, _ := ipclab.Processes()
fmt.Println(strings.Contains(t.String(), fmt.Sprintf("Process %d is a zombie", p.Pid())))
p.Wait()
"""))
    assert result.stdout == "true\n"
    result = ok(kernel.run("""
r, w, _ := ipclab.Pipe()
q, _ := ipclab.Spawn(func() {
	ipclab.Dup2(w, 1)
	fmt.Println(ipclab.Exec("sh", "-c", "sleep 60 & echo $!"))
})
var orphan int
fmt.Fscan(r, &orphan)
q.Wait()
t, _ = ipclab.Processes()
fmt.Println(strings.Contains(t.String(), fmt.Sprintf("Process %d is an orphan", orphan)))
ipclab.Kill(orphan, unix.SIGKILL)
r.Close()
w.Close()
"""))
    assert result.stdout == "true\n"


def test_orphan_that_left_the_group(kernel):
    result = ok(kernel.run("""
r, w, _ := ipclab.Pipe()
q, _ := ipclab.Spawn(func() {
	ipclab.Dup2(w, 1)
	fmt.Println(ipclab.Exec("sh", "-c", "setsid sleep 60 & echo $!"))
})
var orphan int
fmt.Fscan(r, &orphan)
q.Wait()
for {
	session, err := ipclab.Getsid(orphan)
	if session == orphan || err != nil {
		break
	}
}
t, _ := ipclab.Processes()
fmt.Println(strings.Contains(t.String(), fmt.Sprintf("Process %d is an orphan", orphan)))
ipclab.Kill(orphan, unix.SIGKILL)
r.Close()
w.Close()
"""))
    assert result.stdout == "true\n"


def test_first_stage_reads_the_notebooks_input(kernel):
    result = ok(kernel.run("""
ipclab.Pipeline(
	ipclab.Function("ask", func() { x := 0; fmt.Scan(&x); fmt.Println(x + 1) }),
	ipclab.Program("cat"))
""", answers=["7"]))
    assert result.stdout.endswith("8\n")
