"""12 which one to choose."""
import re

from . import number

PROBES = {  # keeps borders, told of the other's death, epoll, knows the peer, carries descriptors
    "pipe": "no yes yes no no", "fifo": "no yes yes no no", "stream": "no yes yes yes yes",
    "seqpacket": "yes yes yes yes yes", "datagram": "yes no yes yes yes", "tcp": "no yes yes no no",
}


def check(shown):
    probed = {row["mechanism"]: " ".join(list(row.values())[1:]) for row in shown.table("which-one-05")}
    assert probed == PROBES
    borders = {row["socket"]: row["each recv gave"] for row in shown.table("which-one-07") if row["buffer"] == "64"}
    assert borders["UNIX stream"] == borders["TCP"] == "12"
    assert borders["UNIX seqpacket"] == borders["UNIX datagram"] == "3, 5, 4"
    queue, ring, file = shown.text("which-one-09").strip().splitlines()
    assert "first message of 3 bytes" in queue and queue.endswith("(ETIMEDOUT)")  # nobody tells
    assert ring.endswith("(EOWNERDEAD)")
    assert '"onethreefour"' in file and file.endswith("operation not permitted")
    assert "in it: 0 bytes" in shown.text("which-one-11")
    assert shown.text("which-one-11").count('"a message"') == 1 and shown.text("which-one-11").count("<nil>") == 2
    message_queue(shown.text("which-one-13"))
    assert "measured: 11 mechanisms" in shown.text("which-one-15")
    decision(shown.table("which-one-17"))
    assert "image/svg+xml" in shown.drawn("which-one-17")
    choices([(row["what is needed"], set(row["which"].split(", "))) for row in shown.table("which-one-19")])
    looks = {row["the receiver"]: number(row["median delay"]) for row in shown.table("which-one-21")}
    assert looks["looks every 40ms"] > looks["sleeps in read"]
    lost(shown.table("which-one-23"))
    assert "got the lock: false  the holder still exists: false" in shown.text("which-one-25")
    assert [row["lock taken over"] for row in shown.table("which-one-25")] == ["true"] * 6
    numbers = {(row["mechanism"], row["message"]): number(row["numbers of 8 bytes"]) for row in shown.table("which-one-27")}
    assert numbers["pipe", "4096"] > numbers["pipe", "8"]
    assert [row["peer known"] for row in shown.table("which-one-29")] == ["yes", "no"]


def message_queue(text):
    """The C program ran, or says why it cannot."""
    if "no message queues here" not in text:
        assert "the sender was killed: yes" in text
        assert re.findall(r"(\d) bytes, priority (\d)", text) == [("5", "9"), ("3", "1"), ("4", "1")]


def decision(rows):
    """Sorted by the time of a round trip; every mechanism is measured, and all but a file have a throughput."""
    times = [number(row["round trip"]) for row in rows]
    assert len(rows) == 11 and times == sorted(times) and times[0] > 0
    assert [row["mechanism"] for row in rows if not row["messages"]] == ["file"]


def choices(rows):
    """What is left does not depend on how fast it is."""
    left = dict(rows)
    assert len(rows[0][1]) == 11
    assert left["another host"] == {"tcp"}
    assert left["messages with borders, and to be told of a death"] == {"ring", "seqpacket"}
    assert left["strangers, messages, and one loop that waits for all"] == {"seqpacket"}
    assert left["handing over descriptors"] == {"stream", "seqpacket", "datagram"}
    assert left["work that outlives the processes"] == {"queue", "file", "mqueue"}
    assert left["work that outlives the processes, and to be told of a death"] == {""}


def lost(rows):
    """Standard signals merge; real-time ones do not."""
    for row in rows:
        assert (number(row["lost"]) > 0) == (row["kind"] == "standard")
