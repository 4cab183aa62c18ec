"""11 TCP."""
from . import number

NO_NETWORK = "No network of this kind on this machine."


def check(shown):
    assert shown.text("tcp-03").count("true") == 2
    order(shown.text("tcp-05"))
    assert "on the wire: [0 0 19 136]" in shown.text("tcp-07")
    assert "big-endian:    5000" in shown.text("tcp-07") and "little-endian: 2282946560" in shown.text("tcp-07")
    for line in ('message "one"', 'message "twenty-two"', 'message "three"', "then EOF"):
        assert line in shown.text("tcp-09")
    assert "the sum of 1 to 100 is 5050" in shown.text("tcp-11")
    for row in shown.table("tcp-13"):
        assert int(row["connected"]) == int(row["backlog"]) + 1
    assert "writing after it: write" in shown.text("tcp-15") and "(EPIPE)" in shown.text("tcp-15")
    assert 'reading after it: "the sum is 42' in shown.text("tcp-15")
    states(plain(shown.table("tcp-17")), plain(shown.table("tcp-19")))
    assert any(row["state"] == "TIME_WAIT" and row["held by"] == "nobody" for row in plain(shown.table("tcp-21")))
    without, with_it = [line for line in shown.text("tcp-21").splitlines() if line.startswith("with")]
    assert "TIME_WAIT" in without and without.endswith("(EADDRINUSE)") and with_it.endswith(" <nil>")
    trap, no_delay, one_write = [number(row["median"]) for row in shown.table("tcp-23")]
    assert trap > 2 * no_delay and trap > 2 * one_write
    assert [row["mechanism"] for row in shown.table("tcp-25")] == ["pipe", "UNIX stream", "TCP, loopback"]
    assert "image/svg+xml" in shown.drawn("tcp-25")
    if NO_NETWORK not in shown.text("tcp-28"):
        assert "own port 80: connect" in shown.text("tcp-28") and "(ECONNREFUSED)" in shown.text("tcp-28")
        assert '"hello 10.77.0.1\\n"' in shown.text("tcp-28")
    distance(shown.table("tcp-33"))
    links(shown)
    if NO_NETWORK not in shown.text("tcp-37"):
        errors = [line.rsplit("(", 1)[-1].rstrip(")") for line in shown.text("tcp-37").splitlines() if line.startswith("connect")]
        assert errors == ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"]
    first, second, read = [line for line in shown.text("tcp-39").splitlines() if line]
    assert first.endswith("<nil>") and second.endswith(("(EPIPE)", "(ECONNRESET)")) and read.endswith("(ECONNRESET)")
    assert shown.text("tcp-41").strip().endswith("(EAGAIN)")
    errors = [line.rsplit("(", 1)[-1].rstrip(")") for line in shown.text("tcp-43").splitlines() if line]
    assert errors == ["EADDRINUSE", "EADDRNOTAVAIL", "EINVAL", "EINVAL", "EAFNOSUPPORT", "ENOTSUP"]


def plain(rows):
    """Rows without the backslashes that Markdown has before underscores."""
    return [{heading: text.replace("\\", "") for heading, text in row.items()} for row in rows]


def order(text):
    assert "after htons, sent:      31 144" in text and "received and ntohs:    8080" in text
    assert "36895" in text or "big-endian machine" in text


def states(server_first, client_first):
    """The end that closes first stays in TIME_WAIT; the server's keeps its port from one that does not set SO_REUSEADDR."""
    assert server_first[-1]["server"] == "TIME_WAIT" and client_first[-1]["client"] == "TIME_WAIT"
    assert [row["result"] for row in server_first[-2:]] == ["EADDRINUSE", "succeeds"]
    assert [row["result"] for row in client_first[-2:]] == ["succeeds", "succeeds"]
    half = next(row for row in server_first if row["result"].startswith("half-close"))
    assert (half["client"], half["server"]) == ("CLOSE_WAIT", "FIN_WAIT2")


def distance(rows):
    """Ten questions in turn take ten round trips of twice the delay, and ten at once do not."""
    for row in rows:
        delay = number(row["each way"])
        assert number(row["one question"]) >= 2 * delay and number(row["ten in turn"]) >= 20 * delay
        assert number(row["ten at once"]) >= 2 * delay
    assert number(rows[-1]["ten at once"]) < number(rows[-1]["ten in turn"])


def links(shown):
    """Each link has a line, or the reason why it has none is told."""
    rows = shown.table("tcp-35")
    assert len(rows) + shown.text("tcp-35").count(NO_NETWORK) == 3
    for row in rows:
        if row["link"] != "a cable":
            assert number(row["connect"]) >= 20 and number(row["ten in turn"]) >= 200
