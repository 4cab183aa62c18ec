"""What cells put out: whose it is, in which order, how much of it."""
import os
import re

import pytest

from client import parent


@pytest.mark.parametrize("stream", ["Stdout", "Stderr"])
def test_text_and_displays_keep_their_order(kernel, stream):
    result = kernel.run(f"""
for i := range 20 {{
	fmt.Fprintln(os.{stream}, "text", i)
	ipclab.Display(i)
}}
""")
    got = []
    for m in result.outputs:
        if m["msg_type"] == "stream":
            got += m["content"]["text"].splitlines()
        else:
            got.append("shown " + m["content"]["data"]["text/plain"])
    assert got == [line for i in range(20) for line in (f"text {i}", f"shown {i}")]


def test_the_result_comes_after_the_text(kernel):
    result = kernel.run('fmt.Print("no newline"); 6 * 7')
    assert [m["msg_type"] for m in result.outputs] == ["stream", "execute_result"]


def test_a_forked_child_prints_and_displays_into_its_cell(kernel):
    result = kernel.run("""
pid, err := ipclab.Fork()
if pid == 0 {
	fmt.Println("child text")
	ipclab.Display("child display")
	fmt.Fprintln(os.Stderr, "child error")
	os.Exit(0)
}
_, status, err := ipclab.Wait()
fmt.Println("parent", status, err)
""")
    assert [m["msg_type"] for m in result.outputs] == ["stream", "display_data", "stream", "stream"]
    assert result.stdout == "child text\nparent exited with status 0 <nil>\n"
    assert result.stderr == "child error\n"
    assert result.outputs[1]["content"]["data"]["text/plain"] == "child display"


def test_programs_print_into_their_cell(kernel):
    result = kernel.run("""
import "os/exec"
c := exec.Command("sh", "-c", "echo out; echo err >&2; (echo grandchild)")
c.Stdout, c.Stderr = os.Stdout, os.Stderr
err := c.Run()
""")
    assert (result.stdout, result.stderr) == ("out\ngrandchild\n", "err\n")


def test_each_cell_gets_its_own_text(kernel):
    requests = [kernel.execute(f'fmt.Println("cell", {i})') for i in range(10)]
    for i, request in enumerate(requests):
        assert kernel.finish(request).stdout == f"cell {i}\n"


def test_a_redirected_descriptor_is_back_in_the_next_cell(kernel):
    kernel.run('null, err := unix.Open("/dev/null", unix.O_WRONLY, 0); err = unix.Dup2(null, 1); fmt.Println("lost")')
    assert kernel.run('fmt.Println("back")').stdout == "back\n"


def test_a_character_in_two_writes_arrives_whole(kernel):
    """The pause lets what is pending fall due between the writes."""
    result = kernel.run("""
for _, b := range []byte("Grüße, 世界 🐹\\n") {
	os.Stdout.Write([]byte{b})
	time.Sleep(25 * time.Millisecond)
}
""")
    assert result.stdout == "Grüße, 世界 🐹\n"


def test_bytes_that_are_no_text_are_replaced(kernel):
    assert kernel.run('os.Stdout.Write([]byte("a\\xffb\\n"))\nvar _ = 0').stdout == "a\ufffdb\n"


def test_text_comes_while_the_cell_runs(kernel):
    request = kernel.execute('fmt.Println("now"); var line string; fmt.Scan(&line)', allow_stdin=True)
    kernel.await_text(request, "now")
    kernel.finish(request, answers=["go"])


def test_ten_megabytes_arrive_complete_and_in_few_messages(kernel):
    result = kernel.run("""
import "strings"
line := strings.Repeat("x", 1023) + "\\n"
for range 10_000 {
	os.Stdout.WriteString(line)
}
""", timeout=60)
    assert len(result.stdout) == 10_240_000
    assert result.stdout.count("\n") == 10_000
    assert len(result.outputs) < 1000


def test_text_beyond_the_bound_is_kept_in_a_file_that_the_notice_names(start, monkeypatch):
    """A Jupyter server, which cuts off kernels that talk too much, is known by a variable it sets."""
    monkeypatch.setenv("JPY_SESSION_NAME", "test.ipynb")
    kernel = start()
    result = kernel.run("""
import "strings"
line := strings.Repeat("x", 63) + "\\n"
for range 100_000 {
	os.Stdout.WriteString(line)
}
""")
    found = re.search(r"(\d+) bytes of text shown; the other (\d+) bytes are in (\S+)\]", result.stderr)
    assert found, result.stderr
    shown, kept = int(found[1]), int(found[2])
    assert len(result.stdout) == shown < 3_000_000
    assert shown + kept == 6_400_000
    with open(found[3], encoding="utf-8") as rest:
        assert result.stdout + rest.read() == ("x" * 63 + "\n") * 100_000
    assert kernel.run('fmt.Println("again")').stdout == "again\n"


def test_a_large_display_arrives_whole(kernel):
    result = kernel.run('import "strings"; ipclab.Display(strings.Repeat("x", 5_000_000))')
    assert result.outputs[0]["content"]["data"]["text/plain"] == "x" * 5_000_000


def test_text_of_the_background_belongs_to_the_cell_that_ran_last(kernel, tmp_path):
    """The goroutine waits for the writer of a FIFO, who comes when no cell runs."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    request = kernel.execute(f'go func() {{ os.ReadFile("{gate}"); fmt.Println("from the background") }}()')
    kernel.finish(request)
    gate.write_text("now")
    message = kernel.await_output(lambda m: m["msg_type"] == "stream")[-1]
    assert message["content"] == {"name": "stdout", "text": "from the background\n"}
    assert parent(message) == request


def test_clear_output(kernel):
    result = kernel.run('fmt.Println("old"); ipclab.ClearOutput(true); fmt.Println("new")')
    assert [m["msg_type"] for m in result.outputs] == ["stream", "clear_output", "stream"]
    assert result.outputs[1]["content"] == {"wait": True}


def test_update_display(kernel):
    """The second cell replaces what the first has shown."""
    first = kernel.run('ipclab.DisplayAs("bar", "1 of 2")')
    second = kernel.run('ipclab.UpdateDisplay("bar", "2 of 2")')
    assert [m["msg_type"] for m in first.outputs + second.outputs] == ["display_data", "update_display_data"]
    for result, text in ((first, "1 of 2"), (second, "2 of 2")):
        content = result.outputs[0]["content"]
        assert content["data"]["text/plain"] == text
        assert content["transient"] == {"display_id": "bar"}


def test_a_table_has_every_form(kernel):
    data = kernel.run('ipclab.NewTable("mechanism", "bytes").Row("pipe", 64)').outputs[0]["content"]["data"]
    assert set(data) == {"text/plain", "text/html", "text/markdown", "text/latex"}
    assert "<table" in data["text/html"] and "<td" in data["text/html"]
