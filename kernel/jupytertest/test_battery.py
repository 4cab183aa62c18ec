"""Bad cells, one after another in one session: after each, everything is as it was, and the next cell is right."""
import time

import pytest

import badcells

EARLIER = """
import "unsafe"
x := 0
type pair struct{ a, b int }
func (p pair) Sum() int { return p.a + p.b }
func double(n int) int { return 2 * n }
dir := "FOLDER"
os.WriteFile(dir+"/data", []byte("0123456789"), 0o600)
f, _ := os.Open(dir + "/data")
f.Seek(4, io.SeekStart)
os.Chdir(dir)
os.Setenv("KEPT", "yes")
ticks := make(chan int)
go func() { for i := 0; ; i++ { ticks <- i } }()
"""

CHECK = """
x++
at, _ := f.Seek(0, io.SeekCurrent)
here, _ := os.Getwd()
fmt.Println(x, double(21), pair{1, 2}.Sum(), at, here == dir, os.Getenv("KEPT"), <-ticks)
fmt.Fprintln(os.Stderr, "stderr", x)
x * 1000
"""

# Seconds: a cell that is left alone or interrupted, and the cell after it.
LIMIT, NEXT = 20, 5


class Battery:
    def __init__(self, kernel, folder):
        self.kernel = kernel
        self.faults = []
        self.checks = 0
        assert kernel.run(EARLIER.replace("FOLDER", str(folder))).reply["status"] == "ok"
        self.check("first")

    def try_cell(self, name, bad):
        """Runs the cell, and then one that tells whether all is as before."""
        self.cell_seconds = self.next_seconds = 0
        begin = time.monotonic()
        result = self.interrupted(bad.code) if bad.interrupt else self.kernel.run(bad.code, timeout=LIMIT)
        self.cell_seconds = time.monotonic() - begin
        said = shown(result)
        if bool(result.error) != (bad.error is not None) or bad.error is not None and bad.error not in said:
            self.faults.append((name, "ended with", said[-600:], result.stdout[-200:]))
        if bad.written not in (None, len(result.stdout + result.stderr)):
            self.faults.append((name, "wrote", len(result.stdout), len(result.stderr)))
        if bad.restore:
            result = self.kernel.run(bad.restore)
            if result.error:
                self.faults.append((name, "restoring", shown(result)))
        self.check(name)

    def interrupted(self, code):
        request = self.kernel.execute(code)
        printed = self.kernel.await_text(request, "begun")
        time.sleep(0.02)
        assert self.kernel.ask("interrupt_request", channel="control")["status"] == "ok"
        result = self.kernel.finish(request, timeout=LIMIT)
        result.messages = printed + result.messages
        return result

    def check(self, name):
        begin = time.monotonic()
        result = self.kernel.run(CHECK)
        self.next_seconds = time.monotonic() - begin
        self.checks += 1
        n = self.checks
        got = (result.stdout, result.stderr, result.value, result.error)
        want = (f"{n} 42 3 4 true yes {n - 1}\n", f"stderr {n}\n", str(1000 * n), None)
        if got != want:
            self.faults.append((name, "the next cell", got))
        if self.next_seconds > NEXT:
            self.faults.append((name, f"the next cell took {self.next_seconds:.1f} s"))


def shown(result):
    """All that a user reads below the cell."""
    return result.stderr + "\n".join(result.error["traceback"] if result.error else [])


@pytest.fixture
def battery(start, tmp_path, monkeypatch):
    monkeypatch.setenv("IPCLAB_MEMORY", "400M")
    monkeypatch.setenv("IPCLAB_PROCESSES", "20")
    folder = tmp_path / "work"
    folder.mkdir()
    return Battery(start(), folder)


def test_everything_is_as_it_was_after_every_bad_cell(battery):
    assert len(badcells.CELLS) >= 60
    for name, bad in badcells.CELLS.items():
        battery.try_cell(name, bad)
        print(f"{name}: {battery.cell_seconds:.2f} s, the next cell {battery.next_seconds:.2f} s")
    assert not battery.faults
