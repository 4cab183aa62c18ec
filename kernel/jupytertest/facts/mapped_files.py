"""05 mapped files and shared memory."""
import re

from . import number


def check(shown):
    def has(cell, *parts):
        text = re.sub(r"\n+", "\n", shown.text(f"mapped-files-{cell}"))  # output may come in pieces
        for part in parts:
            assert part in text, (cell, part, text)

    has("04", 'begins with "Hello World"', 'memory begins with "Hello there"')  # one page, seen in both ways
    has("06", "through the mapping: 0\n", "by pwrite(2):        1000")
    has("46", 'a file of 12 bytes: "Hello World')  # made long enough by lseek and write
    has("08", "Volvo, wheel 1 by Nokian, 100 km")  # a child's assignments
    has("11", "which holds an address", "nothing: SIGSEGV")
    rows = shown.table("mapped-files-11")
    assert len({row["mapped at"] for row in rows}) == 3
    assert [row["leads to"] for row in rows] == ["5000"] * 3  # of the two columns of that name, the offset's
    has("13", "second mapping: no", "by the offset:  Volvo", "by the pointer: killed by signal 11")
    order = [row["event"] for row in shown.table("mapped-files-15")]
    assert order.index("has written the length") > order.index("has written the text")
    assert order.index('has read "Hello World"') > order.index("has written the text")
    has("19", "produced 15 bytes", "consumed: hello by memory")
    has("21", '15 bytes: "hello by memory"')
    has("23", "shared: 5000   not shared: 0", "in the private mapping: 1   in the file: 100")
    has("25", "dear reader", '4096 bytes, "left by a process that has ended"', "removed: true")
    lost = shown.table("mapped-files-27")
    for row in lost:
        assert number(row["counted"]) + number(row["lost"]) == number(row["updates made"])
    assert {row["method"]: number(row["lost"]) for row in lost[1:]} == {"spin lock": 0, "compare and swap": 0, "atomic add": 0}
    has("29", "counted by AddInt64:    10000")
    assert 0 < int(re.search(r"three steps: (\d+)", shown.text("mapped-files-29"))[1]) <= 10000
    has("31", "with a sequence lock, of 100000:    0")
    assert re.search(r"do not match, of 100000: \d+\n", shown.text("mapped-files-31"))
    has("33", 'memory: "Hello World"   file: "Hello"\n', "byte 4095: <nil>", "beyond the end of the mapped file (SIGBUS)")
    has("35", "8192 bytes: <nil>", "cut by another process: runtime error", "(SIGBUS)")
    has("37", "mmap has no objection", "killed by signal 7")
    assert "never printed" not in shown.text("mapped-files-37")
    has("39", "4096 bytes at", "67108864 bytes at", '"first page" is still there')
    has("41", "killed by SIGKILL", 'the file has "written, not synced"', "sync: median")
    has("43", "was there and has been unmapped (SIGSEGV)")
