"""Interrupts, and what the control channel answers while a cell runs."""
import time

import pytest

import interrupts
from test_stuck import settle

# A step is made before anything is printed: the interrupt may come before the next one.
LOOP = 'steps++; fmt.Println("looping"); for { steps++ }'


def interrupted(kernel, code, ready, settled=False):
    """Runs code, interrupts it once it has printed ready, or all of it waits, and returns how it ended and the seconds that took."""
    request = kernel.execute(code)
    printed = kernel.await_text(request, ready)
    if settled:
        settle(kernel)
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
""", "child runs", settled=True)
    assert result.reply["status"] == "error"
    assert kernel.run("fmt.Println(status)").stdout == "killed by SIGINT\n"


STATE = """
x, steps := 5, 0
double := func(n int) int { return 2 * n }
func triple(n int) int { return 3 * n }
func spin() { for {} }
var ticks atomic.Int64
go func() { for { ticks.Add(1); time.Sleep(time.Millisecond) } }()
"""


def interrupt(kernel):
    """Interrupts with a message of the client that has sent the cells: those of the manager may have the same ids."""
    assert kernel.ask("interrupt_request", channel="control")["status"] == "ok"


def check_state(kernel):
    """What earlier cells have made is there, and works; their goroutines go on."""
    assert kernel.run("fmt.Sprint(x, double(21), triple(14))").value == "5 42 42"
    assert kernel.run('for n := ticks.Load(); ticks.Load() == n; { time.Sleep(time.Millisecond) }; "on"').value == "on"


# Begun is printed before the wait begins. An interrupt has to do before and after that; this makes it mostly after.
SETTLE = 0.1


@pytest.mark.parametrize("cells, limit", [
    (interrupts.AT_ONCE, 1.0), (interrupts.SOON, 3.0), (interrupts.PROGRAMS, 3.0)], ids=["at once", "soon", "programs"])
def test_every_wait_is_interrupted_and_the_state_kept(kernel, cells, limit):
    """The limits are for a slow machine. See the README for what to expect."""
    kernel.run(STATE)
    faults = []
    for name, code in cells.items():
        request = kernel.execute(code)
        kernel.await_text(request, "begun")
        time.sleep(SETTLE)
        begin = time.monotonic()
        interrupt(kernel)
        result = kernel.finish(request)
        seconds = time.monotonic() - begin
        print(f"{name}: {1000 * seconds:.0f} ms")
        if result.reply.get("ename") != "Interrupted" or seconds > limit:
            faults.append((name, seconds, result.reply))
        check_state(kernel)
    assert not faults


def test_an_interrupted_cell_does_not_go_on_in_a_later_one(kernel):
    kernel.run("steps := 0; c := make(chan int)")
    for wait in ["time.Sleep(20 * time.Millisecond)", "select { case <-c: case <-time.After(20 * time.Millisecond): }"]:
        interrupted(kernel, f'fmt.Println("begun"); for {{ {wait}; steps++ }}', "begun")
        before = kernel.run("steps").value
        assert kernel.run("time.Sleep(100 * time.Millisecond); steps").value == before


def test_deferred_calls_may_wait_and_a_second_interrupt_leaves_them(kernel):
    request = kernel.execute("""
defer fmt.Println("last")
defer func() {
    c := make(chan int)
    go func() { time.Sleep(200 * time.Millisecond); c <- 7 }()
    fmt.Println("cleaning", recover())
    time.Sleep(time.Millisecond)
    for i := range 3 {
        fmt.Println("received", i + <-c)
        close(c)
        break
    }
}()
fmt.Println("begun")
select {}
""")
    kernel.await_text(request, "begun")
    interrupt(kernel)
    kernel.await_text(request, "cleaning <nil>")
    interrupt(kernel)
    result = kernel.finish(request)
    assert "received 7\nlast\n" in result.stdout
    assert result.error["ename"] == "Interrupted"


def test_two_interrupts_at_once(kernel):
    kernel.run(STATE)
    request = kernel.execute('fmt.Println("begun"); <-make(chan int)')
    kernel.await_text(request, "begun")
    interrupt(kernel)
    interrupt(kernel)
    assert kernel.finish(request).error["ename"] == "Interrupted"
    check_state(kernel)


def test_recover_does_not_take_the_interrupt(kernel):
    result, seconds = interrupted(
        kernel, 'fmt.Println("begun"); for { func() { defer func() { recover() }(); time.Sleep(time.Hour) }() }', "begun")
    assert result.error["ename"] == "Interrupted"
    assert seconds < 3


def test_goroutines_of_the_cell_go_on(kernel):
    interrupted(kernel, """
in, out := make(chan int), make(chan int)
go func() { for v := range in { out <- 2 * v } }()
fmt.Println("begun")
<-out
""", "begun")
    assert kernel.run("in <- 21; <-out").value == "42"


def test_a_read_takes_nothing_after_its_interrupt(kernel):
    interrupted(kernel, 'r, w, _ := os.Pipe(); var p [2]int; unix.Pipe(p[:]); fmt.Println("begun"); r.Read(make([]byte, 8))', "begun")
    interrupted(kernel, 'fmt.Println("begun"); unix.Read(p[0], make([]byte, 8))', "begun")
    assert kernel.run('w.Write([]byte("a")); b := make([]byte, 8); n, _ := r.Read(b); string(b[:n])').value == "a"
    assert kernel.run('unix.Write(p[1], []byte("b")); n, _ = unix.Read(p[0], b); string(b[:n])').value == "b"


def test_a_lock_that_was_waited_for_can_be_had(kernel):
    interrupted(kernel, 'var m sync.Mutex; m.Lock(); fmt.Println("begun"); m.Lock()', "begun")
    assert kernel.run('m.Unlock(); m.Lock(); "locked"').value == "locked"


def test_a_call_that_cannot_be_stopped_ends_with_its_runtime(kernel):
    result, seconds = interrupted(kernel, 'fmt.Println("blocked"); http.ListenAndServe("127.0.0.1:0", nil)', "blocked")
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
