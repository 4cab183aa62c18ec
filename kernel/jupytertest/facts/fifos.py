"""03 FIFOs."""
from . import number

SIDE = r"PIPE\_BUF"  # the heading, as Markdown writes it


def check(shown):
    assert "prw-------" in shown.text("fifos-02")
    text = shown.text("fifos-04")  # what the umask takes away
    assert "prw-r--r--" in text and "prw-rw-rw-" in text and "0o600, not 600" in text and "(EEXIST)" in text
    order = [row["event"] for row in shown.table("fifos-06")]
    assert order.index("opens for reading") < order.index("has it open")
    assert order.index("opens for writing") < order.index("has it open") < order.index("has read 5000")
    assert r'"greetings from the shell\n" <nil>' in shown.text("fifos-08")
    text = shown.text("fifos-10")
    assert "O_RDONLY with O_NONBLOCK: <nil>" in text and "O_RDWR: <nil>" in text and "(ENXIO)" in text
    assert text.count("(ETIMEDOUT)") == 2
    assert "the same content" in shown.text("fifos-12")
    assert "< pear\n---\n> cherry" in shown.text("fifos-14") and "lines: 10000, unpacked again: 10000" in shown.text("fifos-14")
    assert "it is ESPIPE: true" in shown.text("fifos-16")
    check_server(shown)
    check_atomicity(shown)
    assert [row["mechanism"] for row in shown.table("fifos-30")] == ["two pipes", "two FIFOs", "two pipes again"]
    assert shown.text("fifos-32").split("\n")[:2] == ["y", "yes ended with status 141"]  # 128 and SIGPIPE
    assert [row["state"] for row in shown.table("fifos-34")].count("cannot go on") == 1
    assert "no process has it open for writing" in shown.text("fifos-34")
    assert "(ETIMEDOUT)" in shown.text("fifos-36") and "the same FIFO: false" in shown.text("fifos-36")
    stuck = [row["on"] for row in shown.table("fifos-38") if row["state"] == "cannot go on"]
    assert sorted(stuck) == ["FIFO fifos.tmp/a-to-b, for reading", "FIFO fifos.tmp/b-to-a, for reading"]
    assert "child sent value = 5000\nthen end of file: yes" in shown.text("fifos-40")
    assert "removed: <nil>" in shown.text("fifos-42")


def check_server(shown):
    answers = sorted(line for line in shown.text("fifos-20").splitlines() if line)
    assert answers == [f"client asked {word} and got {word.upper()} <nil>" for word in ("fifos", "pipes", "signals")]
    assert "FROM A SHELL SCRIPT" in shown.text("fifos-22")
    assert "killed by SIGTERM" in shown.text("fifos-24") and "(ETIMEDOUT)" in shown.text("fifos-24")


def check_atomicity(shown):
    rows = shown.table("fifos-26")
    assert {row[SIDE] for row in rows} == {"below", "at", "above"}
    for row in rows:
        torn = number(row["interleaved"])
        assert torn > 0 if row[SIDE] == "above" else torn == 0
    assert [number(row["FIFO holds"]) for row in shown.table("fifos-28")] == [4096, 16384, 65536]
