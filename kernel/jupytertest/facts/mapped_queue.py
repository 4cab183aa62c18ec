"""06 a queue in mapped memory."""
import re

from . import number


def check(shown):
    def has(cell, *parts):
        text = re.sub(r"\n+", "\n", shown.text(f"mapped-queue-{cell}"))  # output may come in pieces
        for part in parts:
            assert part in text, (cell, part, text)

    order = re.findall(r"message (\d)", shown.text("mapped-queue-02"))
    assert order == list("01234567")  # first in, first out, through five slots
    has("04", "no message was there for 10ms", "all 2 slots were taken for 10ms")
    assert number(shown.table("mapped-queue-04")[0]["messages"]) == 2
    lines = [line.split() for line in shown.text("mapped-queue-06").splitlines() if "ping" in line or "pong" in line]
    assert [words[-2:] for words in lines] == [[word, str(i)] for i in (1, 2, 3) for word in ("ping", "pong")]
    has("08", "cannot go on", "futex")
    has("10", "calls of futex(2): 0", "calls of read(2) and write(2): 0")
    shared = shown.text("mapped-queue-12")
    assert "FUTEX_WAIT" in shared and "FUTEX_WAKE" in shared
    fields = {row["field"]: row["value"] for row in shown.table("mapped-queue-14")}
    assert fields["what it is"] == "ipclab-q" and fields["oldest message"] == '"second"'
    assert (fields["put"], fields["taken"]) == ("3", "1")
    assert (fields["semaphore of messages"], fields["semaphore of room"]) == ("2", "3")
    has("16", 'taken "second"', 'taken "third"', "not a file that CreateQueue")
    assert re.findall(r"(\d+) message (\d)", shown.text("mapped-queue-20")) == [("2", str(i)) for i in range(1, 7)]
    has("22", "sum: 15150  expected: 15150")
    assert sum(row["state"] == "cannot go on" for row in shown.table("mapped-queue-24")) == 2
    has("26", "sem_t:        nothing within a second", "EOWNERDEAD", "robust mutex: Success")
    left = [(row["killed in"], row["messages left, of 1"], row["lock taken over"]) for row in shown.table("mapped-queue-28")]
    assert left == [("put", "1", "true"), ("put", "1", "true"), ("put", "2", "true"),
                    ("get", "1", "true"), ("get", "1", "true"), ("get", "0", "true")]
    has("30", "or more: true  torn: 0", "still works: true")
    has("32", "q->current += 1;", "q->current -= 1;")
    has("34", "taken in the order 4 3 2 1 0; a queue gives 0 1 2 3 4", "no: beyond its end", "are 40000000000000000000")
    assert {row["mechanism"] for row in shown.table("mapped-queue-36")} == {"queue", "ring", "ring, batches of 64"}
    trips = shown.table("mapped-queue-38")
    assert [row["mechanism"] for row in trips] == ["queue", "ring", "pipe"]
    assert all(1.5 <= number(row["context switches per trip"]) <= 5 for row in trips)
    assert "application/vnd.vegalite.v5+json" in shown.drawn("mapped-queue-39")
    has("41", "records: 100000")
    has("43", "EBUSY", "7 <nil>", "EOWNERDEAD")
