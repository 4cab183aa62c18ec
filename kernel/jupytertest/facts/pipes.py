"""02 pipes."""
from . import number


def check(shown):
    for standard in shown.table("pipes-04")[:3]:  # they lead out of this process
        assert standard["other end held by"].split()[0] != standard["process"].split()[0]
    assert '"first, second"' in shown.text("pipes-06")  # a stream keeps no borders
    assert "child exited with status 0" in shown.text("pipes-08")
    assert "child sent value = 5000" in shown.text("pipes-10")
    assert "child sent value = 5000" in shown.text("pipes-30")
    left_open = [row for row in shown.table("pipes-13") if row["refers to"].endswith("write end") and "(4)" not in row["other end held by"]]
    assert any(row["descriptor"] == "4" for row in left_open)
    assert "has ended: false" in shown.text("pipes-13")
    assert "killed by SIGKILL" in shown.text("pipes-16")
    assert "then end of file" in shown.text("pipes-18")
    assert "EPIPE" in shown.text("pipes-20")
    order = [row["event"] for row in shown.table("pipes-22")]
    assert order.index("has written 64 KiB") < order.index("has read 32 KiB")  # two pieces fit
    assert order.index("has read 64 KiB") < order.index("has written 160 KiB")
    assert [event for event in order if "read" in event] == [f"has read {n} KiB" for n in (32, 64, 96, 128, 160)]
    round_trip = shown.table("pipes-24")[0]
    assert 1.5 <= number(round_trip["context switches per trip"]) <= 4
    assert "application/vnd.vegalite.v5+json" in shown.drawn("pipes-28")
