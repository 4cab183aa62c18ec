"""10 domain sockets."""
from . import number


def check(shown):
    assert "12 squared is 144\nthe child exited with status 0" in shown.text("domain-sockets-03")
    borders(shown.table("domain-sockets-05"))
    conversation([row["event"] for row in shown.table("domain-sockets-07")])
    assert shown.text("domain-sockets-09").startswith("S") and "(ECONNREFUSED)" in shown.text("domain-sockets-09")
    assert [line for line in shown.text("domain-sockets-14").splitlines() if line] == [
        "server: listening", "the server says: hello, Ada", "the server says: hello, Grace", "server: served 2, exited with status 0"]
    served(shown)
    alive, gone = [line for line in shown.text("domain-sockets-18").splitlines() if line]
    assert alive.endswith(": <nil>") and "(ECONNREFUSED)" in gone
    assert "killed by SIGKILL" in shown.text("domain-sockets-20") and "(EADDRINUSE)" in shown.text("domain-sockets-20")
    assert "(EAGAIN)" in shown.text("domain-sockets-22") and "has the client: true" in shown.text("domain-sockets-22")
    stale, living = [line for line in shown.text("domain-sockets-24").splitlines() if line]
    assert stale.endswith("<nil> <nil>") and "held by this process" in living and living.endswith("(EADDRINUSE)")
    assert 'true, answered: "the one with a name"' in shown.text("domain-sockets-26")
    assert "with a name: false" in shown.text("domain-sockets-26")
    waiting = shown.text("domain-sockets-28")
    assert number(waiting) >= 1 and "(EAGAIN)" in waiting and 'received "letter", cut: true, of 15 bytes' in waiting
    assert "our child: true" in shown.text("domain-sockets-30") and "our user: true" in shown.text("domain-sockets-30")
    words = [line.split('"')[1] for line in shown.text("domain-sockets-32").splitlines() if line]
    assert words == ["first ", "second ", "third"]  # one open file, with one offset
    assert "a pipe that only the child had" in shown.text("domain-sockets-34")
    for row in shown.table("domain-sockets-36"):
        if row["size"] == "64":
            assert number(row["system calls per trip"]) == 4
    assert "image/svg+xml" in shown.drawn("domain-sockets-36")
    errors = [line.rsplit("(", 1)[-1].rstrip(")") for line in shown.text("domain-sockets-38").splitlines() if line]
    assert errors == ["EINVAL", "ENOENT", "ENAMETOOLONG", "EADDRINUSE", "ECONNREFUSED", "EPROTOTYPE", "ENOTCONN"]
    assert "there is a socket: true" in shown.text("domain-sockets-40")
    orderly, writing, killed, unread = [line for line in shown.text("domain-sockets-42").splitlines() if line]
    assert orderly.endswith("EOF") and writing.endswith("(EPIPE)")
    assert killed == "yes was killed by SIGPIPE" and unread.endswith("(ECONNRESET)")


def borders(rows):
    """Streams run together, the others keep what was sent apart and lose what does not fit."""
    for row in rows:
        stream = row["socket"] in ("UNIX stream", "TCP")
        if stream:
            assert sum(map(int, row["each recv gave"].split(","))) == 12 and row["lost"] == "0"
        else:
            assert row["each recv gave"] == ("3, 5, 4" if row["buffer"] == "64" else "3, 4, 4")
            assert row["lost"] == ("0" if row["buffer"] == "64" else "1")
        assert row["end of file"] == ("no" if row["socket"] in ("UNIX datagram", "UDP") else "yes")


def conversation(events):
    order = ["listens", 'has read "hello from a client"', 'has read "hello from server" and end of file']
    assert [event for event in events if event in order] == order
    assert events.index("listens") < events.index("is connected")
    assert events.index("has accepted a client") < events.index(order[1])


def served(shown):
    text = shown.text("domain-sockets-16")
    for n in (2, 3, 5, 11, 13):
        assert f"{n} squared is {n * n}" in text
    assert "seven squared: no answer" in text
    rows = shown.table("domain-sockets-16")
    assert sorted(row["ended"] for row in rows) == ["exited with status 0"] * 5 + ["exited with status 3"]
    assert "All have been waited for." in text
