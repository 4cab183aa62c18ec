"""01 the performance hierarchy."""
import re

from . import number


def check(shown):
    assert "left in memory: 5000" in shown.text("hierarchy-03")
    assert re.search(r"calls of read and write: +0\n", shown.text("hierarchy-03"))  # memory needs none
    calls = [row["call"] for row in shown.table("hierarchy-03")]
    assert any(call.startswith("write(") for call in calls) and any(call.startswith("read(") for call in calls)
    counts(shown.table("hierarchy-07"))
    order = [number(row["p50"]) for row in shown.table("hierarchy-10")]
    assert order == sorted(order) and len(order) > 12
    assert "logarithmic" in shown.text("hierarchy-10") and "Fewer than 6 rounds" in shown.text("hierarchy-10")
    bands = {row["what carries the message"]: row["system calls a message"] for row in shown.table("hierarchy-12")}
    assert re.search(r"pipe (2\.0|not counted)", bands["stream or message in the kernel"])  # there was no time to, on a busy machine
    assert bands["shared memory, spinning"] in ("spin 0.00", "spin not counted")
    assert len(re.findall(r"median .* of [6-8] values", shown.text("hierarchy-14"))) == 2
    assert "image/svg+xml" in shown.drawn("hierarchy-16") and "image/svg+xml" in shown.drawn("hierarchy-18")
    price = [number(row["p50 / bytes of both messages"]) for row in shown.table("hierarchy-18") if row["mechanism"] == "pipe"]
    assert price[0] > 10 * price[3]  # 1 byte and 8 KiB
    assert len(shown.table("hierarchy-20")) in (6, 9)  # with one processor, there are no different ones
    styles(shown.table("hierarchy-22"))
    own = {row["what"]: row["of it, calling interpreted functions"] for row in shown.table("hierarchy-24")}
    assert number(own["my two pipes"]) > 0 and number(own["pipe (raw)"]) == 0
    assert re.search(r"pipe +p50 .*\nshared memory +p50 ", shown.text("hierarchy-26"))
    assert number(shown.table("hierarchy-28")[1]["mean / p50"]) > 1  # beside a busy process
    assert re.search(r"the first took \d+ times", shown.text("hierarchy-30"))  # how many is up to the machine
    assert "a reading in Bench took" in shown.text("hierarchy-32")
    assert "carrier pigeon" in shown.text("hierarchy-34") and "(ETIMEDOUT)" in shown.text("hierarchy-34")


def counts(rows):
    """What the chapter is about: shared memory needs no system call for a message, a pipe two."""
    rows = {row["mechanism"]: row for row in rows}
    assert rows["spin"]["which"] == "none"
    for kernel in ("pipe", "stream", "tcp"):
        assert abs(number(rows[kernel]["system calls"]) - 2) < 0.2
        assert "read 1" in rows[kernel]["which"] and "write 1" in rows[kernel]["which"]
    for word in ("futex", "semaphore"):
        assert "futex" in rows[word]["which"]  # who waits, and who wakes


def styles(rows):
    """A Go program makes more calls for the same message."""
    rows = {(row["mechanism"], row["style"]): row for row in rows}
    for mechanism in ("pipe", "stream"):
        raw, go = rows[mechanism, "raw"], rows[mechanism, "Go"]
        assert number(go["system calls of the mechanism"]) + number(go["of the Go runtime for itself"]) > number(raw["system calls of the mechanism"])
    assert ("door", "Go") in rows and ("door", "raw") not in rows
