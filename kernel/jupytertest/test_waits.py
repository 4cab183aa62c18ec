"""Waits for processes that stop and go on, and for groups; experiments within the bound on processes."""
import os
import time

import leftovers


def test_stopped_and_continued(kernel):
    result = kernel.run("""
p, _ := ipclab.Spawn(func() { for {} })
for _, s := range []unix.Signal{unix.SIGSTOP, unix.SIGCONT, unix.SIGTERM} {
	p.Signal(s)
	pid, status, err := ipclab.Wait4(p.Pid(), unix.WUNTRACED|unix.WCONTINUED)
	fmt.Println(pid == p.Pid(), status, status.Stopped(), status.Continued(), err)
}
""")
    assert result.stdout == (
        "true stopped by SIGSTOP true false <nil>\ntrue continued false true <nil>\ntrue killed by SIGTERM false false <nil>\n")


def test_a_group_in_a_forked_child(kernel):
    """A child that is the shell of two jobs."""
    result = kernel.run("""
pid, _ := ipclab.Fork()
if pid == 0 {
	a, _ := ipclab.Spawn(func() { select {} })
	b, _ := ipclab.Spawn(func() { select {} })
	ipclab.Setpgid(a.Pid(), 0)
	ipclab.Setpgid(b.Pid(), a.Pid())
	ipclab.Killpg(a.Pid(), unix.SIGTERM)
	for range 3 {
		_, status, err := ipclab.Wait4(-a.Pid(), 0)
		fmt.Println(status, errors.Is(err, unix.ECHILD))
	}
	os.Exit(7)
}
_, status, _ := ipclab.Wait4(-1, 0)
fmt.Println(status)
""")
    assert result.stdout == "killed by SIGTERM false\n" * 2 + "exited with status 0 true\nexited with status 7\n"


def test_a_wait_for_a_stop_is_interrupted(kernel):
    for child in ["p.Pid()", "-1"]:
        request = kernel.execute('p, _ := ipclab.Spawn(func() { signal.Ignore(unix.SIGINT); fmt.Println("begun"); for {} }); ipclab.Wait4(%s, unix.WUNTRACED)' % child)
        kernel.await_text(request, "begun")
        begin = time.monotonic()
        kernel.ask("interrupt_request", channel="control")
        kernel.finish(request)
        assert time.monotonic() - begin < 3
        assert kernel.run("1 + 1").value == "2"


def test_experiments_keep_to_the_bound_on_processes(start, monkeypatch):
    """Again and again, so that what ended has to be given back."""
    monkeypatch.setenv("IPCLAB_PROCESSES", "12")
    kernel = start()
    kernel.run('stages := func(n int) (all []ipclab.Stage) { for range n { all = append(all, ipclab.Program("cat", "/dev/null")) }; return all }')
    for _ in range(4):
        assert "(EAGAIN)" in kernel.run("_, err := ipclab.Pipeline(stages(40)...); err").value
        assert "(EAGAIN)" in kernel.run("_, err = ipclab.Atomicity(ipclab.AtomicityOptions{Writers: 40, Messages: 1, Sizes: []int{10}}); err").value
        assert kernel.run("t, err := ipclab.Pipeline(stages(5)...); fmt.Println(len(t.Rows()), err)").stdout == "5 <nil>\n"
    assert kernel.run("p, _ := ipclab.Processes(); len(p.Rows())").value == "1"


def test_a_killed_atomicity_leaves_no_folder(kernel, nothing_left):
    """The fixture looks for files too."""
    request = kernel.execute('fmt.Println("begun", os.Getpid()); ipclab.Atomicity(ipclab.AtomicityOptions{Sizes: []int{1 << 20}, Messages: 250})')
    printed = kernel.await_text(request, "begun")
    runtime = int("".join(m["content"].get("text", "") for m in printed).split()[1])
    while not leftovers.children_of(runtime):
        pass
    os.kill(runtime, 9)
    assert kernel.finish(request).reply["status"] == "error"
    assert list(nothing_left.iterdir()) == []


def test_no_space(kernel):
    result = kernel.run('fd, _ := ipclab.Open("/dev/full", unix.O_WRONLY); _, err := fd.Write([]byte("x")); fd.Close(); fmt.Println(err, errors.Is(err, unix.ENOSPC))')
    assert "(ENOSPC) true" in result.stdout
