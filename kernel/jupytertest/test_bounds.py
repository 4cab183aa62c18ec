"""Bounds on the memory that cells use and on the processes they make."""
import os
import time

import pytest

MEMORY = "300M"
PROCESSES = 20


@pytest.fixture
def bounded(start, monkeypatch):
    """A kernel with small bounds, in which x is 5."""
    monkeypatch.setenv("IPCLAB_MEMORY", MEMORY)
    monkeypatch.setenv("IPCLAB_PROCESSES", str(PROCESSES))
    kernel = start()
    kernel.run("x := 5")
    return kernel


def shown(result):
    """All that a user reads below the cell."""
    return result.stderr + "\n".join(result.error["traceback"] if result.error else [])


GREEDY_GO = {
    "append": "var s [][]byte\nfor { s = append(s, make([]byte, 1<<20)); for i := 0; i < 1<<20; i += 4096 { s[len(s)-1][i] = 1 } }",
    "append of numbers": "var s []int\nfor { s = append(s, 1) }",
    "map": "m := map[int][]byte{}\nfor i := 0; ; i++ { m[i] = bytes.Repeat([]byte{1}, 100_000) }",
    "goroutines": "var wg sync.WaitGroup\nfor range 1_000_000 { wg.Add(1); go func() { wg.Wait() }() }\nwg.Wait()",
    "strings": 's := "x"\nfor { s += s }',
    "shared mapping": "m, err := unix.Mmap(-1, 0, 1<<30, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS)\n"
                      "for i := 0; i < len(m); i += 65536 { copy(m[i:], bytes.Repeat([]byte{1}, 65536)) }\ntime.Sleep(time.Hour)\nerr",
    "memfd": 'fd, err := unix.MemfdCreate("big", 0)\nfor { unix.Write(fd, make([]byte, 1<<20)) }\nerr',
    "private mapping": "m, err := unix.Mmap(-1, 0, 1<<30, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)\n"
                       "for i := 0; i < len(m); i += 65536 { copy(m[i:], bytes.Repeat([]byte{1}, 65536)) }\ntime.Sleep(time.Hour)\nerr",
    "raised limits": "l := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}\nunix.Setrlimit(unix.RLIMIT_DATA, &l)\n"
                     "var s [][]byte\nfor { s = append(s, bytes.Repeat([]byte{1}, 1<<20)) }",
}


@pytest.mark.parametrize("cell", GREEDY_GO.values(), ids=GREEDY_GO)
def test_a_cell_that_uses_too_much_memory_is_ended(bounded, cell):
    result = bounded.run(cell)
    assert result.reply["status"] == "error"
    text = shown(result)
    assert "out of memory: the cell's processes used more than 300 MiB (IPCLAB_MEMORY)" in text
    assert "the process that runs cells" in text
    assert "larger IPCLAB_MEMORY" in text
    assert bounded.run("6 * 7").value == "42"
