"""08 files as a means of communication."""
import re

from . import number


def check(shown):
    def has(cell, *parts):
        text = re.sub(r"\n+", "\n", shown.text(f"files-{cell}"))  # output may come in pieces
        for part in parts:
            assert part in text, (cell, part, text)

    def lines(cell):
        return [line for line in shown.text(f"files-{cell}").splitlines() if line]

    has("02", "MemTotal:")
    assert int(re.search(r"meanwhile: (\d+)", shown.text("files-04"))[1]) > 0
    has("04", "from /proc/", "killed by SIGKILL")
    in_place, renamed = shown.table("files-06")
    for row in (in_place, renamed):
        assert number(row["whole"]) + number(row["empty"]) + number(row["half"]) == number(row["reads"]) > 0
    assert number(renamed["empty"]) == number(renamed["half"]) == 0  # how many there are in place is left to chance
    has("08", "published: <nil>")
    has("10", '"DEAR READER" <nil>')
    assert shown.text("files-12").split()[:4] == ["write", "fsync", "renameat2", "fsync"]
    assert [row["state"] for row in shown.table("files-12")] == ["done", "waiting"]
    has("14", "Submit: median", "jobs done: 16")
    claims = shown.text("files-16")
    assert claims.count("claimed: only-one") == 1 and claims.count("too late: true") == 3
    has("18", "state: claimed  owner: gone", "recovered: 1  attempt: 2")
    assert lines("20")[:4] == ['"TEXT OF PLAIN"', '"TEXT OF DEADLY"', "failed: true", '"TEXT OF LAST"']
    assert lines("22")[:3] == ["IN_CREATE direct", "IN_CLOSE_WRITE direct", "IN_MOVED_TO renamed"]
    assert [row["program"] for row in shown.table("files-24")] == ["10-rotate", "20-report", "30-clean"]
    has("24", "status 3", "30-clean~ was not run", "40-new.conf was not run")
    has("26", "programs run: 6", "cron.hourly.last")
    has("28", "c00001: ", "d00001-001: ", "c00002: ", "d00002-002: ")
    has("30", "the first printer was killed by SIGKILL")
    assert shown.text("files-30").count("printer: job 2, report") == 2  # as many copies
    assert shown.text("files-30").count("job 1, letter") == 2  # begun twice
    assert [row["state"] for row in shown.table("files-30")] == ["done", "done"]
    has("32", "look, then make: rounds", "O_CREAT|O_EXCL:  rounds with more than one owner: 0 of 300")
    has("34", "the lock is there: true", "another process: true", "a process that is gone", "taken over: true")
    kinds = {row["lock"]: row for row in shown.table("files-36")}
    assert kinds["fcntl"]["closing another descriptor"] == "lets it go" and kinds["fcntl OFD"]["closing another descriptor"] == "changes nothing"
    assert kinds["flock"]["a forked child"] == "holds it too" and kinds["fcntl"]["a forked child"] == "is kept out"
    assert kinds["lock file"]["its holder killed"] == "leaves it, stale" and kinds["fcntl"]["two wait for each other"] == "EDEADLK"
    has("38", "flock: true   updates: 1000  counted: 1000")
    assert re.findall(r"locked: (\w+)", shown.text("files-40")) == ["true", "false", "true", "true"]
    has("42", "another holds it", "record 2: <nil>", "held by the child: true", "dead: <nil>")
