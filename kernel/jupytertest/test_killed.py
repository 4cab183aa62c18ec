"""Experiments that have files, killed in the middle, with their runtime process or with the kernel."""
import os
import signal
import time

import pytest

import leftovers
from client import ok

COMPILER = r"""
tools := folder + "/tools"
os.Mkdir(tools, 0o700)
os.WriteFile(tools+"/cc", []byte("#!/bin/sh\ncase $1 in --version) exec /usr/bin/cc --version; esac\necho > $TMPDIR/compiling\nexec /bin/sleep 1000\n"), 0o700)
os.Setenv("PATH", tools)
"""

EXPERIMENTS = {
    "LockKinds": "ipclab.LockKinds(ipclab.LockKindsOptions{Limit: time.Minute})",
    "QueueSpeed": COMPILER + "ipclab.QueueSpeed()",
    "CourseQueue": COMPILER + "ipclab.CourseQueue()",
    "%%c": None,
}


def begin(kernel, name, tools, cache):
    """Runs an experiment until it has a file, and returns the number of its runtime process and its request."""
    runtime = int(ok(kernel.run(f'folder := "{tools}"; os.Getpid()')).value)
    if name == "%%c":
        ok(kernel.run(COMPILER))
        request = kernel.execute("%%c\nint main(void) { return 0; }")
        await_file(cache, "**/compiling")
    else:
        request = kernel.execute(EXPERIMENTS[name])
        await_file(kernel.temporary, "ipclab-*/**/*")
    return runtime, request


def await_file(folder, pattern):
    end = time.monotonic() + 30
    while not list(folder.glob(pattern)):
        assert time.monotonic() < end, f"no {pattern} in {folder}: {list(folder.rglob('*'))}"
        time.sleep(0.01)


@pytest.mark.parametrize("killed", ["runtime", "kernel", "both"])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_nothing_is_left(start, nothing_left, mark, tmp_path, monkeypatch, name, killed):
    cache, tools = tmp_path / "cache", tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    kernel = start()
    kernel.temporary = nothing_left
    runtime, request = begin(kernel, name, tools, cache)
    if killed != "runtime":
        kernel.signal(signal.SIGKILL)
        if killed == "both":
            os.kill(runtime, signal.SIGKILL)
        kernel.exit_status()
        assert leftovers.await_none(mark) == {}
        if killed == "both":
            start().stop()  # nobody was left who could look
    else:
        os.kill(runtime, signal.SIGKILL)
        kernel.finish(request)
        ok(kernel.run("1 + 1"))
    assert list(nothing_left.glob("ipclab-*")) == []
    assert list(cache.rglob("new-*")) == []
