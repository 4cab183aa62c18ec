"""Execute requests: every flag of them, and their order."""
import fcntl

import pytest

from client import is_status


def tail(kernel, n=10, **options):
    content = {"hist_access_type": "tail", "n": n, "raw": True, "output": False, **options}
    return [entry[2] for entry in kernel.ask("history_request", content)["history"]]


def test_order_of_messages(kernel):
    result = kernel.run('fmt.Println("text"); 6 * 7')
    assert result.types == ["status", "execute_input", "stream", "execute_result", "status"]
    assert is_status(result.messages[0], "busy")
    assert result.messages[1]["content"] == {"code": 'fmt.Println("text"); 6 * 7', "execution_count": 1}
    assert result.stdout == "text\n"
    assert result.value == "42"
    assert result.reply["status"] == "ok"


def test_silent_publishes_nothing_and_leaves_no_trace(kernel):
    assert kernel.run("before := 1").reply["execution_count"] == 1
    result = kernel.run('fmt.Println("unseen"); after := before + 1; after', silent=True)
    assert result.reply["status"] == "ok"
    assert result.types == ["status", "status"]
    assert kernel.run("after").value == "2"
    assert tail(kernel) == ["before := 1", "after"]


def test_silent_error_is_in_the_reply_only(kernel):
    result = kernel.run('panic("quietly")', silent=True)
    assert result.types == ["status", "status"]
    assert result.reply["status"] == "error"
    assert result.reply["evalue"] == "quietly"


def test_without_store_history_the_count_stands_still(kernel):
    assert kernel.run("1").reply["execution_count"] == 1
    result = kernel.run("x := 5; x", store_history=False)
    assert (result.reply["status"], result.value) == ("ok", "5")
    assert kernel.run("x + 1").reply["execution_count"] == 2
    assert tail(kernel) == ["1", "x + 1"]


def test_execution_count_counts_cells_that_fail(kernel):
    assert kernel.run("undefined_name").reply["execution_count"] == 1
    assert kernel.run('panic("p")').reply["execution_count"] == 2
    result = kernel.run("3")
    assert result.reply["execution_count"] == 3
    assert result.messages[1]["content"]["execution_count"] == 3


def test_user_expressions(kernel):
    result = kernel.run("x := 20", user_expressions={"sum": "x + 22", "text": '"a" + "b"', "wrong": "no_such_name", "fails": 'panic("p")'})
    got = result.reply["user_expressions"]
    assert result.reply["status"] == "ok"
    assert (got["sum"]["status"], got["sum"]["data"]["text/plain"]) == ("ok", "42")
    assert got["text"]["data"]["text/plain"] == "ab"
    assert got["wrong"]["status"] == "error"
    assert "no_such_name" in got["wrong"]["evalue"]
    assert (got["fails"]["status"], got["fails"]["evalue"]) == ("error", "p")
    assert result.error is None


def test_user_expressions_are_not_evaluated_after_an_error(kernel):
    result = kernel.run('panic("p")', user_expressions={"one": "1"})
    assert result.reply["status"] == "error"
    assert result.reply.get("user_expressions", {}) == {}


@pytest.mark.parametrize("failing", ['panic("on purpose")', "undefined_name", "os.Exit(3)"])
def test_what_is_queued_behind_an_error_is_aborted(kernel, failing):
    """The first cell waits until all are sent, so that they are in the queue when the second fails."""
    gate = kernel.execute("var line string; fmt.Scan(&line)", allow_stdin=True)
    fails = kernel.execute(failing)
    queued = [kernel.execute("ran := true"), kernel.execute("2")]
    info = kernel.send("kernel_info_request")
    assert kernel.finish(gate, answers=["go"]).reply["status"] == "ok"
    assert kernel.finish(fails).reply["status"] == "error"
    for request in queued:
        result = kernel.finish(request)
        assert result.reply["status"] == "aborted"
        assert result.types == ["status", "status"]
    assert kernel.await_reply(info)["status"] == "ok"
    assert "undefined: ran" in kernel.run("ran").reply["evalue"]


def test_a_cell_sent_after_the_error_was_seen_is_run(kernel, state):
    """However long the kernel is busy with the failed cell after its reply: here, with writing it to the history."""
    (state / "ipclab").mkdir(mode=0o700)
    with open(state / "ipclab" / "history.jsonl", "w") as history:
        fcntl.flock(history, fcntl.LOCK_EX)
        assert kernel.run('panic("on purpose")').reply["status"] == "error"
        after = kernel.execute("6 * 7")
        kernel.ask("kernel_info_request", channel="control")  # by then the cell has arrived
    assert kernel.finish(after).value == "42"


def test_without_stop_on_error_the_queue_goes_on(kernel):
    first = kernel.execute('var line string; fmt.Scan(&line); panic("p")', allow_stdin=True, stop_on_error=False)
    second = kernel.execute("6 * 7")
    assert kernel.finish(first, answers=["go"]).reply["status"] == "error"
    assert kernel.finish(second).value == "42"


def test_all_errors_of_a_cell_are_shown_with_their_lines(kernel):
    result = kernel.run("a := no_such_name\nvar n int = \"text\"\nfmt.Println(a, n)")
    text = "\n".join(result.error["traceback"])
    assert "cell1:1:6" in text and "undefined: no_such_name" in text
    assert "cell1:2:13" in text
    assert result.outputs[0]["msg_type"] == "error" and len(result.outputs) == 1
    assert result.reply["traceback"] == result.error["traceback"]


def test_the_same_error_text_is_in_reply_and_on_iopub(kernel):
    result = kernel.run('panic("on purpose")')
    assert (result.error["ename"], result.error["evalue"]) == (result.reply["ename"], result.reply["evalue"])
    assert result.error["evalue"] == "on purpose"


def test_empty_cell(kernel):
    result = kernel.run("")
    assert (result.reply["status"], result.outputs) == ("ok", [])
