"""Input: asked for exactly when a process of the cell reads standard input."""
import pytest

SCAN = "var name string; n, err := fmt.Scan(&name); fmt.Println(n, err, name)"


def test_scan_asks(kernel):
    assert kernel.run(SCAN, answers=["Ada"]).stdout == "1 <nil> Ada\n"


def test_each_read_asks_again(kernel):
    result = kernel.run("var a, b int; fmt.Scan(&a); fmt.Scan(&b); a * b", answers=["6", "7"])
    assert result.value == "42"


def test_one_line_can_serve_two_reads(kernel):
    result = kernel.run("var a, b int; fmt.Scan(&a); fmt.Scan(&b); a * b", answers=["6 7"])
    assert result.value == "42"


def test_a_prompt_printed_before_is_shown_before(kernel):
    request = kernel.execute('fmt.Print("name: ")\n' + SCAN, allow_stdin=True)
    kernel.await_text(request, "name: ")
    assert kernel.finish(request, answers=["Ada"]).stdout == "1 <nil> Ada\n"


def test_without_allow_stdin_the_read_ends(kernel):
    result = kernel.run(SCAN, allow_stdin=False)
    assert result.reply["status"] == "ok"
    assert result.stdout.startswith("0 EOF")
    assert "does not take input" in result.stderr
    assert kernel.run(SCAN.replace(":=", "="), answers=["later"]).stdout == "1 <nil> later\n"


def test_a_cell_that_does_not_read_does_not_ask(kernel):
    """Not even when a line of an earlier cell was left over: that is not for this cell."""
    kernel.run("var first string; fmt.Scan(&first)", answers=["first second"])
    assert kernel.run("first", allow_stdin=True).value == "first"
    assert kernel.run("var next string; fmt.Scan(&next); next", answers=["third"]).value == "third"


def test_a_forked_child_asks(kernel):
    result = kernel.run("""
pid, err := ipclab.Fork()
if pid == 0 {
	var line string
	fmt.Scan(&line)
	fmt.Println("child read", line)
	os.Exit(0)
}
_, status, err := ipclab.Wait()
fmt.Println(status, err)
""", answers=["from the user"])
    assert result.stdout == "child read from\nexited with status 0 <nil>\n"


def test_a_shell_asks(kernel):
    result = kernel.run("""
import "os/exec"
c := exec.Command("sh", "-c", "read line; echo shell read $line")
c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
err := c.Run()
""", answers=["a line"])
    assert result.stdout == "shell read a line\n"


def test_a_c_program_asks(kernel, compiler, tmp_path):
    source = tmp_path / "reader.c"
    source.write_text('#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) != \'\\n\' && c != EOF) putchar(c - 32); puts("."); return 0; }\n')
    result = kernel.run(f"""
import "os/exec"
out, err := exec.Command({compiler!r:s}, "-o", "{tmp_path}/reader", "{source}").CombinedOutput()
fmt.Print(string(out))
c := exec.Command("{tmp_path}/reader")
c.Stdin, c.Stdout = os.Stdin, os.Stdout
err = c.Run()
fmt.Println(err)
""".replace("'", '"'), answers=["abc"])
    assert result.stdout == "ABC.\n<nil>\n"


def test_interrupt_while_waiting_for_input(kernel):
    """The wait ends, and nothing is lost."""
    kernel.run("x := 5")
    request = kernel.execute(SCAN, allow_stdin=True)
    end = kernel.deadline()
    assert kernel.receive(["stdin"], end)[1]["msg_type"] == "input_request"
    assert kernel.ask("interrupt_request", channel="control")["status"] == "ok"
    assert kernel.finish(request).error["ename"] == "Interrupted"
    assert kernel.run("x").value == "5"
    assert kernel.run("var next string; fmt.Scan(&next); next", answers=["third"]).value == "third"


@pytest.mark.parametrize("text", ["Grüße, 世界 🐹", "", "x" * 100_000])
def test_what_was_typed_arrives_as_it_is(kernel, text):
    result = kernel.run("""
import "bufio"
line, err := bufio.NewReader(os.Stdin).ReadString('\\n')
fmt.Print(line)
""", answers=[text])
    assert result.stdout == text + "\n"
