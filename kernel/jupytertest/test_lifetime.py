"""The end of a kernel, of its runtime process, and of everything they made."""
import os
import signal
import subprocess
import sys
import time

import pytest

import leftovers
from client import is_status, parent

LITTER = """
import "os/exec"
c := exec.Command("setsid", "sleep", "1000")
err := c.Start()
child, err := ipclab.Spawn(func() { select {} })
fmt.Println(err)
"""


@pytest.mark.parametrize("channel", ["shell", "control"])
@pytest.mark.parametrize("restart", [False, True])
def test_shutdown_request(kernel, mark, channel, restart):
    kernel.run(LITTER)
    reply = kernel.ask("shutdown_request", {"restart": restart}, channel)
    assert reply == {"status": "ok", "restart": restart}
    assert kernel.exit_status() == 0
    assert leftovers.await_none(mark) == {}


def test_shutdown_while_a_cell_runs(kernel, mark):
    request = kernel.execute('fmt.Println("busy"); for {}')
    kernel.await_text(request, "busy")
    begin = time.monotonic()
    kernel.ask("shutdown_request", {"restart": False}, "control")
    assert kernel.exit_status() == 0
    assert time.monotonic() - begin < 5
    assert leftovers.await_none(mark) == {}


def test_restart_gives_an_empty_kernel_at_the_same_address(kernel):
    kernel.run("x := 5")
    before = kernel.pid
    kernel.manager.restart_kernel()
    assert kernel.connect()
    assert kernel.pid != before
    result = kernel.run("x")
    assert "undefined: x" in result.reply["evalue"]
    assert result.reply["execution_count"] == 1
    assert kernel.run("x := 6; x").value == "6"


def test_ten_restarts(kernel):
    for _ in range(10):
        kernel.manager.restart_kernel()
        assert kernel.connect()
        assert kernel.run("6 * 7").value == "42"


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda s: s.name)
@pytest.mark.parametrize("transport", ["tcp", "ipc"])
def test_a_killed_kernel_leaves_nothing(start, mark, tmp_path, sent, transport):
    """Neither processes, one of them in a session of its own, nor the files of its sockets."""
    sockets = tmp_path / "sockets"
    sockets.mkdir()
    kernel = start(transport=transport, folder=sockets)
    assert kernel.run(LITTER).stdout == "<nil>\n"
    assert len(leftovers.processes(mark)) >= 4  # kernel, runtime, child, sleep
    assert len(list(sockets.iterdir())) == (5 if transport == "ipc" else 0)
    kernel.signal(sent)
    kernel.exit_status()
    assert leftovers.await_none(mark) == {}
    assert list(sockets.iterdir()) == []


@pytest.mark.parametrize("busy", ["", 'fmt.Println("with printing")', 'fmt.Fprintln(os.Stderr, "with printing")'])
def test_a_killed_kernel_takes_a_busy_cell_along(kernel, mark, busy):
    """And what the cell has started, in a session of its own."""
    assert kernel.run(LITTER).stdout == "<nil>\n"
    request = kernel.execute(f'fmt.Println("busy"); for {{ {busy} }}')
    kernel.await_text(request, "busy")
    kernel.signal(signal.SIGKILL)
    kernel.exit_status()
    assert leftovers.await_none(mark) == {}


def test_a_kernel_whose_jupyter_was_killed_ends(state, nothing_left, mark):
    """jupyter_client tells the kernel who its parent is (JPY_PARENT_PID)."""
    parent_process = subprocess.Popen([sys.executable, "-c", """
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="ipclab")
print("started", flush=True)
client.get_shell_msg()
"""], stdout=subprocess.PIPE, text=True)
    try:
        assert parent_process.stdout.readline() == "started\n"
        assert any(" kernel " in command for command in leftovers.processes(mark).values())
    finally:
        parent_process.kill()
        parent_process.communicate(timeout=30)
    assert leftovers.await_none(mark) == {}
    for connection_file in nothing_left.glob("*.json"):
        connection_file.unlink()  # its maker's business


def test_children_end_with_the_runtime(kernel, mark):
    kernel.run(LITTER)
    before = set(leftovers.processes(mark))
    kernel.run("os.Exit(3)")
    assert kernel.run("6 * 7").value == "42"
    own = (["kernel"], ["runtime"])  # a copy of the runtime has its name
    assert leftovers.await_none(mark, lambda pid, command: pid in before and command.split()[1:2] not in own) == {}


def test_signals_that_are_ignored_at_the_start_are_not_in_programs(start):
    """A shell without job control has what it runs in the background ignore SIGINT, Jupyter too."""
    numbers = (signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        kernel = start()
    finally:
        for number, action in before.items():
            signal.signal(number, action)
    ignored = kernel.run("%%sh\ngrep SigIgn /proc/self/status").stdout.split()[-1]
    assert [number for number in numbers if int(ignored, 16) >> (number - 1) & 1] == []
    assert kernel.run("%%sh\ntrap 'echo caught' INT; kill -INT $$").stdout == "caught\n"
    kernel.run("interrupted := make(chan os.Signal, 1); signal.Notify(interrupted, unix.SIGINT); ipclab.Kill(os.Getpid(), unix.SIGINT)")
    assert kernel.run("<-interrupted").value == "interrupt"
