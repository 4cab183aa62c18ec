"""04 signals."""
from . import number


def check(shown):
    assert {row["name"]: row["catchable"] for row in shown.table("signals-02")}["SIGKILL"] == "false"
    check_default_actions(shown)
    for line in ("ready", "received SIGUSR1", "received SIGINT"):
        assert f"the child says: {line}" in shown.text("signals-06")
    assert "the child was killed by SIGTERM" in shown.text("signals-06")
    tested = [number(line) for line in shown.text("signals-08").split("\n") if "prime" in line]
    assert len(tested) == 3 and tested == sorted(tested)
    states = {row["name"]: row for row in shown.table("signals-10")}
    assert states["SIGUSR1"]["disposition"] == "handler" and states["SIGUSR2"]["disposition"] == "ignored"
    assert (states["SIGTERM"]["blocked"], states["SIGTERM"]["pending"]) == ("yes", "yes")
    assert "it is there\nit ended with status 138\nit is gone" in shown.text("signals-12")  # 128 and SIGUSR1
    assert [line.split()[1] for line in shown.text("signals-14").splitlines() if line.startswith("value")] == list("3210")
    assert shown.text("signals-16").count("killed by SIGTERM") == 3 and "(EPERM)" in shown.text("signals-16")
    check_lost_signals(shown)
    assert [row["returned"] for row in shown.table("signals-22")] == ["-1, EINTR", "5 bytes", "-1, EINTR"]
    assert 'read "hello"; interrupted before that: true' in shown.text("signals-24")
    check_handlers(shown)
    check_sleep(shown)
    check_time_limits(shown)


def check_default_actions(shown):
    """The signal's default action is what became of the program."""
    ends = {"terminate": "killed by ", "core": "killed by ", "ignore": "has not ended, is sleeping",
            "continue": "has not ended, is sleeping", "stop": "has not ended, is stopped"}
    rows = shown.table("signals-04")
    assert {row["default action"] for row in rows} == set(ends)
    for row in rows:
        end = ends[row["default action"]]
        assert row["the program"] == (end + row["signal"] if end == "killed by " else end)


def check_lost_signals(shown):
    assert "pending: {SIGUSR1 SIGRTMIN} handled: 0 0" in shown.text("signals-18")
    assert "SIGUSR1 handled: 1 SIGRTMIN handled: 3" in shown.text("signals-18")
    for row in shown.table("signals-20"):
        if row["kind"] == "real-time":
            assert row["lost"] == "0" and row["in order"] == "yes"
        elif row["while they were sent"] == "blocked":
            assert row["delivered"] == "1"


def check_handlers(shown):
    """The handler that calls what it has interrupted hangs; signals that are read as data do not interrupt."""
    error, = [o for o in shown.cells["signals-26"].outputs if o.output_type == "error"]
    assert error.ename == "TimeLimit" and "waited for a lock, in futex(2)" in "\n".join(error.traceback)
    text = shown.text("signals-28")
    assert text.index('data: "some work"') < text.index("signal: SIGTERM") < text.index("exited with status 0")


def check_sleep(shown):
    assert "slept 300 ms or more: true  left: 0s\nthe child exited with status 0" in shown.text("signals-30")
    hangs = {row["sleep made of"]: row["hangs caught"] for row in shown.table("signals-32")}
    assert len(hangs) == 4  # how often the first one hangs is chance
    assert [n for way, n in hangs.items() if way != "alarm, pause"] == ["0"] * 3
    assert "1000 sleeps, and each has ended" in shown.text("signals-34")
    assert "jumped out of a handler: entered 1, left 0\nblocked now: SIGALRM 0, SIGUSR1 0" in shown.text("signals-36")
    jumped, masked = ([row["event"] for row in shown.table("signals-38", n)] for n in (0, 1))
    assert jumped == [r"sig\_int enter", "SIGALRM: jump", "sleepFor has returned"]
    assert masked == [r"sig\_int enter", r"sig\_int done", "SIGALRM: jump", "sleepFor has returned"]


def check_time_limits(shown):
    text = shown.text("signals-40")
    assert "(EINTR)" in text and "without SA_RESTART: the child exited with status 0" in text
    assert "with SA_RESTART: the child has not ended" in text
    text = shown.text("signals-42")
    assert text.count("(ETIMEDOUT)") == 2 and "ppoll: ready 0 <nil>" in text and "removed: <nil>" in text
