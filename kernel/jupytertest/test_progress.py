"""Progress of what takes a while, as a notebook shows it."""


def ok(result):
    assert result.reply["status"] == "ok", result.reply
    return result


def shown(result):
    """The displays of a cell, all of which must be states of one."""
    displays = [m for m in result.messages if m["msg_type"] in ("display_data", "update_display_data")]
    assert displays[0]["msg_type"] == "display_data"
    assert {m["msg_type"] for m in displays[1:]} == {"update_display_data"}
    assert len({m["content"]["transient"]["display_id"] for m in displays}) == 1
    return [m["content"]["data"] for m in displays]


def test_a_bar_becomes_a_line(kernel):
    states = shown(ok(kernel.run("""
p := ipclab.NewProgress("counting", 2000)
defer p.Done()
for range 2000 { p.Add(1) }""")))
    assert "<progress" in states[0]["text/html"] and "counting: 0 of 2000" in states[0]["text/html"]
    assert set(states[-1]) == {"text/plain"} and states[-1]["text/plain"].startswith("counting: 2000 of 2000 in ")
    assert len(states) < 200  # 2000 changes, but not as many messages


def test_an_interrupt_is_said(kernel):
    request = kernel.execute("""
p := ipclab.NewProgress("counting", 2000)
defer p.Done()
p.Add(1500)
fmt.Println("waits")
for {}""")
    messages = kernel.await_text(request, "waits")
    assert kernel.ask("interrupt_request", channel="control")["status"] == "ok"
    result = kernel.finish(request)
    assert result.reply["status"] == "error"
    result.messages = messages + result.messages
    assert shown(result)[-1]["text/plain"].startswith("counting: stopped at 1500 of 2000 after ")
    assert ok(kernel.run("1 + 1")).value == "2"


def test_an_interrupted_sweep_is_said(kernel, tmp_path):
    request = kernel.execute(f"""
e, err := ipclab.Experiment("{tmp_path}/s")
err = e.Sweep(ipclab.Space{{"n": {{1, 2, 3}}}}, 1, func(run *ipclab.Run) error {{
	if run.Int("n") == 2 {{ fmt.Println("waits"); select {{}} }}
	return nil
}})""")
    messages = kernel.await_text(request, "waits")
    assert kernel.ask("interrupt_request", channel="control")["status"] == "ok"
    result = kernel.finish(request)
    result.messages = messages + result.messages
    assert shown(result)[-1]["text/plain"].startswith("s: stopped at 1 of 3 runs after ")
    assert ok(kernel.run("e.Runs()")).value == "1"
