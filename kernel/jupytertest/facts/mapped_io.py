"""07 mapped I/O. What is counted depends on the file system in part; what holds on all of them is asserted."""
import re

from . import number

CHART = "application/vnd.vegalite.v5+json"


def check(shown):
    rows = shown.table("mapped-io-02")
    assert len(rows) == 8
    for row in rows:
        assert number(row["system calls"]) == (2 if row["by"] == "mmap(2)" else number(row["blocks"]))
    faults = {(row["operation"], row["by"]): number(row["minor faults"]) + number(row["major faults"])
              for row in rows if row["order"] == "sequential"}
    assert faults["write", "mmap(2)"] > faults["write", "write(2)"] and faults["read", "mmap(2)"] > faults["read", "read(2)"]
    assert faults["read", "mmap(2)"] <= faults["write", "mmap(2)"]  # fault-around
    counted = {row["work"].replace("\\", ""): number(row["minor faults"]) + number(row["major faults"]) for row in shown.table("mapped-io-05")}
    few = 20
    assert counted["read again"] < few and counted["write again"] < few
    assert counted["read, mapped with MAP_POPULATE"] < few
    assert counted["write, for the first time"] > counted["write again"]
    sparse = shown.text("mapped-io-07")
    assert "before:  mapped: 1048576 KiB, in memory: 0 KiB" in sparse
    assert 12 <= int(re.search(r"after: .* in memory: (\d+)", sparse)[1]) < 1 << 20
    for cell in ("09", "10"):
        table = shown.table(f"mapped-io-{cell}")
        assert [number(row["block"]) for row in table] == [64, 256, 1024, 4096, 16384, 65536]
        assert CHART in shown.drawn(f"mapped-io-{cell}")
    assert len(shown.table("mapped-io-13")) == 8 and CHART in shown.drawn("mapped-io-13")
    assert shown.text("mapped-io-17").count(" 131072 lines,") == 4
    assert "found at 200000" in shown.text("mapped-io-19")
    assert len(shown.table("mapped-io-19")) == 2
    assert [row["mechanism"] for row in shown.table("mapped-io-21")] == ["search by pread", "search in the mapping"]
    assert CHART in shown.drawn("mapped-io-22")
    cold = {(row["order"], row["advice"] == "none"): number(row["major faults"]) for row in shown.table("mapped-io-24")}
    for order in ("in order", "at random"):
        assert cold[order, False] >= cold[order, True]  # without readahead, no fewer waits
    assert "pwrite and fsync: median" in shown.text("mapped-io-26") and "store and msync: median" in shown.text("mapped-io-26")
    text = shown.text("mapped-io-28")
    assert "returned 100 <nil>" in text and "beyond the end of the mapped file (SIGBUS)" in text
    assert "the mapping 12288\n" in shown.text("mapped-io-30") and "now 16484 y" in shown.text("mapped-io-30")
