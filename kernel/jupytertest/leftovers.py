"""Finds what kernels leave behind."""
import os
import time
from pathlib import Path

VARIABLE = "IPCLAB_TEST_RUN"  # in the environment of every process that a test started, however far removed
GRACE = 10  # seconds that processes have to end


def processes(mark):
    """Command lines, by process number, of the processes that carry the mark; not this one."""
    needle = f"{VARIABLE}={mark}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        try:
            if pid != os.getpid() and needle in (folder / "environ").read_bytes().split(b"\0"):
                found[pid] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended, or is a zombie
    return found


def children(pid):
    """Numbers of the processes below pid."""
    return [p for child in children_of(pid) for p in (child, *children(child))]


def children_of(pid):
    """Numbers of the processes that pid is the parent of."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            found += map(int, (task / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue  # the thread has ended meanwhile
    return found


def await_none(mark, counts=lambda pid, command: True):
    """Waits until no process is left, of those that count, and returns those that are there all the same."""
    end = time.monotonic() + GRACE
    while (found := {p: c for p, c in processes(mark).items() if counts(p, c)}) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def shared_memory():
    """Names of the objects in /dev/shm, of System V segments, queues and semaphores."""
    names = {f"/dev/shm/{entry.name}" for entry in Path("/dev/shm").iterdir() if "ipclab" in entry.name}
    for kind in ("shm", "msg", "sem"):
        table = Path("/proc/sysvipc", kind)
        if table.exists():
            names |= {f"{kind} {line.split()[1]}" for line in table.read_text().splitlines()[1:]}
    return names


def check(mark, shared_memory_before, temporary):
    """Fails if anything is left."""
    left = await_none(mark)
    for pid in left:
        os.kill(pid, 9)  # so that the next test is not blamed
    assert not left, f"processes left behind: {left}"
    end = time.monotonic() + GRACE  # for what somebody else on this machine has made meanwhile, other tests for instance
    while (new := shared_memory() - shared_memory_before) and time.monotonic() < end:
        time.sleep(0.1)
    assert not new, f"shared memory left behind: {new}"
    assert list(temporary.iterdir()) == []
