"""jupyter console, at a terminal."""
import re
import sys

import pexpect

import leftovers


def test_jupyter_console(state, nothing_left, mark):
    terminal = pexpect.spawn(
        sys.executable, ["-m", "jupyter", "console", "--kernel", "ipclab", "--ZMQTerminalInteractiveShell.highlighting_style=bw"],
        dimensions=(40, 120), timeout=30, encoding="utf-8")
    try:
        terminal.expect(r"In \[.*1.*\]: ")
        assert "Package ipclab is there without an import" in plain(terminal.before)
        terminal.send('fmt.Println("six times seven is", 6*7)\r')
        terminal.expect("six times seven is 42")
        terminal.expect(r"In \[.*2.*\]: ")
        terminal.send("func double(n int) int {\r")  # is_complete makes the console wait for more
        terminal.expect(r"\.\.\.")
        terminal.send("return 2*n }\r")
        terminal.expect(r"In \[.*3.*\]: ")
        terminal.send("double(21)\r")
        terminal.expect(r"Out\[.*3.*\].*: .*42")
        terminal.expect(r"In \[.*4.*\]: ")
        terminal.sendeof()
        terminal.expect("exit")
        terminal.send("y\r")
        terminal.expect(pexpect.EOF)
    finally:
        terminal.close(force=True)
    assert terminal.exitstatus == 0
    assert leftovers.await_none(mark) == {}


def plain(text):
    """Text without what moves the cursor and sets colours."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n", "", text)
