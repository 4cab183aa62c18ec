"""Why a cell does not go on: what ipclab.WhyStuck says, and what is shown with the error of an interrupted cell."""
import os
import re
import time
from pathlib import Path

import pytest

import leftovers

PIPE = "r, w, _ := ipclab.Pipe(); "

# Cells that wait for ever, and what is said of each when it is interrupted. A child prints "begun" where the cell itself
# cannot.
HANGS = {
    "own write end": (
        PIPE + 'fmt.Println("begun"); r.Read(make([]byte, 1))',
        ["(the cell) reads pipe", "of which the write end is held by it itself", "End of file cannot come"]),
    "own write end, os.Pipe": (
        'r, _, _ := os.Pipe(); fmt.Println("begun"); io.ReadAll(r)',
        ["(the cell) has only goroutines that wait", "pipe"]),
    "parent has the write end": (
        PIPE + 'p, _ := ipclab.Spawn(func() { w.Close(); fmt.Println("begun"); r.Read(make([]byte, 1)) }); p.Wait()',
        ["(the cell) and process ", "wait for each other", "of which the write end is held by process", "before it waits"]),
    "fork and wait, as in C": (
        PIPE + 'pid, _ := ipclab.Fork(); if pid == 0 { fmt.Println("begun"); r.Read(make([]byte, 1)); os.Exit(0) }; ipclab.Wait()',
        ["wait for each other", "has the write end open itself too"]),
    "full pipe": (
        PIPE + 'p, _ := ipclab.Spawn(func() { r.Close(); fmt.Println("begun"); w.Write(make([]byte, 1<<20)) }); p.Wait()',
        ["wait for each other", "which is full, of which the read end is held by", "read before it waits"]),
    "program that reads": (
        'r, w, _ := os.Pipe(); c := exec.Command("cat"); c.Stdin = r; c.Start(); fmt.Println("begun"); c.Wait(); w.Close()',
        ["(the cell) and process ", "(cat) wait for each other", "reads pipe"]),
    "FIFO": (
        'name := os.TempDir() + "/fifo"; ipclab.Mkfifo(name, 0o600); defer os.Remove(name); fmt.Println("begun"); ipclab.Open(name, unix.O_RDONLY)',
        ["(the cell) opens FIFO ", "/fifo for reading, and no process has it open for writing"]),
    "FIFO in a shell": (
        "!echo begun; cat $TMPDIR/f",
        ["(cat) opens FIFO ", "/f for reading, and no process has it open for writing"]),
    "stopped child": (
        'p, _ := ipclab.Spawn(func() { fmt.Println("begun"); ipclab.Kill(os.Getpid(), unix.SIGSTOP); for {} }); p.Wait()',
        ["(child) is stopped by a signal", "a stop is no end"]),
    "pause": (
        'p, _ := ipclab.Spawn(func() { fmt.Println("begun"); for { unix.Pause() } }); p.Wait()',
        ["(child) waits in pause for a signal", "block it first and wait by sigsuspend"]),
    "lock": (
        'name := os.TempDir() + "/lock"; defer os.Remove(name)\n'
        "lock := func() { fd, _ := ipclab.Open(name, unix.O_RDWR|unix.O_CREAT, 0o600); unix.Flock(int(fd), unix.LOCK_EX) }\n"
        'lock(); p, _ := ipclab.Spawn(func() { fmt.Println("begun"); lock() }); p.Wait()',
        ["wait for each other", "the flock lock on ", "Give the lock back before waiting"]),
}

# Cells that compute or sleep, or wait for who does.
CALM = {
    "loop": 'fmt.Println("begun"); for {}',
    "sleep": 'fmt.Println("begun"); time.Sleep(time.Hour)',
    "computing child": 'p, _ := ipclab.Spawn(func() { fmt.Println("begun"); for {} }); p.Wait()',
    "sleeping child": 'p, _ := ipclab.Spawn(func() { fmt.Println("begun"); time.Sleep(time.Hour) }); p.Wait()',
    "sleeping program": "!echo begun; sleep 60",
    "writer that sleeps": PIPE + 'ipclab.Spawn(func() { r.Close(); fmt.Println("begun"); time.Sleep(time.Hour); w.Write([]byte{1}) }); w.Close(); r.Read(make([]byte, 1))',
}

SAID = "It did not go on because:"
LIMIT = 3.0  # seconds that an interrupt may take, on a busy machine
LOOK = 0.03  # seconds between looks whether anything runs
TRIES = 3  # what is said comes of a look that has a tenth of a second, which may be too short on a busy machine


def activity(pid):
    """What the threads of all processes below pid have done so far; None while one of them runs."""
    done = {}
    for process in leftovers.children(pid):
        for task in Path(f"/proc/{process}/task").glob("*"):
            status = (task / "status").read_text()
            if "\nState:\tR" in status:
                return None
            done[task.name] = status[status.index("\nvoluntary_ctxt_switches"):]
    return done


def settle(kernel):
    """Waits until all processes below the kernel wait."""
    end, before = kernel.deadline(), None
    while time.monotonic() < end:
        try:
            now = activity(kernel.pid)
        except (FileNotFoundError, ProcessLookupError):
            now = None  # one has ended meanwhile
        if now is not None and now == before:
            return
        before = now
        time.sleep(LOOK)
    raise AssertionError("they never all wait")


def interrupted(kernel, cell, busy=False):
    """The error of a cell that was interrupted, when it waits for ever, unless it is busy."""
    request = kernel.execute(cell)
    kernel.await_text(request, "begun")
    if not busy:
        settle(kernel)
    begin = time.monotonic()
    kernel.ask("interrupt_request", channel="control")
    error = kernel.finish(request).error
    assert error is not None, cell
    assert time.monotonic() - begin < LIMIT
    return re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error["traceback"]))


def explained(kernel, cell, *said):
    """The error of a cell that waits for ever, and whether it says why."""
    for _ in range(TRIES):
        text = interrupted(kernel, cell)
        assert kernel.run("1 + 1").value == "2"
        if SAID in text and all(s in text for s in said):
            return text, True
    return text, False


def test_an_interrupted_hang_is_explained(kernel, nothing_left):
    faults = []
    os.mkfifo(nothing_left / "f")
    for name, (cell, said) in HANGS.items():
        text, told = explained(kernel, cell, *said)
        if not told:
            faults.append((name, text))
    (nothing_left / "f").unlink()
    assert not faults, "\n".join(f"{name}:\n{text}" for name, text in faults)


def test_nothing_is_said_of_who_computes_or_sleeps(kernel):
    faults = [(name, text) for name, cell in CALM.items() if SAID in (text := interrupted(kernel, cell, busy="for {}" in cell))]
    assert not faults


def test_a_cell_that_has_to_be_killed_is_explained_too(kernel):
    text, told = explained(kernel, 'fmt.Println("begun"); http.ListenAndServe("127.0.0.1:0", nil)', "was killed",
                           "(the cell) has only goroutines that wait, for each other or for a client of TCP socket 127.0.0.1:")
    assert told, text


def test_the_table(kernel):
    kernel.run(PIPE + 'p, _ := ipclab.Spawn(func() { r.Read(make([]byte, 1)) })')
    result = kernel.run("""
for {
	t, _ := ipclab.WhyStuck()
	if len(t.Findings()) > 0 {
		fmt.Println(t.Rows()[1].Call, t.Rows()[1].Pid == p.Pid())
		ipclab.Display(t)
		break
	}
	time.Sleep(time.Millisecond)
}
""")
    assert result.stdout == "read true\n"
    shown = next(m["content"]["data"] for m in result.messages if m["msg_type"] == "display_data")
    assert "(this)  asks" in shown["text/plain"] and "<table" in shown["text/html"]
    assert "has the write end open itself" in shown["text/plain"] or "End of file cannot come" in shown["text/plain"]
    assert kernel.run("p.Kill(); p.Wait(); r.Close(); w.Close(); ipclab.WhyStuck()").value.endswith("No process is stuck.")


def test_a_child_asks(kernel):
    """Also inside of a child made by Fork."""
    result = kernel.run(PIPE + """
pid, _ := ipclab.Fork()
if pid == 0 {
	for {
		t, _ := ipclab.WhyStuck()
		if text := t.String(); strings.Contains(text, "(this)") && strings.Contains(text, fmt.Sprintf("waits for the end of process %d", os.Getpid())) || strings.Contains(text, "the end of process") {
			fmt.Println("seen")
			os.Exit(0)
		}
	}
}
ipclab.WaitPid(pid)
r.Close()
w.Close()
""")
    assert result.stdout == "seen\n"


@pytest.mark.parametrize("cell", ["pause();", "abort_in_handler"], ids=["pause", "handler"])
def test_c_programs(kernel, compiler, cell, nothing_left):
    """A signal handler that takes a lock which the program has."""
    source = r"""
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void handler(int s) { pthread_mutex_lock(&lock); }
int main(void) {
	signal(SIGUSR1, handler);
	puts("begun"); fflush(stdout);
	BODY
	return 0;
}
"""
    body = "pause();" if cell == "pause();" else "pthread_mutex_lock(&lock); raise(SIGUSR1);"
    folder = nothing_left / "c"
    folder.mkdir()
    (folder / "p.c").write_text(source.replace("BODY", body))
    assert kernel.run(f"!{compiler} -pthread -o {folder}/p {folder}/p.c").reply["status"] == "ok"
    said = ["(p) waits for a lock", "which the same thread holds", "malloc or printf"]
    if cell == "pause();":
        said = ["(p) waits in pause for a signal, of those that it has a handler for: SIGUSR1"]
    text, told = explained(kernel, f"!{folder}/p", *said)
    assert told, text
    assert kernel.run(f"!rm -r {folder}").reply["status"] == "ok"
