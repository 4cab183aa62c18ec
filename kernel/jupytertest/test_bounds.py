"""Bounds on the memory that cells use and on the processes they make."""
import subprocess
from pathlib import Path

import pytest

import leftovers

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


GREEDY_C = r"""
#include <stdlib.h>
#include <string.h>
int main(void) { for (;;) { char *p = malloc(1 << 20); if (p) memset(p, 1, 1 << 20); } }
"""

GREEDY_CHILDREN = {
    "forked": "p, err := ipclab.Spawn(func() { var s [][]byte; for { s = append(s, bytes.Repeat([]byte{1}, 1<<20)) } })\n"
              "status, err := p.Wait()\nfmt.Println(status, err)",
    "compiled": 'fmt.Println(exec.Command(os.Getenv("GREEDY")).Run())',
    "shell": "err := exec.Command(\"/bin/sh\", \"-c\", \"x=x; while :; do x=$x$x; done\").Run()\nfmt.Println(err)",
}


@pytest.fixture
def greedy(tmp_path_factory, compiler, monkeypatch):
    """A C program that allocates without end."""
    folder = tmp_path_factory.mktemp("greedy")
    source = folder / "greedy.c"
    source.write_text(GREEDY_C)
    subprocess.run([compiler, "-O0", "-o", folder / "greedy", source], check=True, timeout=60)
    monkeypatch.setenv("GREEDY", str(folder / "greedy"))


@pytest.mark.parametrize("cell", GREEDY_CHILDREN.values(), ids=GREEDY_CHILDREN)
def test_a_child_that_uses_too_much_memory_is_ended_alone(greedy, bounded, cell):
    result = bounded.run(cell)
    assert result.reply["status"] == "ok", shown(result)
    assert "killed" in result.stdout.lower()
    assert "used more than 300 MiB (IPCLAB_MEMORY)" in result.stderr
    assert "which was killed" in result.stderr
    assert bounded.run("x").value == "5"


def test_children_that_all_use_too_much_memory_are_ended(bounded):
    result = bounded.run("""
for range 8 {
    ipclab.Spawn(func() { var s [][]byte; for { s = append(s, bytes.Repeat([]byte{1}, 1<<20)) } })
}
for { if _, _, err := ipclab.Wait(); err != nil { break } }""")
    assert "like all others but the one that runs cells" in shown(result)
    assert bounded.run("x").value == "5"


def test_memory_that_forked_children_share_counts_once(bounded):
    """Each of ten processes has the same 100 MB."""
    bounded.run("big := bytes.Repeat([]byte{1}, 100<<20)")
    result = bounded.run("""
r, w, err := ipclab.Pipe()
for range 10 {
    ipclab.Spawn(func() { w.Close(); sum := 0; for i := 0; i < len(big); i += 65536 { sum += int(big[i]) }; r.Read(make([]byte, 1)) })
}
r.Close()
time.Sleep(300 * time.Millisecond)
w.Close()
for range 10 { _, status, err := ipclab.Wait(); fmt.Println(status, err) }""")
    assert result.stderr == ""
    assert result.stdout == "exited with status 0 <nil>\n" * 10


def test_memory_used_between_cells_is_bounded(bounded):
    """By a goroutine that begins late, when nobody looks any more."""
    bounded.run("go func() { time.Sleep(2 * time.Second); var s [][]byte; for { s = append(s, bytes.Repeat([]byte{1}, 1<<20)) } }()")
    message = bounded.await_output(lambda m: m["msg_type"] == "stream")[-1]
    assert "out of memory" in message["content"]["text"]
    assert "IPCLAB_MEMORY" in message["content"]["text"]
    assert bounded.run("6 * 7").value == "42"


def test_an_allocation_that_no_machine_has_room_for(bounded):
    result = bounded.run("b := make([]byte, 1<<46)")
    assert result.reply["status"] == "error"
    assert "out of memory" in shown(result)
    assert "300 MiB (IPCLAB_MEMORY)" in shown(result)
    assert bounded.run("6 * 7").value == "42"


BOMBS = {
    "shell": "%%sh\nb() { b | b & }; b\nsleep 100",
    "in sessions of their own": "%%sh\ni=0; while [ $i -lt 100 ]; do setsid sleep 100 & i=$((i+1)); done; wait",
    "os/exec": 'for { if err := exec.Command("sleep", "100").Start(); err != nil { panic(err) } }',
    "compiled": 'fmt.Println(exec.Command(os.Getenv("BOMB")).Run())',
}

def living_children(pid):
    """Without zombies, for which nobody has waited, and those that have just gone."""
    return [p for p in leftovers.children(pid) if state(p) not in ("Z", None)]


def state(pid):
    """The letter of a process's state, None if it is there no more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


BOMB_C = "#include <unistd.h>\nint main(void) { for (;;) fork(); }"


@pytest.fixture
def bomb(tmp_path_factory, compiler, monkeypatch):
    """A C program that forks without end."""
    folder = tmp_path_factory.mktemp("bomb")
    source = folder / "bomb.c"
    source.write_text(BOMB_C)
    subprocess.run([compiler, "-o", folder / "bomb", source], check=True, timeout=60)
    monkeypatch.setenv("BOMB", str(folder / "bomb"))


@pytest.mark.parametrize("cell", BOMBS.values(), ids=BOMBS)
def test_a_fork_bomb_is_ended(bomb, bounded, cell):
    result = bounded.run(cell)
    assert "too many processes: there were more than 20 at once (IPCLAB_PROCESSES)" in shown(result)
    assert "larger IPCLAB_PROCESSES" in shown(result)
    # A cell that goes on after the third time may start a few before it heeds the interrupt.
    assert len(living_children(int(bounded.run("os.Getpid()").value))) < PROCESSES
    assert bounded.run("x").value == "5"


def test_fork_beyond_the_bound_is_an_error(bounded):
    result = bounded.run("""
n := 0
var err error
for err == nil {
    var pid int
    if pid, err = ipclab.Fork(); pid == 0 { select {} }
    if err == nil { n++ }
}
fmt.Println(n, errors.Is(err, unix.EAGAIN))
fmt.Println(err)""")
    lines = result.stdout.splitlines()
    assert lines[0] == f"{PROCESSES - 1} true"
    assert lines[1] == ("fork: there are already 20 processes, as many as IPCLAB_PROCESSES allows: "
                        "resource temporarily unavailable (EAGAIN)")
    assert result.stderr == ""


def test_zombies_count_as_for_fork(bounded):
    result = bounded.run("""
var err error
var last *ipclab.Process
for range 19 {
    if last, err = ipclab.Spawn(func() {}); err != nil { panic(err) }
    unix.Waitid(unix.P_PID, last.Pid(), nil, unix.WEXITED|unix.WNOWAIT, nil) // it has ended, and stays a zombie
}
_, err = ipclab.Spawn(func() {})
fmt.Println(err)""")
    assert "19 of them have ended and only wait for their status to be collected" in result.stdout
    assert result.stderr == ""
    result = bounded.run("for range 19 { ipclab.Wait() }\np, err := ipclab.Spawn(func() {})\np.Wait()\nerr")
    assert result.value == "<nil>" or result.value is None


def test_children_of_children_count_too(bounded):
    result = bounded.run("""
r, w, _ := ipclab.Pipe()
for range 4 {
    ipclab.Spawn(func() {
        for { if pid, err := ipclab.Fork(); err != nil { fmt.Fprintln(w, "refused"); break } else if pid == 0 { w.Close(); select {} } }
        w.Close()
        select {}
    })
}
w.Close()
text, _ := io.ReadAll(r) // until all have been refused, or were ended
fmt.Print(string(text))""")
    assert result.stdout == "refused\n" * 4 or "too many processes" in result.stderr
    assert bounded.run("x").value == "5"


@pytest.mark.parametrize("variable, value, bound", [
    ("IPCLAB_MEMORY", "lots", "half of the memory"),
    ("IPCLAB_MEMORY", "512", "too little"),
    ("IPCLAB_PROCESSES", "-3", "the bound is 512"),
])
def test_a_value_that_makes_no_sense_is_told_at_the_first_cell(start, monkeypatch, variable, value, bound):
    monkeypatch.setenv(variable, value)
    kernel = start()
    first = kernel.run("6 * 7")
    assert first.reply["status"] == "ok" and first.value == "42"
    assert f"{variable}={value}: " in first.stderr and bound in first.stderr
    assert kernel.run("6 * 7").stderr == ""
