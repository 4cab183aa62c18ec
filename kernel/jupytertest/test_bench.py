"""Bench and Hierarchy from cells: tables and charts, progress, functions of the cell's own, an interrupt."""
import re

import leftovers

QUICK = "Rounds: 2, Limit: time.Minute, Precision: 0.5"  # of the minute it takes two seconds, but on a busy machine


def ok(result):
    assert result.reply["status"] == "ok", result.reply
    assert result.stderr == ""
    return result


def test_a_table_and_a_chart(kernel):
    ok(kernel.run(f"""
t, err := ipclab.Bench(ipclab.BenchOptions{{Mechanisms: []string{{"pipe", "futex"}}, Sizes: []int{{1, 4096}}, {QUICK}}})
fmt.Println(err, len(t.Rows()))
for _, r := range t.Rows() {{
	calls, _, counted := r.SystemCalls()
	fmt.Println(r.Label(), r.Size, r.Trips > 0, r.P50 > 0 && r.P50 <= r.P99, counted, calls >= 1)
}}"""))
    table = ok(kernel.run("t")).outputs[-1]["content"]["data"]
    for kind in ("text/plain", "text/html", "text/markdown", "text/latex"):
        for text in ("pipe", "futex", "p99.9", "system calls", "Reading the clock takes"):
            assert text in table[kind], (kind, table[kind])
    chart = ok(kernel.run("t.Chart()")).outputs[-1]["content"]["data"]
    assert "application/vnd.vegalite.v5+json" in chart and "pipe (raw)" in chart["text/plain"]
    lines = ok(kernel.run("t.Distributions()")).outputs[-1]["content"]["data"]
    assert "application/vnd.vegalite.v5+json" in lines


def test_rows(kernel):
    printed = ok(kernel.run(f"""
t, err := ipclab.Bench(ipclab.BenchOptions{{Mechanisms: []string{{"pipe", "stream"}}, Measure: ipclab.MeasureBoth, {QUICK}}})
fmt.Println(err)
for _, r := range t.Rows() {{
	fmt.Println(r.Label(), r.PerSecond > 1000, r.MBPerSecond > 0.01, len(r.Medians) > 0, len(r.PerMessage) > 0, r.Voluntary+r.Involuntary > 0)
}}""")).stdout.splitlines()
    assert printed[0] == "<nil>"
    assert sorted(printed[1:]) == [f"{m} ({s}) true true true true true" for m in ("pipe", "stream") for s in ("Go", "raw")]


def test_functions_of_a_cell_with_the_interpreters_share(kernel):
    printed = ok(kernel.run(f"""
questions, ask, _ := ipclab.Pipe()
answers, answer, _ := ipclab.Pipe()
b := make([]byte, 8)
client := func() error {{ ask.Write(b); _, err := answers.Read(b); return err }}
server := func() error {{ questions.Read(b); _, err := answer.Write(b); return err }}
t, err := ipclab.BenchOf("my pipes", client, server, ipclab.BenchOptions{{Mechanisms: []string{{"pipe"}}, {QUICK}}})
fmt.Println(err)
for _, r := range t.Rows() {{
	fmt.Println(r.Label(), r.Trips > 0, r.Interpreter > 0, r.Interpreter < r.P50)
}}
pair := ipclab.BenchOptions{{Pairs: []ipclab.BenchPair{{{{Name: "a pair", Client: client, Server: server}}}}, {QUICK}}}
u, err := ipclab.Bench(pair)
fmt.Println(err, u.Rows()[0].Label(), u.Rows()[0].Interpreter > 0)
for _, fd := range []ipclab.FD{{questions, ask, answers, answer}} {{
	fd.Close()
}}""")).stdout.splitlines()
    assert printed[0] == "<nil>"
    assert set(printed[1:4]) == {"my pipes true true true", "pipe (raw) true false true", "pipe (Go) true false true"}
    assert printed[4] == "<nil> a pair true"


def test_hierarchy_is_sorted_and_shows_how_far_it_is(kernel):
    result = ok(kernel.run("""
h, err := ipclab.Hierarchy(ipclab.BenchOptions{Quick: true})
fmt.Println(err)
for _, r := range h.Rows() {
	fmt.Println(r.P50.Nanoseconds(), r.Mechanism, r.Style)
}""", timeout=120))
    lines = result.stdout.splitlines()
    assert lines[0] == "<nil>"
    rows = [(int(line.split()[0]), line.split()[1], line.split()[2]) for line in lines[1:]]
    assert [r[0] for r in rows] == sorted(r[0] for r in rows)
    raw, go = ({name for _, name, style in rows if style == s} for s in ("raw", "Go"))
    assert {"pipe", "fifo", "stream", "tcp", "eventfd", "futex", "semaphore"} <= raw
    assert {"pipe", "fifo", "stream", "tcp", "handler"} <= go
    progress = [m["content"] for m in result.messages if m["msg_type"] in ("display_data", "update_display_data")]
    assert len({p["transient"]["display_id"] for p in progress}) == 1
    assert re.search(r"[█░]+ +\d+ %  The performance hierarchy: \d+ of \d+ rounds;.*; now ", progress[0]["data"]["text/plain"])
    assert re.match(r"The performance hierarchy: (\d+) of \1 rounds in [\d.]+m?s", progress[-1]["data"]["text/plain"])
    shown = ok(kernel.run("h")).outputs[-1]["content"]["data"]
    assert "<svg" in shown["text/html"] and "<table" in shown["text/html"]


def test_an_interrupt_ends_it_and_leaves_nothing(kernel):
    ok(kernel.run("kept := 7"))
    runtime = int(ok(kernel.run("os.Getpid()")).value)
    request = kernel.execute("h, err := ipclab.Hierarchy(ipclab.BenchOptions{Limit: 5 * time.Minute, Precision: 0.000001, Rounds: 1000}); fmt.Println(err)")
    kernel.await_output(lambda m: m["msg_type"] == "display_data", request)  # the bar
    assert kernel.ask("interrupt_request", channel="control")["status"] == "ok"
    result = kernel.finish(request)
    assert result.reply["status"] == "error" or "EINTR" in result.stdout, (result.reply, result.stdout)
    assert ok(kernel.run("kept")).value == "7"
    assert leftovers.children(runtime) == []


def test_a_mistake_says_what_is_wanted(kernel):
    printed = ok(kernel.run("""
_, err := ipclab.Bench(ipclab.BenchOptions{Mechanisms: []string{"pigeon"}})
fmt.Println(err)
_, err = ipclab.Bench(ipclab.BenchOptions{Sizes: []int{0}})
fmt.Println(err)""")).stdout
    assert 'mechanism "pigeon": want one of pipe, fifo, ' in printed and "EINVAL" in printed
    assert "size 0: want 1 to 1048576 bytes" in printed


def test_a_record_keeps_it(kernel, tmp_path):
    value = ok(kernel.run(f"""
e, err := ipclab.Experiment("{tmp_path}/pipes")
err = e.Run(ipclab.Parameters{{"size": 64}}, func(run *ipclab.Run) error {{
	t, err := ipclab.Bench(ipclab.BenchOptions{{Mechanisms: []string{{"pipe"}}, Styles: []ipclab.BenchStyle{{ipclab.RawStyle}}, {QUICK}}})
	run.Bench(t)
	return err
}})
fmt.Println(err, len(e.Sample("pipe (raw) p50", nil).Values))
e""")).value
    assert "pipe (raw) p50" in value and "pipe (raw) system calls" in value


def test_a_function_that_ends_its_process_is_named(kernel):
    mine = "os.Exit(0); return nil"
    for client, server, which in ((mine, "select {}", "client"), ("select {}", mine, "server")):
        result = ok(kernel.run(f"""
_, err := ipclab.BenchOf("mine", func() error {{ {client} }}, func() error {{ {server} }}, ipclab.BenchOptions{{Quick: true}})
fmt.Println(err)"""))
        assert result.stdout == f"Bench: mine: {which}: exited with status 0 before it had made all round trips\n"
