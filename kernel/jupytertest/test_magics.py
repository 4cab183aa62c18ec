"""Magics: the kernel's own commands, in cells and for an editor."""
import re
import time

import pytest


def interrupted(kernel, code, ready):
    """Runs code, interrupts it once it has printed ready, and returns how it ended and the seconds that took."""
    request = kernel.execute(code)
    kernel.await_text(request, ready)
    begin = time.monotonic()
    kernel.manager.interrupt_kernel()
    return kernel.finish(request), time.monotonic() - begin


def shown(result):
    """What a cell has displayed, a dictionary by MIME type each."""
    return [m["content"]["data"] for m in result.messages if m["msg_type"] == "display_data"]


# Shell commands


def test_shell_lines_run_among_go_in_order(kernel):
    result = kernel.run('fmt.Println("one")\n!echo two\nfmt.Println("three")\n!echo four; echo five\nfmt.Print("six")')
    assert result.stdout == "one\ntwo\nthree\nfour\nfive\nsix"
    assert result.error is None


def test_the_value_after_a_shell_line_is_the_result(kernel):
    result = kernel.run("x := 6\n!echo 'it`s \"{'\nx * 7")
    assert (result.stdout, result.value) == ('it`s "{\n', "42")


def test_a_script(kernel):
    result = kernel.run("%%sh\nfor i in 1 2; do\n\techo $i\ndone\necho no >&2")
    assert (result.stdout, result.stderr) == ("1\n2\n", "no\n")


def test_standard_error_is_in_order_with_displays(kernel):
    result = kernel.run('!echo before\nipclab.Display(ipclab.NewTable("a").Row(1))\n!echo after')
    assert [m["msg_type"] for m in result.outputs] == ["stream", "display_data", "stream"]


def test_the_shell_is_a_child_in_the_folder_of_the_cells(kernel, tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    result = kernel.run(f'os.Chdir("{folder}")\nos.Setenv("GREETING", "hello")\nfmt.Println(os.Getpid())\n!echo $PPID; pwd; echo $GREETING')
    own, parent, where, greeting = result.stdout.split("\n")[:4]
    assert (own, where, greeting) == (parent, str(folder), "hello")


@pytest.mark.parametrize("code, line", [("%%sh\necho printed\nexit 3", 1), ("!echo printed; exit 3", 1), ('x = 2\n!echo printed; exit 3\nx = 5', 2)])
def test_an_exit_status_is_an_error(kernel, code, line):
    kernel.run("x := 1")
    result = kernel.run(code)
    assert result.stdout == "printed\n"
    assert result.reply["status"] == "error"
    assert (result.error["ename"], result.error["evalue"]) == ("ShellError", "exit status 3")
    assert re.search(rf"cell\d+:{line}:", "".join(result.error["traceback"]))
    assert kernel.run("x").value == ("2" if line == 2 else "1")


def test_a_signal_is_an_error(kernel):
    assert kernel.run("!kill -TERM $$").error["evalue"] == "signal: terminated"


def test_messages_of_the_shell_name_lines_of_the_cell(kernel):
    assert "3: nosuchcommand" in kernel.run("%%sh\ntrue\nnosuchcommand").stderr


def test_the_compiler_names_lines_of_the_cell(kernel):
    result = kernel.run("!echo 'a \\\n b'\nnope")
    assert result.stdout == ""
    assert re.search(r"cell\d+:3:1:", result.error["traceback"][0])


def test_names_of_the_cells_do_not_disturb_shell_lines(kernel):
    kernel.run("exec, os := 1, 2")
    assert kernel.run("!echo works").stdout == "works\n"
    assert kernel.run("exec + os").value == "3"


def test_shell_lines_leave_no_names(kernel):
    kernel.run("!true")
    assert kernel.run("%who").stdout == "Nothing is defined.\n"
    assert kernel.run("exec").error["evalue"] == "undefined: exec"


@pytest.mark.parametrize("code", ["%%sh\necho ready\nsleep 100\necho after", "!echo ready; sleep 100; echo after"])
def test_a_sleeping_shell_is_interrupted_and_the_state_kept(kernel, code):
    kernel.run('kept := "kept"')
    result, seconds = interrupted(kernel, code, "ready")
    assert result.error["ename"] == "Interrupted"
    assert seconds < 2
    assert "after" not in result.stdout
    assert kernel.run("kept").value == "kept"
    assert kernel.run("!echo works").stdout == "works\n"


def test_after_an_interrupted_command_that_exits_well_the_cell_ends(kernel):
    kernel.run("x := 1")
    result, _ = interrupted(kernel, "!trap 'sleep 0.2; exit 0' INT; echo ready; sleep 100\nx = 2", "ready")
    assert result.error["ename"] == "Interrupted"
    assert kernel.run("x").value == "1"


def test_a_shell_asks_for_input(kernel):
    assert kernel.run("!head -n 1", answers=["a line"]).stdout == "a line\n"
    assert kernel.run("!cat", answers=["one", "two", "\x04"]).stdout == "one\ntwo\n"
    assert kernel.run("%%sh\nread a\nread b\necho $b $a", answers=["one", "two"]).stdout == "two one\n"


def test_without_allow_stdin_the_shell_gets_the_end_of_file(kernel):
    assert kernel.run("!cat; echo end", allow_stdin=False).stdout == "end\n"


def test_signs_in_go_are_left_alone(kernel):
    result = kernel.run("a := 7 %\n\t4\nb := a == 3 &&\n!(a == 4)\ns := `\n!ls\n%who`\nfmt.Println(a, b, len(s))")
    assert result.stdout == "3 true 9\n"


# Time


def test_time_is_printed_last_and_the_result_kept(kernel):
    result = kernel.run('%%time\nfmt.Println("runs")\ntime.Sleep(50 * time.Millisecond)\n6 * 7')
    found = re.fullmatch(r"runs\nwall (\d+\.\d+) s, user (\d+\.\d+) s, system (\d+\.\d+) s\n", result.stdout)
    assert found and 0.05 <= float(found[1])
    assert result.value == "42"


def test_time_counts_children(kernel):
    result = kernel.run("%%time\n%%sh\ni=0\nwhile [ $i -lt 200000 ]; do i=$((i+1)); done")
    wall, user, system = map(float, re.findall(r"\d+\.\d+", result.stdout))
    assert user + system > 0.02


def test_time_of_a_program_and_of_a_failure(kernel):
    assert kernel.run('%%time\nfunc main() { fmt.Println("main") }').stdout.startswith("main\nwall ")
    result = kernel.run('%%time\n\npanic("thrown")')
    assert result.stdout.startswith("wall ") and "thrown" in result.error["evalue"]
    assert kernel.run("%%time\nnope").error["traceback"][0].find(":2:1:") > 0


def test_time_is_printed_by_the_parent_alone(kernel):
    result = kernel.run("%%time\nif pid, _ := ipclab.Fork(); pid > 0 { ipclab.Wait() }")
    assert result.stdout.count("wall ") == 1


def test_what_is_defined_under_time_stays(kernel):
    kernel.run("%%time\nstart := 1; func double(n int) int { return 2 * n }")
    assert kernel.run("double(start)").value == "2"
    assert [row.split()[0] for row in shown(kernel.run("%who"))[0]["text/plain"].split("\n")[2:]] == ["double", "start"]


# Lines


def test_who(kernel):
    kernel.run("x := 1\ntype T struct { A int }\nfunc f(t T) string { return \"\" }\nc := make(chan<- T)")
    data, = shown(kernel.run("%who"))
    rows = [re.split(r"  +", row) for row in data["text/plain"].split("\n")]
    assert rows[0] == ["name", "kind", "type"]
    assert rows[2:] == [
        ["T", "type", "struct{A int}"], ["c", "variable", "chan<- T"], ["f", "function", "func(t T) string"], ["x", "variable", "int"],
    ]
    assert "<table" in data["text/html"] and "chan&lt;- T" in data["text/html"]


def test_reset(kernel):
    kernel.run("import \"strings\"\nx := 1; func f() {}; type T int\npid, err := ipclab.Spawn(func() { select {} })\nown := os.Getpid()")
    before = kernel.run("own").value
    result = kernel.run("%reset")
    assert "new runtime process" in result.stdout and result.error is None and result.stderr == ""
    assert kernel.run("%who").stdout == "Nothing is defined.\n"
    for name in ("x", "f", "T"):
        assert kernel.run(name).error["evalue"] == f"undefined: {name}"
    assert kernel.run('x := "new"; x').value == "new"
    assert kernel.run("os.Getpid()").value != before
    assert kernel.run(f'_, err := os.Stat("/proc/{before}"); os.IsNotExist(err)').value == "true"
    for _ in range(3):
        assert kernel.run("%reset").error is None
    assert kernel.run("x").error["evalue"] == "undefined: x"


def test_help(kernel):
    data, = shown(kernel.run("%help"))
    for word in ("%help", "%who", "%reset", "%%time", "%%sh", "!COMMAND"):
        assert word in data["text/plain"] and word in data["text/html"]
        text = kernel.run("%help " + word.replace("COMMAND", "")).stdout
        assert text.startswith(word)


@pytest.mark.parametrize("code", ["%who?", "?%who"])
def test_a_question_about_a_magic(kernel, code):
    payload, = kernel.run(code).reply["payload"]
    assert payload["source"] == "page"
    assert payload["data"]["text/plain"].startswith("%who: list what")


@pytest.mark.parametrize("code, words", [
    ("%hepl", "did you mean %help"), ("%sh ls", "did you mean %%sh"), ("%nothing", "%help lists all"),
    ("%who\nx := 1", "must stand alone"), ("x := 1\n%%time\nx", "must be the first line"),
])
def test_what_is_no_magic_is_an_error_that_helps(kernel, code, words):
    result = kernel.run(code)
    assert result.error["ename"] == "MagicError"
    assert words in result.error["evalue"]
    assert kernel.run("x").error["evalue"] == "undefined: x"


# The editor


@pytest.mark.parametrize("code, matches", [
    ("%", ["%help", "%who", "%undo", "%reset", "%%time", "%%strace", "%%sh", "%%c"]), ("%%", ["%%time", "%%strace", "%%sh", "%%c"]), ("%re", ["%reset"]), ("!fmt.Pr", []), ("%%sh\nfmt.Pr", []),
])
def test_completion_of_magics(kernel, code, matches):
    reply = kernel.ask("complete_request", {"code": code, "cursor_pos": len(code)})
    assert reply["matches"] == matches
    if matches:
        assert (reply["cursor_start"], reply["cursor_end"]) == (0, len(code))
        types = reply["metadata"]["_jupyter_types_experimental"]
        assert [t["type"] for t in types] == ["magic"] * len(matches)


def test_completion_of_go_beside_magics(kernel):
    for code in ("!echo it's ä\nfmt.Printl", "%%time\nfmt.Printl"):
        reply = kernel.ask("complete_request", {"code": code, "cursor_pos": len(code)})
        assert reply["matches"] == ["Println"]
        assert reply["cursor_start"] == len(code) - len("Printl")


def test_inspection(kernel):
    reply = kernel.ask("inspect_request", {"code": "%%sh\nls", "cursor_pos": 3, "detail_level": 0})
    assert reply["found"] and reply["data"]["text/plain"].startswith("%%sh: ")
    code = "!echo it's\nfmt.Println"
    reply = kernel.ask("inspect_request", {"code": code, "cursor_pos": len(code), "detail_level": 0})
    assert reply["found"] and "func fmt.Println" in reply["data"]["text/plain"]


@pytest.mark.parametrize("code, status, indent", [
    ("%who", "complete", ""), ("!ls 'x", "complete", ""), ("%%sh\nls", "incomplete", ""), ("%%sh\nls\n\n", "complete", ""),
    ("for {\n\tif x {", "incomplete", "\t\t"), ("switch x {\n\tcase 1:", "incomplete", "\t\t"), ("}", "invalid", ""), ("fmt.Println?", "complete", ""),
])
def test_is_complete(kernel, code, status, indent):
    reply = kernel.ask("is_complete_request", {"code": code})
    assert reply["status"] == status
    assert reply.get("indent", "") == indent
