"""Checks of homework: what fails, what is left, and the grade that nbgrader reads from the cell."""
import os
import signal
import time

import pytest

import leftovers


def text(outputs):
    return "".join(m["content"]["text"] for m in outputs if m["msg_type"] == "stream")


def grade(outputs, points):
    """The grade of an autograded cell of so many points, as nbgrader's determine_grade has it.

    An error, or text on standard error, is 0; a result that reads as a number is the grade, and must not be above the
    points or below 0; everything else is the full number of points.
    """
    for m in outputs:
        kind, content = m["msg_type"], m["content"]
        if kind == "error" or kind == "stream" and content["name"] == "stderr":
            return 0
        if kind == "execute_result":
            try:
                number = float(content["data"]["text/plain"])
            except ValueError:
                return points
            assert 0 <= number <= points
            return number
    return points


PASS = 'ipclab.Check("passes", 1.5, func(t *ipclab.T) { t.Log("x") })\n'
FAIL = 'ipclab.Check("fails", 2, func(t *ipclab.T) { t.Errorf("not %d", 5) })\n'

CELLS = {
    "all pass": (PASS + PASS, 3, 3),
    "none passes": (FAIL, 2, 0),
    "one of two": (PASS + FAIL, 3.5, 1.5),
    "credit": ('ipclab.Check("part", 2, func(t *ipclab.T) { t.Credit(0.5); t.Fail() })', 2, 0.5),
    "not in the last line": (FAIL + "x := 1", 2, 0),
    "in a loop": ('for i := range 3 { ipclab.Check(fmt.Sprint(i), 0.1, func(t *ipclab.T) {}) }', 0.3, 0.3),
    "the score": (PASS + FAIL + "ipclab.Score()", 3.5, 1.5),
    "prints to standard error": ('ipclab.Check("a", 1, func(t *ipclab.T) { fmt.Fprintln(os.Stderr, "said"); fmt.Fprintln(os.NewFile(2, ""), "too") })', 1, 1),
    "fails outside": (PASS + 'panic("outside")', 1.5, 0),
    "no check": ("x := 5\nx > 3", 1, 1),
}


@pytest.mark.parametrize("cell, points, want", CELLS.values(), ids=CELLS.keys())
def test_the_grade_of_a_cell(kernel, cell, points, want):
    assert grade(kernel.run(cell).outputs, points) == want


REASONS = {
    "panic": ('panic("no idea")', "panic: no idea"),
    "index": ("s := []int{1}; i := 5; fmt.Println(s[i])", "index out of range"),
    "nil": ("var p *struct{ X int }; fmt.Println(p.X)", "panic: "),
    "exit": ("os.Exit(3)", "its process exited with status 3 before the function returned"),
    "fatal": ('t.Fatal("stop"); t.Error("never")', "stop"),
    "fatal in a function": ('func() { defer func() {}(); t.Fatalf("in %s", "there") }(); t.Error("never")', "in there"),
    "signal": ("ipclab.Kill(os.Getpid(), unix.SIGKILL)", "its process was killed by SIGKILL"),
    "recursion": ("var f func(n int) int; f = func(n int) int { return f(n+1) + 1 }; f(0)", "before the function returned"),
    "goroutine": ('go func() { panic("there") }(); select {}', "exited with status 2"),
    "pipe": ("r, w, _ := ipclab.Pipe(); r.Read(make([]byte, 1)); w.Close()", "deadlock\n"),
    "channel": ("<-make(chan int)", "deadlock\n"),
    "child": ("r, w, _ := ipclab.Pipe(); pid, _ := ipclab.Fork(); if pid == 0 { w.Close(); r.Read(make([]byte, 1)); os.Exit(0) }; ipclab.WaitPid(pid)", "wait for each other"),
    "loop": ("for {}", "it did not end within 1s"),
    "sleep": ("time.Sleep(time.Hour)", "it did not end within 1s"),
}


def test_every_failure_has_its_reason_and_leaves_the_cell(kernel):
    kernel.run("x := 5")
    faults = []
    for name, (code, reason) in REASONS.items():
        limit = 1 if "within 1s" in reason else 20
        result = kernel.run(f'ipclab.Check("it", 1, func(t *ipclab.T) {{ x = 6; {code} }}, ipclab.CheckOptions{{Limit: {limit}*time.Second}})')
        said = result.stdout
        if not said.startswith("failed: it, 0 of 1 points\n") or reason not in said or "never" in said or result.value != "0" or result.stderr:
            faults.append((name, result.reply, said, result.stderr))
        assert kernel.run("x").value == "5"
    assert not faults


def test_the_table(kernel):
    result = kernel.run(PASS + FAIL)
    data = next(m["content"]["data"] for m in result.messages if m["msg_type"] == "execute_result")
    assert data["text/plain"] == "1.5"
    assert "<table" in data["text/html"] and "not 5" in data["text/html"] and "1.5 of 3.5 points." in data["text/html"]
    assert kernel.run("len(ipclab.Score().Rows())").value == "0"


def test_descriptors_have_the_numbers_of_a_program(kernel):
    result = kernel.run('ipclab.Check("numbers", 1, func(t *ipclab.T) { r, w, _ := ipclab.Pipe(); t.Errorf("%d %d", int(r), int(w)) })')
    assert "\n    3 4\n" in result.stdout


def test_a_check_in_a_forked_child(kernel):
    result = kernel.run("""
pid, _ := ipclab.Fork()
if pid == 0 {
	score := ipclab.Check("in a child", 1, func(t *ipclab.T) { t.Credit(0.5); os.Exit(9) })
	fmt.Println(score.Points(), score.Rows()[0].Passed)
	os.Exit(0)
}
_, status, _ := ipclab.Wait()
fmt.Println(status)
""")
    assert "failed: in a child, 0.5 of 1 points\n    its process exited with status 9 before" in result.stdout
    assert result.stdout.endswith("0.5 false\nexited with status 0\n") and result.value is None


def test_nothing_is_left(kernel, nothing_left):
    """Programs that ignore signals, in sessions of their own, and a child that is stopped."""
    before = kernel.run('t, _ := ipclab.Descriptors(); len(t.Rows())').value
    for end in ["", "os.Exit(1)", "select {}"]:
        result = kernel.run("""
ipclab.Check("leaves", 1, func(t *ipclab.T) {
	exec.Command("sh", "-c", `setsid sh -c 'trap "" INT TERM HUP; sleep 600' >/dev/null 2>&1 &`).Run()
	ipclab.Spawn(func() { ipclab.Kill(os.Getpid(), unix.SIGSTOP); for {} })
	%s
}, ipclab.CheckOptions{Limit: time.Second})
p, _ := ipclab.Processes()
fmt.Println("processes:", len(p.Rows()))
""" % end)
        assert "processes: 1\n" in result.stdout, result.stdout
    assert kernel.run('t, _ = ipclab.Descriptors(); len(t.Rows())').value == before


def alone(kernel):
    """Waits until no process is left but the notebook's own, zombies of others that the kernel has yet to collect included."""
    assert kernel.run("for { p, _ := ipclab.Processes(); if len(p.Rows()) == 1 { break } }").reply["status"] == "ok"


def test_folders_of_a_check_go_with_it(kernel, nothing_left):
    for end in ["", "os.Exit(1)", "select {}"]:
        result = kernel.run('''
ipclab.Check("folder", 1, func(t *ipclab.T) {
	folder := t.TempDir()
	os.WriteFile(folder+"/file", nil, 0o600)
	entries, err := os.ReadDir(folder)
	fmt.Println(len(entries), err)
	%s
}, ipclab.CheckOptions{Limit: 5 * time.Second})
''' % end)
        assert "1 <nil>\n" in result.stdout
        assert list(nothing_left.iterdir()) == []


def test_an_interrupted_check_leaves_nothing(kernel):
    request = kernel.execute('ipclab.Check("long", 1, func(t *ipclab.T) { fmt.Println("begun"); exec.Command("sleep", "600").Run(); for {} }, ipclab.CheckOptions{Limit: time.Minute})')
    kernel.await_text(request, "begun")
    begin = time.monotonic()
    kernel.ask("interrupt_request", channel="control")
    assert kernel.finish(request).reply["status"] == "error"
    assert time.monotonic() - begin < 3
    alone(kernel)


def test_a_check_under_a_runtime_that_dies(kernel):
    request = kernel.execute('ipclab.Check("long", 1, func(t *ipclab.T) { fmt.Println("begun"); exec.Command("sleep", "600").Run() }, ipclab.CheckOptions{Limit: time.Minute})')
    kernel.await_text(request, "begun")
    runtime = next(p for p in leftovers.children_of(kernel.pid) if leftovers.children_of(p))
    os.kill(runtime, signal.SIGKILL)
    assert kernel.finish(request).reply["status"] == "error"
    alone(kernel)
