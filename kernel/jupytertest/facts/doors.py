"""09 doors."""
from . import number


def check(shown):
    assert '"twice that is 42"' in shown.text("doors-03")
    assert "the deferred call was made" in shown.text("doors-05") and "was reached" not in shown.text("doors-05")
    assert [line for line in shown.text("doors-09").splitlines() if line] == [
        "11 is Jane", "12 is John", "13 is nobody", "two characters: want an int of four bytes"]
    assert "socket: true" in shown.text("doors-11")
    calls = [row["call"].split("(")[0] for row in shown.table("doors-13")]
    assert calls.index("sendmsg") < calls.index("recvmsg")  # a call is a packet there and one back
    assert shown.text("doors-15").split("\n")[:2] == ["11 is nobody", "12 is John"]
    assert "that is the server: true" in shown.text("doors-17")
    assert "process and user: true" in shown.text("doors-19")
    room = shown.text("doors-21").splitlines()
    assert room[0].endswith("given: true") and room[1].endswith("given: false")
    assert '"no such thing", with 0 descriptors' in shown.text("doors-23")
    assert "kept by the server, read by the client" in shown.text("doors-23")
    assert "step 3 of 3\nresult: finished <nil>" in shown.text("doors-25")
    pool(shown.table("doors-28"))
    assert "four times 10 make 10" in shown.text("doors-30")  # three updates are lost
    assert "four times 10 make 40" in shown.text("doors-30")
    assert "(ETIMEDOUT)" in shown.text("doors-32") and "ran to its end" in shown.text("doors-32")
    assert "DoorRevoked target -1" in shown.text("doors-34") and "(EBADF)" in shown.text("doors-34")
    death(shown)
    assert "the path was left" in shown.text("doors-38") and "attached anew: <nil>" in shown.text("doors-38")
    assert {row["mechanism"] for row in shown.table("doors-40")} == {"door", "packet socket", "socketpair", "pipe"}
    assert "image/svg+xml" in shown.drawn("doors-41")
    assert any(row["subject"] == "time limit" for row in shown.table("doors-43"))
    errors = [line.rsplit("(", 1)[-1].rstrip(")") for line in shown.text("doors-45").splitlines() if line]
    assert errors == ["ENOENT", "EBADF", "EBADF", "EBUSY", "EEXIST", "ENOBUFS", "ENOTSUP", "EINVAL"]
    assert "(EINTR)" in shown.text("doors-47") and 'by 4: "25"' in shown.text("doors-47")


def pool(rows):
    """No more calls are inside than there are threads, and eight calls of 20 ms by one thread take as long as all of them."""
    assert [int(row["threads"]) for row in rows] == [1, 2, 4, 8]
    assert all(1 <= int(row["inside at once, at most"]) <= int(row["threads"]) for row in rows)
    assert int(rows[0]["inside at once, at most"]) == 1
    assert number(rows[0]["all answered after"]) >= 160


def death(shown):
    """A call that its server did not survive, and one that came too late."""
    during, late = [line for line in shown.text("doors-36").splitlines() if line.startswith("door_call")]
    assert during.endswith("(EINTR)") and late.endswith("(EBADF)")
    order = [row["event"] for row in shown.table("doors-36")]
    assert order == ["calls", "the procedure has begun", "kills the server", "the call is over"]
