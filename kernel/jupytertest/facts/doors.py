"""09 doors."""
from . import number


def check(shown):
    assert '"twice that is 42"' in shown.text("doors-03")
    assert "the deferred call was made" in shown.text("doors-05") and "was reached" not in shown.text("doors-05")
    *answers, mode = [line for line in shown.text("doors-09").splitlines() if line]
    assert answers == ["11 is Jane", "12 is John", "13 is nobody", "two characters: want an int of four bytes"]
    assert mode.startswith("at the path: S")
    calls = [row["call"].split("(")[0] for row in shown.table("doors-11")]
    assert calls.index("sendmsg") < calls.index("recvmsg")  # a call is a packet there and one back
    assert shown.text("doors-13").split("\n")[:2] == ["11 is nobody", "12 is John"]
    assert "that is the server of the names: true" in shown.text("doors-15")
    assert "process and user: true" in shown.text("doors-15")
    room = shown.text("doors-17").splitlines()
    assert room[0].endswith("given: true") and room[1].endswith("given: false")
    assert '"no such thing", with 0 descriptors' in shown.text("doors-19")
    assert "kept by the server, read by the client" in shown.text("doors-19")
    assert "step 3 of 3\nresult: finished <nil>" in shown.text("doors-21")
    pool(shown.table("doors-23"))
    assert "four times 10 make 10" in shown.text("doors-25")  # three updates are lost
    assert "four times 10 make 40" in shown.text("doors-25")
    assert "(ETIMEDOUT)" in shown.text("doors-27") and "ran to its end" in shown.text("doors-27")
    assert "DoorRevoked target -1" in shown.text("doors-29") and "(EBADF)" in shown.text("doors-29")
    death(shown)
    assert "the path was left" in shown.text("doors-33") and "attached anew: <nil>" in shown.text("doors-33")
    assert {row["mechanism"] for row in shown.table("doors-35")} == {"door", "packet socket", "socketpair", "pipe"}
    assert "image/svg+xml" in shown.drawn("doors-35")
    assert any(row["subject"] == "time limit" for row in shown.table("doors-37"))
    errors = [line.rsplit("(", 1)[-1].rstrip(")") for line in shown.text("doors-39").splitlines() if line]
    assert errors == ["ENOENT", "EBADF", "EBADF", "EBUSY", "EEXIST", "ENOBUFS", "ENOTSUP", "EINVAL"]
    assert "(EINTR)" in shown.text("doors-41") and 'by 4: "25"' in shown.text("doors-41")


def pool(rows):
    """No more calls are inside than there are threads, and eight calls of 50 ms by one thread take as long as all of them."""
    assert [int(row["threads"]) for row in rows] == [1, 2, 4, 8]
    assert all(1 <= int(row["inside at once, at most"]) <= int(row["threads"]) for row in rows)
    assert int(rows[0]["inside at once, at most"]) == 1
    assert number(rows[0]["all answered after"]) >= 400


def death(shown):
    """A call that its server did not survive, and one that came too late."""
    during, late = [line for line in shown.text("doors-31").splitlines() if line.startswith("door_call")]
    assert during.endswith("(EINTR)") and late.endswith("(EBADF)")
    order = [row["event"] for row in shown.table("doors-31")]
    assert order == ["calls", "the procedure has begun", "kills the server", "the call is over"]
