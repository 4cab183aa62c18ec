"""Requests beside execute, the channels, and transports."""
import json
import time

import pytest
import zmq
from jupyter_client import BlockingKernelClient

from client import Kernel


def test_kernel_info(kernel):
    reply = kernel.ask("kernel_info_request")
    assert reply == kernel.ask("kernel_info_request", channel="control")
    assert reply["protocol_version"] == "5.5"
    assert reply["implementation"] == "ipclab"
    assert reply["language_info"]["name"] == "go"
    assert reply["language_info"]["mimetype"] == "text/x-go"
    assert reply["supported_features"] == []  # neither subshells nor a debugger
    assert reply["debugger"] is False


def test_an_unknown_comm_is_closed(kernel):
    request = kernel.send("comm_open", {"comm_id": "one", "target_name": "no.such.target", "data": {}})
    messages = kernel.await_output(lambda m: m["msg_type"] == "comm_close", request)
    assert messages[-1]["content"]["comm_id"] == "one"
    for kind in ("comm_msg", "comm_close"):
        kernel.send(kind, {"comm_id": "one", "data": {}})
    assert kernel.ask("comm_info_request") == {"status": "ok", "comms": {}}


def test_unknown_requests_and_fields_are_tolerated(kernel):
    for channel in ("shell", "control"):
        kernel.send("no_such_request", {"anything": 1}, channel)
        assert kernel.ask("kernel_info_request", {"unknown": [1, 2]}, channel)["status"] == "ok"


@pytest.mark.parametrize("content", [{}, {"code": 5}, {"code": "1", "silent": "perhaps"}], ids=str)
def test_a_malformed_execute_request_is_an_error(kernel, content):
    reply = kernel.ask("execute_request", content)
    if content:
        assert reply["status"] == "error"
    assert kernel.run("6 * 7").value == "42"


def test_cursor_positions_count_code_points(kernel):
    before = 's := "🐹世"; '
    code = before + "fmt.Sprintl"
    reply = kernel.ask("complete_request", {"code": code + " // 🐹", "cursor_pos": len(code)})
    assert reply["matches"] == ["Sprintln"]
    assert (reply["cursor_start"], reply["cursor_end"]) == (len(before) + 4, len(code))


def test_completion_knows_what_cells_have_defined(kernel):
    kernel.run("elephants := 3; func elephantine() {}")
    reply = kernel.ask("complete_request", {"code": "eleph", "cursor_pos": 5})
    assert reply["matches"] == ["elephantine", "elephants"]


def test_inspection(kernel):
    kernel.run("func greet(name string, times int) error { return nil }")
    reply = kernel.ask("inspect_request", {"code": "greet(", "cursor_pos": 3, "detail_level": 0})
    assert reply["found"]
    assert "greet(name string, times int) error" in reply["data"]["text/plain"]
    assert not kernel.ask("inspect_request", {"code": "nothing_here", "cursor_pos": 3, "detail_level": 0})["found"]


@pytest.mark.parametrize("cell", ["fmt.Println?", "?fmt.Println", "greet ?"])
def test_a_question_is_answered_in_the_pager(kernel, cell):
    kernel.run("func greet(name string) {}")
    result = kernel.run(cell)
    assert result.reply["status"] == "ok"
    assert [page["source"] for page in result.reply["payload"]] == ["page"]
    assert "func" in result.reply["payload"][0]["data"]["text/plain"]
    assert result.outputs == []


def test_a_question_about_nothing_is_an_error(kernel):
    assert "no_such_name" in kernel.run("no_such_name?").reply["evalue"]


def test_the_heart_beats_while_a_cell_runs(kernel):
    request = kernel.execute('fmt.Println("busy"); for {}')
    kernel.await_text(request, "busy")
    info = json.load(open(kernel.manager.connection_file, encoding="utf-8"))
    with zmq.Context() as context, context.socket(zmq.REQ) as heart:
        heart.linger = 0
        heart.connect(f"tcp://{info['ip']}:{info['hb_port']}")
        for beat in (b"one", b"", b"x" * 5000):
            heart.send(beat)
            assert heart.poll(5000), "no beat"
            assert heart.recv() == beat
    kernel.manager.interrupt_kernel()
    kernel.finish(request)


def test_a_second_client_sees_what_the_first_does(kernel):
    # Not manager.client(): that one would have the first client's session, and so its ZeroMQ identity.
    other = BlockingKernelClient(connection_file=kernel.manager.connection_file)
    other.load_connection_file()
    other.start_channels()
    try:
        welcome = other.get_iopub_msg(timeout=10)
        assert welcome["msg_type"] == "iopub_welcome"
        request = kernel.execute('fmt.Println("for all")')
        kernel.finish(request)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            message = other.get_iopub_msg(timeout=10)
            if message["msg_type"] == "stream":
                break
        assert message["content"]["text"] == "for all\n"
        assert message["parent_header"]["msg_id"] == request
    finally:
        other.stop_channels()


def test_unsigned_messages_are_refused(kernel):
    key = kernel.client.session.key
    kernel.client.session.key = b"wrong"
    kernel.execute('fmt.Println("forged")')
    kernel.client.session.key = key
    result = kernel.run("6 * 7")
    assert result.value == "42"
    assert result.reply["execution_count"] == 1


def test_ipc_transport(start, tmp_path):
    folder = tmp_path / "sockets"
    folder.mkdir()
    kernel = start(transport="ipc", folder=folder)
    assert all(socket.stat().st_mode & 0o777 == 0o700 for socket in folder.iterdir())
    assert len(list(folder.iterdir())) == 5
    assert kernel.run('fmt.Println("text"); 6 * 7').value == "42"
    assert kernel.run("var s string; fmt.Scan(&s); s", answers=["typed"]).value == "typed"
    kernel.manager.interrupt_kernel()
    kernel.stop()
    assert list(folder.iterdir()) == []


def test_messages_of_the_first_cell_are_never_missed(start, tmp_path):
    """The subscription of iopub may come after the first request; the kernel waits for it."""
    for _ in range(10):
        kernel: Kernel = start(connect=False, transport="ipc", folder=tmp_path)
        kernel.client = kernel.manager.client()
        kernel.client.start_channels()
        assert kernel.run('fmt.Println("first")').stdout == "first\n"
        kernel.stop()
