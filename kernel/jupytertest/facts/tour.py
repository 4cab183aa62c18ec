"""00 a tour of the kernel."""


def check(shown):
    assert shown.text("tour-02").strip() == "42"
    assert "2 words" in shown.text("tour-04") and "INTERPROCESS" in shown.text("tour-04")
    assert "area 12" in shown.text("tour-06") and "area 6" in shown.text("tour-07")  # a function defined earlier uses the new one
    assert [row["Name"] for row in shown.table("tour-09")] == ["Earth", "Mars", "Jupiter"]
    check_errors(shown)
    check_nothing_is_lost(shown)
    check_commands(shown)
    check_processes(shown)


def check_errors(shown):
    both = error(shown, "tour-11", "CompileError")
    assert "undefined: fmt.Printn" in both and "undefined: totl" in both
    where = error(shown, "tour-13", "panic")
    assert "of three: 3" in shown.text("tour-13") and "line 2, in mean" in where and "line 10" in where
    assert "turns: true" in shown.text("tour-16")
    assert "line 2" in error(shown, "tour-18", "deadlock")


def check_nothing_is_lost(shown):
    assert "exited with status 3" in error(shown, "tour-21", "RuntimeDied")
    assert "stack overflow" in error(shown, "tour-24", "RuntimeDied")
    for cell in ("tour-22", "tour-25", "tour-29"):  # after an exit, after a fatal error, after %undo
        assert shown.text(cell).strip() == "[an hour of work]"


def check_commands(shown):
    assert {"%undo", "%%time", "%%strace", "%%sh"} <= {row["magic"].split()[0] for row in shown.table("tour-31")}
    text = shown.text("tour-33")
    assert text.index("before") < text.index("from the shell") < text.index("after") < text.index("wall ")
    assert "hello from C" in shown.text("tour-35")


def check_processes(shown):
    assert "the child counts to 43" in shown.text("tour-37") and "here it is still 42" in shown.text("tour-37")
    assert "the child sent 43" in shown.text("tour-39")
    calls = [row["call"] for row in shown.table("tour-39")]
    assert any(call.startswith("clone(SIGCHLD") for call in calls)
    assert any(call.startswith("write(") and "43" in call for call in calls)
    assert shown.table("tour-41")[0]["mechanism"] == "pipe"
    assert "application/vnd.vegalite.v5+json" in shown.drawn("tour-43")


def error(shown, cell, name):
    """What a cell that fails on purpose says."""
    output, = [o for o in shown.cells[cell].outputs if o.output_type == "error"]
    assert output.ename == name
    return "\n".join(output.traceback)
