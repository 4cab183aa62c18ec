"""History: kept across kernels, found by range, tail and search."""


def history(kernel, access, **options):
    content = {"hist_access_type": access, "output": False, "raw": True, **options}
    reply = kernel.ask("history_request", content)
    assert reply["status"] == "ok"
    return [tuple(entry) for entry in reply["history"]]


def run_all(kernel, *cells):
    for cell in cells:
        assert kernel.run(cell).reply["status"] == "ok"


def test_history_outlives_kernels(start, state):
    first = start()
    run_all(first, "1 + 1", "x := 7", "x * 6")
    first.stop()
    second = start()
    run_all(second, "2 + 2")
    assert history(second, "tail", n=3) == [(1, 2, "x := 7"), (1, 3, "x * 6"), (2, 1, "2 + 2")]
    assert history(second, "range", session=0, start=1, stop=9) == [(2, 1, "2 + 2")]
    assert history(second, "range", session=-1, start=2, stop=3) == [(1, 2, "x := 7")]
    assert history(second, "range", session=1, start=1, stop=2) == [(1, 1, "1 + 1")]
    assert [file.name for file in (state / "ipclab").iterdir()] == ["history.jsonl"]


def test_history_outlives_a_restart(kernel):
    run_all(kernel, "1 + 1")
    kernel.manager.restart_kernel()
    assert kernel.connect()
    run_all(kernel, "2 + 2")
    assert history(kernel, "tail", n=9) == [(1, 1, "1 + 1"), (2, 1, "2 + 2")]


def test_search(kernel):
    run_all(kernel, "x := 1", "x + 1", "x + 1", "y := 2", "x + 1")
    assert history(kernel, "search", pattern="x*") == [(1, 1, "x := 1"), (1, 2, "x + 1"), (1, 3, "x + 1"), (1, 5, "x + 1")]
    assert history(kernel, "search", pattern="x*", n=2) == [(1, 3, "x + 1"), (1, 5, "x + 1")]
    assert history(kernel, "search", pattern="x*", unique=True) == [(1, 1, "x := 1"), (1, 5, "x + 1")]
    assert history(kernel, "search", pattern="? := *", n=9) == [(1, 1, "x := 1"), (1, 4, "y := 2")]
    assert history(kernel, "search", pattern="nothing") == []


def test_history_with_output(kernel):
    run_all(kernel, "6 * 7", "x := 1")
    assert history(kernel, "tail", n=2, output=True) == [(1, 1, ["6 * 7", "42"]), (1, 2, ["x := 1", None])]


def test_two_kernels_at_once_have_sessions_of_their_own(start):
    one, two = start(), start()
    for kernel, cell in [(one, "1"), (two, "2"), (one, "3")]:
        run_all(kernel, cell)
        history(kernel, "tail", n=1)  # a cell is written before its kernel answers the next request
    assert history(two, "tail", n=9) == [(1, 1, "1"), (2, 1, "2"), (1, 2, "3")]
    assert history(one, "range", session=0, start=1) == [(1, 1, "1"), (1, 2, "3")]


def test_a_cell_that_fails_is_kept(kernel):
    kernel.run("no_such_name")
    assert history(kernel, "tail", n=1) == [(1, 1, "no_such_name")]
