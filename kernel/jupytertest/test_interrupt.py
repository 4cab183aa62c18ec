"""Interrupts, and what the control channel answers while a cell runs."""
import time

import pytest

LOOP = 'fmt.Println("looping"); for { steps++ }'


def interrupted(kernel, code, ready):
    """Runs code, interrupts it once it has printed ready, and returns how it ended and the seconds that took."""
    request = kernel.execute(code)
    printed = kernel.await_text(request, ready)
    begin = time.monotonic()
    kernel.manager.interrupt_kernel()
    result = kernel.finish(request)
    result.messages = printed + result.messages
    return result, time.monotonic() - begin


def test_a_loop_is_interrupted_and_the_state_kept(kernel):
    kernel.run("steps := 0; kept := \"kept\"")
    result, seconds = interrupted(kernel, LOOP, "looping")
    assert result.reply["status"] == "error"
    assert result.error["ename"] == "Interrupted"
    assert seconds < 2
    assert kernel.run("kept").value == "kept"
    assert kernel.run("steps > 0").value == "true"


def test_functions_made_before_work_after(kernel):
    kernel.run("steps := 0; func double(n int) int { return 2 * n }; triple := func(n int) int { return 3 * n }")
    interrupted(kernel, LOOP, "looping")
    assert kernel.run("double(21) + triple(14)").value == "84"


def test_deferred_calls_run(kernel):
    kernel.run("steps := 0")
    result, _ = interrupted(kernel, 'func() { defer fmt.Println("cleaned up"); ' + LOOP + " }()", "looping")
    assert "cleaned up\n" in result.stdout


def test_twenty_interrupts(kernel):
    kernel.run("steps := 0")
    for _ in range(20):
        result, _ = interrupted(kernel, LOOP, "looping")
        assert result.error["ename"] == "Interrupted"
    assert kernel.run("6 * 7").value == "42"


def test_children_get_sigint(kernel):
    result, _ = interrupted(kernel, """
child, err := ipclab.Spawn(func() { fmt.Println("child runs"); select {} })
status, err := child.Wait()
fmt.Println(status)
for {
}
""", "child runs")
    assert result.reply["status"] == "error"
    assert kernel.run("fmt.Println(status)").stdout == "killed by SIGINT\n"


def test_a_call_that_cannot_be_stopped_ends_with_its_runtime(kernel):
    result, seconds = interrupted(kernel, 'fmt.Println("blocked"); var p [2]int; unix.Pipe(p[:]); unix.Read(p[0], make([]byte, 1))', "blocked")
    assert result.reply["status"] == "error"
    assert "interrupt" in result.reply["evalue"]
    assert seconds < 10
    assert kernel.run("6 * 7").value == "42"


def test_interrupt_without_a_cell_does_nothing(kernel):
    kernel.run("x := 5")
    assert kernel.ask("interrupt_request", channel="control")["status"] == "ok"
    assert kernel.run("x").value == "5"


@pytest.mark.parametrize("request_type", ["kernel_info_request", "interrupt_request"])
def test_control_answers_while_a_cell_runs(kernel, request_type):
    request = kernel.execute('fmt.Println("busy"); for {}')
    kernel.await_text(request, "busy")
    begin = time.monotonic()
    assert kernel.ask(request_type, channel="control")["status"] == "ok"
    assert time.monotonic() - begin < 2
    if request_type != "interrupt_request":
        kernel.manager.interrupt_kernel()
    assert kernel.finish(request).reply["status"] == "error"


def test_the_signal_interrupts_too(kernel):
    """For clients that do not read interrupt_mode, and for a terminal's Ctrl-C."""
    request = kernel.execute('fmt.Println("busy"); for {}')
    kernel.await_text(request, "busy")
    kernel.signal(2)
    assert kernel.finish(request).error["ename"] == "Interrupted"
