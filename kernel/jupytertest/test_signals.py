"""Signals from cells: handlers that interrupt, masks, values, alarms, and what they leave behind."""
import os
import re
import time

import pytest

from client import ok
from test_stuck import settle


# start(f) runs f in a child whose standard output is the cell's and waits for it.
START = """
func start(f func()) {
	child, err := ipclab.Spawn(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	status, _ := child.Wait()
	fmt.Println(status)
}
"""


# Alarms that come again and again: on a busy machine the first may come before the call that it is to interrupt.
TICK = """
tick := unix.NsecToTimeval(20_000_000)
unix.Setitimer(unix.ItimerReal, unix.Itimerval{Interval: tick, Value: tick})
"""


def in_child(kernel, body):
    """Runs body in a child, and returns the lines it printed, without the last: how it ended."""
    ok(kernel.run(START))
    lines = ok(kernel.run("start(func() {\n" + body + "\n})")).stdout.splitlines()
    return lines[:-1], lines[-1]


def test_handler_interrupts_a_computation(kernel):
    lines, end = in_child(kernel, """
came := false
ipclab.Signal(unix.SIGALRM, func(sig unix.Signal) { fmt.Println("handler", sig == unix.SIGALRM); came = true })
for turns := 1; !came; turns++ {
	if turns == 1 { // the computation has begun, however late the alarm finds it
		ipclab.Alarm(20 * time.Millisecond)
	}
}
fmt.Println(came)
""")
    assert (lines, end) == (["handler true", "true"], "exited with status 0")


def test_handlers_nest_and_masks_hold(kernel):
    lines, end = in_child(kernel, """
inner := func(i ipclab.Siginfo) { fmt.Println("inner") }
outer := func(i ipclab.Siginfo) {
	fmt.Println("outer begins")
	ipclab.Raise(unix.SIGUSR2)
	ipclab.Raise(unix.SIGUSR1)
	fmt.Println("outer ends")
}
ipclab.Sigaction(unix.SIGUSR2, &ipclab.SigAction{Handler: inner})
ipclab.Sigaction(unix.SIGUSR1, &ipclab.SigAction{Handler: outer, Flags: ipclab.SaResetHand})
ipclab.Raise(unix.SIGUSR1)
""")
    assert lines == ["outer begins", "inner", "outer ends"]
    assert end == "killed by SIGUSR1"  # the second came when the handler was gone


def test_handler_runs_whatever_thread_the_signal_comes_to(kernel):
    """A thread that Go made later blocks nothing, and passes the signal on."""
    lines, end = in_child(kernel, """
came := ""
ipclab.Sigaction(unix.SIGUSR1, &ipclab.SigAction{Handler: func(i ipclab.Siginfo) { came = i.CodeName() }})
go func() {
	runtime.LockOSThread()
	unix.PthreadSigmask(unix.SIG_SETMASK, &unix.Sigset_t{}, nil)
	unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGUSR1)
	select {}
}()
for begun := time.Now(); came == "" && time.Since(begun) < 10*time.Second; {
}
fmt.Println(came)
""")
    assert (lines, end) == (["SI_TKILL"], "exited with status 0")


def test_panic_of_a_handler_is_siglongjmp(kernel):
    lines, end = in_child(kernel, """
ipclab.Signal(unix.SIGALRM, func(unix.Signal) { panic("out of here") })
sleepFor := func(d time.Duration) (left time.Duration) {
	defer func() { recover(); left, _ = ipclab.Alarm(0) }()
	ipclab.Alarm(d)
	for {
		ipclab.Pause()
	}
}
fmt.Println(sleepFor(10 * time.Millisecond))
old, _ := ipclab.Sigprocmask(unix.SIG_BLOCK, 0)
fmt.Println(old)
""")
    assert (lines, end) == (["0s", "{}"], "exited with status 0")


def test_read_with_and_without_restart(kernel):
    body = """
r, w, _ := ipclab.Pipe()
ipclab.Sigaction(unix.SIGALRM, &ipclab.SigAction{Handler: func(ipclab.Siginfo) { HANDLER }, Flags: FLAGS})
""" + TICK + """
n, err := r.Read(make([]byte, 10))
fmt.Println(n, errors.Is(err, unix.EINTR))
"""
    assert in_child(kernel, body.replace("FLAGS", "0").replace("HANDLER", "_ = w"))[0] == ["0 true"]
    write = 'ipclab.Alarm(0); fmt.Fprint(w, "hello")'
    assert in_child(kernel, body.replace("FLAGS", "ipclab.SaRestart").replace("HANDLER", write))[0] == ["5 false"]


def test_signals_from_the_parent(kernel):
    ok(kernel.run("""
r, w, _ := ipclab.Pipe()
child, _ := ipclab.Spawn(func() {
	set := ipclab.NewSigset(ipclab.RtMin)
	ipclab.Sigprocmask(unix.SIG_BLOCK, set)
	fmt.Fprintln(w, "ready")
	for sum := 0; ; {
		i, _ := ipclab.Sigwaitinfo(set)
		if i.Value == 0 {
			os.Exit(sum)
		}
		sum += i.Value
	}
})
r.Read(make([]byte, 10))
for v := 5; v >= 0; v-- {
	ipclab.Sigqueue(child.Pid(), ipclab.RtMin, v)
}
status, _ := child.Wait()
"""))
    assert ok(kernel.run("fmt.Println(status)")).stdout == "exited with status 15\n"


def test_default_actions_are_those_of_the_system(kernel):
    for sig, end in {"SIGALRM": "SIGALRM", "SIGUSR1": "SIGUSR1", "Signal(50)": "SIGRTMIN+16"}.items():
        lines, how = in_child(kernel, f"ipclab.Sigprocmask(unix.SIG_BLOCK, 0)\nipclab.Raise(unix.{sig})")
        assert (lines, how) == ([], f"killed by {end}")


def test_children_inherit(kernel):
    lines, end = in_child(kernel, """
ipclab.Signal(unix.SIGTERM, func(unix.Signal) { fmt.Println("SIGTERM in", os.Getpid() == parent) })
parent = os.Getpid()
ipclab.Sigignore(unix.SIGUSR1)
ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(unix.SIGUSR2))
pid, _ := ipclab.Fork()
if pid == 0 {
	old, _ := ipclab.Sigprocmask(unix.SIG_BLOCK, 0)
	fmt.Println(old)
	ipclab.Raise(unix.SIGTERM)
	ipclab.Raise(unix.SIGUSR1)
	ipclab.Exec("grep", "-E", "Sig(Blk|Ign)", "/proc/self/status")
}
status, _ := ipclab.WaitPid(pid)
ipclab.Raise(unix.SIGTERM)
fmt.Println(status)
""".replace("parent = os.Getpid()", "").replace("ipclab.Signal(", "parent := os.Getpid()\nipclab.Signal(", 1))
    assert lines[:2] == ["{SIGUSR2}", "SIGTERM in false"]
    assert [int(line.split()[1], 16) & ~(1 << 12 | 1 << 31 | 1 << 32) for line in lines[2:4]] == [1 << 11, 1 << 9]
    assert lines[4:] == ["SIGTERM in true", "exited with status 0"]
    assert end == "exited with status 0"


def test_waits_of_a_childs_child(kernel):
    lines, end = in_child(kernel, """
c := make(chan int, 1)
ipclab.Signal(unix.SIGALRM, func(unix.Signal) { c <- os.Getppid() })
ipclab.Alarm(10 * time.Millisecond)
<-c
parent := os.Getpid()
pid, _ := ipclab.Fork()
if pid == 0 {
	ipclab.Alarm(10 * time.Millisecond)
	fmt.Println(<-c == parent)
	os.Exit(5)
}
ipclab.Alarm(10 * time.Millisecond)
fmt.Println(<-c != parent)
fmt.Println(ipclab.WaitPid(pid))
""")
    assert (sorted(lines), end) == (["exited with status 5 <nil>", "true", "true"], "exited with status 0")


def test_the_notebooks_own_process_stays_as_it_is(kernel):
    # While the copy is made to which a cell can be rolled back, threads block signals for a moment.
    state = '''
for range 1000 {
	text, _ := os.ReadFile("/proc/self/status")
	if strings.Contains(string(text), "SigBlk:\\t0000000000000000") {
		fmt.Print(string(text))
		break
	}
	time.Sleep(time.Millisecond)
}'''
    signals = re.compile(r"Sig(?:Blk|Ign|Cgt):.*")
    before = signals.findall(ok(kernel.run(state)).stdout)
    assert len(before) == 3
    for call in (
        "ipclab.Signal(unix.SIGUSR1, func(unix.Signal) {})", "ipclab.Alarm(time.Second)", "ipclab.Pause()",
        "ipclab.Sigprocmask(unix.SIG_BLOCK, 1)", "ipclab.Sigwaitinfo(ipclab.Sigfillset())", "ipclab.Signalfd(1, 0)",
    ):
        assert "in Spawn's function: operation not permitted (EPERM)" in str(ok(kernel.run(f"fmt.Println({call})")).stdout)
    in_child(kernel, "ipclab.Signal(unix.SIGUSR1, func(unix.Signal) {})")
    assert signals.findall(ok(kernel.run(state)).stdout) == before


def test_interrupted_cell_with_handlers_leaves_nothing(kernel):
    request = kernel.execute("""
child, _ := ipclab.Spawn(func() {
	ipclab.Signal(unix.SIGINT, func(unix.Signal) {})
	ipclab.Signal(unix.SIGTERM, func(unix.Signal) {})
	fmt.Println("begun", os.Getpid(), ".")
	for {
		ipclab.Pause()
	}
})
child.Wait()
""")
    printed = "".join(m["content"].get("text", "") for m in kernel.await_text(request, " ."))
    pid = int(re.search(r"begun (\d+)", printed)[1])
    settle(kernel)  # a cell that is interrupted before it waits for the child ends at once, and the child lives on
    kernel.ask("interrupt_request", channel="control")
    assert kernel.finish(request).reply["status"] == "error"
    # It is killed where it outlives the interrupt, at the latest when the cell is rolled back.
    end = time.monotonic() + 10
    while os.path.exists(f"/proc/{pid}/fd/0"):
        assert time.monotonic() < end, "the child is still there"
        time.sleep(0.01)


def test_experiments(kernel):
    result = ok(kernel.run("lost, err := ipclab.LostSignals(); fmt.Println(len(lost.Rows()), err); lost"))
    assert result.stdout == "4 <nil>\n"
    assert "Signals sent and delivered" in result.value
    result = ok(kernel.run("calls, err := ipclab.Interruption(); fmt.Println(err); calls"))
    assert result.stdout == "<nil>\n"
    assert [line.split()[-2] for line in result.value.splitlines() if "SA_RESTART  " in line or "none  " in line] == ["EINTR", "bytes", "EINTR"]
    result = ok(kernel.run("race, err := ipclab.AlarmRace(); fmt.Println(err); for _, r := range race.Rows() { fmt.Println(r.Hangs > 0) }; race"))
    assert result.stdout.split()[0] == "<nil>"
    assert result.stdout.split()[2:] == ["false"] * 3
    assert "hangs caught" in result.value
    assert "SIGEMT, a general hardware fault, is absent" in ok(kernel.run("ipclab.Signals()")).value


def test_interrupted_experiment_leaves_nothing(kernel):
    request = kernel.execute('fmt.Println("begun"); ipclab.AlarmRace(ipclab.AlarmRaceOptions{Runs: 1000000, Alarm: time.Second, Limit: time.Minute})')
    kernel.await_text(request, "begun")
    kernel.ask("interrupt_request", channel="control")
    result = kernel.finish(request)
    assert result.reply["status"] == "error" or "(EINTR)" in result.value
    assert ok(kernel.run("all, _ := ipclab.Processes(); len(all.Rows())")).value == "1"


def test_time_limit_on_a_fifo(kernel):
    lines, end = in_child(kernel, """
rang := 0
folder, _ := os.MkdirTemp("", "fifo")
defer os.RemoveAll(folder)
path := folder + "/fifo"
ipclab.Mkfifo(path, 0o600)
ipclab.Sigaction(unix.SIGALRM, &ipclab.SigAction{Handler: func(ipclab.Siginfo) { rang++ }})
""" + TICK + """
_, err := ipclab.Open(path, unix.O_RDONLY)
fmt.Println(errors.Is(err, unix.EINTR))
fifo, _ := ipclab.Open(path, unix.O_RDWR)
_, err = fifo.Read(make([]byte, 10))
fmt.Println(errors.Is(err, unix.EINTR), rang >= 2)
""")
    assert (lines, end) == (["true", "true true"], "exited with status 0")


def test_read_within_in_the_notebooks_own_process(kernel):
    result = ok(kernel.run("r, _, _ := ipclab.Pipe(); _, err := r.ReadWithin(make([]byte, 1), 20*time.Millisecond); err"))
    assert "nothing came within 20ms" in result.value


@pytest.mark.parametrize("wait, handler", [
    ("<-c", "c <- 1"),
    ("d <- 1", "<-d"),
    ("select { case <-c: case <-time.After(time.Hour): }", "c <- 1"),
    ("select {}", "fmt.Println(true); os.Exit(0)"),
    ("time.Sleep(time.Hour)", "fmt.Println(true); os.Exit(0)"),
    ("m.Lock()", "m.Unlock()"),
    ("g.Wait()", "g.Done()"),
])
def test_handler_runs_in_a_wait_of_gos_own(kernel, wait, handler):
    """The wait would never end, did the handler not run on the goroutine that waits.

    The lock is held and the group counts before the alarm is set: on a busy machine the alarm may come before the wait.
    """
    lines, end = in_child(kernel, f"""
c, d := make(chan int, 1), make(chan int)
var m sync.Mutex
var g sync.WaitGroup
_, _ = c, d
m.Lock()
g.Add(1)
me := true
ipclab.Signal(unix.SIGALRM, func(unix.Signal) {{ {handler if handler != "<-d" else "go func() { <-d }()"} }})
ipclab.Alarm(20 * time.Millisecond)
{wait}
fmt.Println(me)
""")
    assert (lines, end) == (["true"], "exited with status 0")


def test_sleep_goes_on_after_a_handler(kernel):
    lines, end = in_child(kernel, """
ipclab.Signal(unix.SIGALRM, func(unix.Signal) { fmt.Println("handler") })
ipclab.Alarm(5 * time.Millisecond)
begun := time.Now()
time.Sleep(50 * time.Millisecond)
fmt.Println(time.Since(begun) >= 50*time.Millisecond)
""")
    assert (lines, end) == (["handler", "true"], "exited with status 0")


def test_panic_that_nobody_recovers(kernel):
    ok(kernel.run(START))
    result = ok(kernel.run("""start(func() {
	ipclab.Signal(unix.SIGUSR1, func(unix.Signal) { panic("in the handler") })
	ipclab.Raise(unix.SIGUSR1)
})"""))
    assert result.stdout == "exited with status 2\n"
    assert "in the handler" in result.stderr


# sent(sig, wait) has a child without handlers wait, sends it the signal, and tells how it ended. One that goes on is
# killed: SIGKILL then comes when the signal has been taken, or ignored.
SENT = """
func sent(sig unix.Signal, wait func()) string {
	r, w, _ := ipclab.Pipe()
	defer r.Close()
	child, err := ipclab.Spawn(func() {
		w.Write([]byte("x"))
		wait()
	})
	if err != nil {
		return err.Error()
	}
	w.Close()
	r.Read(make([]byte, 1))
	ipclab.Kill(child.Pid(), sig)
	var seen unix.WaitStatus
	if sig == unix.SIGSTOP || sig == unix.SIGTSTP || sig == unix.SIGTTIN || sig == unix.SIGTTOU {
		unix.Wait4(child.Pid(), &seen, unix.WUNTRACED, nil)
	}
	if seen.Stopped() {
		child.Kill()
		child.Wait()
		return "stopped by " + unix.SignalName(seen.StopSignal())
	}
	if goesOn[sig] {
		child.Kill()
	}
	status, _ := child.Wait()
	return status.String()
}
goesOn := map[unix.Signal]bool{unix.SIGCHLD: true, unix.SIGCONT: true, unix.SIGURG: true, unix.SIGWINCH: true, 40: true}
"""


@pytest.mark.parametrize("wait", ["ipclab.Pause()", "for {\n}", "in.Read(make([]byte, 1))", "select {}"])
def test_every_signal_has_its_default_action_in_a_child(kernel, wait):
    ok(kernel.run(SENT))
    result = ok(kernel.run("""
in, out, _ := ipclab.Pipe()
for _, row := range ipclab.Signals().Rows() {
	sig := unix.Signal(row.Number)
	if row.Name == "SIGSTKFLT" && %t { continue }
	fmt.Println(row.Number, row.Name, row.Default, sent(sig, func() { %s }))
}
in.Close()
out.Close()
""".replace("%t", str(wait == "ipclab.Pause()").lower()).replace("%s", wait)))
    rows = [line.split(" ", 3) for line in result.stdout.splitlines()]
    assert len(rows) >= 61
    for number, name, action, end in rows:
        if action == "stop":
            want = f"stopped by {name}"
        elif action in ("ignore", "continue") or number == "40":
            want = "killed by SIGKILL"
        else:
            want = f"killed by {name}"
        assert end.removesuffix(" (core dumped)") == want, (number, name, action)
    assert result.stderr == ""


def test_a_child_can_ask_os_signal(kernel):
    lines, end = in_child(kernel, """
for _, sig := range []unix.Signal{unix.SIGUSR1, unix.SIGALRM, unix.SIGQUIT, unix.SIGTERM, 50} {
	notices := make(chan os.Signal, 1)
	signal.Notify(notices, sig)
	unix.Kill(os.Getpid(), sig)
	fmt.Println(<-notices == sig)
}
""")
    assert (lines, end) == (["true"] * 5, "exited with status 0")


def test_what_os_signal_was_asked_for_goes_on_in_a_child(kernel):
    ok(kernel.run("notices := make(chan os.Signal, 1); signal.Notify(notices, unix.SIGUSR1)"))
    lines, end = in_child(kernel, "unix.Kill(os.Getpid(), unix.SIGUSR1)\nfmt.Println(<-notices == unix.SIGUSR1)")
    assert (lines, end) == (["true"], "exited with status 0")
    ok(kernel.run("signal.Stop(notices)"))
    assert in_child(kernel, "unix.Kill(os.Getpid(), unix.SIGUSR1)\nselect {}") == ([], "killed by SIGUSR1")


def test_faults_of_a_child_are_panics(kernel):
    lines, end = in_child(kernel, """
func() {
	defer func() { fmt.Println(recover() != nil) }()
	var p *int
	*p = 1
}()
r, w, _ := ipclab.Pipe()
r.Close()
_, err := w.Write([]byte("x"))
fmt.Println(errors.Is(err, unix.EPIPE))
in, out, _ := ipclab.Pipe()
_, err = in.ReadWithin(make([]byte, 1), 20*time.Millisecond)
fmt.Println(errors.Is(err, unix.ETIMEDOUT), out > in)
""")
    assert (lines, end) == (["true", "true", "true true"], "exited with status 0")
