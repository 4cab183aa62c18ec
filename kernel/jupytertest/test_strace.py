"""System-call traces from cells."""
import re
import shutil
import subprocess

import pytest

from client import ok

# What it does is the same each time; addresses and process numbers are not compared.
PROGRAM = r"""
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	int ends[2], status;
	char text[6];

	if (pipe(ends) < 0)
		return 1;
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		write(ends[1], "hello", 5);
		_exit(3);
	}
	waitpid(pid, &status, 0);
	close(ends[1]);
	memset(text, 0, sizeof text);
	read(ends[0], text, 5);
	open("/nonexistent", O_RDONLY);
	mkdir_fails:
	access(argv[0], X_OK);
	printf("%s %d\n", text, WEXITSTATUS(status));
	return 0;
}
""".replace("\tmkdir_fails:\n", "")


def normal(name, result):
    """A call without what differs from run to run: addresses, process numbers."""
    if re.fullmatch(r"0x[0-9a-f]+", result):
        result = "address"
    if name in ("clone", "fork", "vfork", "wait4", "set_tid_address", "getpid"):
        result = re.sub(r"^\d+$", "pid", result)
    return f"{name} = {re.split(r'[ <]', result)[0] if not result.startswith('-1') else ' '.join(result.split()[:2])}"


def calls_of_strace(text):
    """The calls of each process, in order."""
    processes, unfinished = {}, {}
    for line in text.splitlines():
        pid, rest = line.split(maxsplit=1)
        if rest.startswith(("---", "+++")):
            continue
        if "<unfinished" in rest:
            unfinished[pid] = rest.split("(")[0]
            continue
        resumed = re.match(r"<\.\.\. (\w+) resumed>", rest)
        name = resumed.group(1) if resumed else rest.split("(")[0]
        result = rest.rsplit(" = ", 1)[1].strip()
        processes.setdefault(pid, []).append(normal(name, result))
    return list(processes.values())


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strace")
    (folder / "known.c").write_text(PROGRAM)
    subprocess.run(["cc", "-O1", "-w", "-o", folder / "known", folder / "known.c"], check=True)
    return folder / "known"


def test_a_trace_equals_that_of_strace(kernel, program):
    assert shutil.which("strace"), "apt-get install strace"
    log = program.parent / "log"
    subprocess.run(["strace", "-f", "-o", log, program], check=True, stdout=subprocess.DEVNULL)
    theirs = calls_of_strace(log.read_text())
    result = ok(kernel.run(f"""
trace, err := ipclab.Strace(func() {{
	command := exec.Command({str(program)!r})
	command.Run()
}})
for _, e := range trace.Events() {{
	if e.Process == "known" && !e.Signal && e.Name != "" {{
		fmt.Printf("%d\\t%s\\t%s\\n", e.Pid, e.Name, e.Text)
	}}
}}""".replace("'", '"')))
    ours = {}
    for line in result.stdout.splitlines():
        pid, name, text = line.split("\t")
        ours.setdefault(pid, []).append(normal(name, text))
    ours = list(ours.values())
    # strace begins with execve; the new program's name is known after it.
    assert [c for c in theirs[0] if not c.startswith("execve")] == ours[0]
    assert theirs[1:] == ours[1:]
    assert len(ours) == 2


def test_a_trace_is_a_table(kernel):
    result = ok(kernel.run("""
r, w, _ := ipclab.Pipe()
x := 1
ipclab.Strace(func() {
	x = 2
	fmt.Fprint(w, "hello")
	r.Read(make([]byte, 10))
})"""))
    assert re.search(r'write\(\d+<pipe \d+, write end>, "hello", 5\) +5 ', result.value)
    shown = next(m["content"]["data"] for m in result.messages if m["msg_type"] == "execute_result")
    assert "<table" in shown["text/html"]
    assert ok(kernel.run("x")).value == "2"


def test_forks_and_programs_in_a_trace(kernel):
    result = ok(kernel.run("""
trace, _ := ipclab.Strace(func() {
	pid, _ := ipclab.Fork()
	if pid == 0 {
		unix.Write(1, []byte("in the child\\n"))
		os.Exit(4)
	}
	ipclab.Wait()
	exec.Command("true").Run()
})
for _, e := range trace.Only("write", "clone", "execve").Events() {
	fmt.Println(e.Process, e.Name, e.Errno == 0)
}"""))
    assert "in the child\n" in result.stdout
    assert "child write true\n" in result.stdout
    assert "this process clone true\n" in result.stdout
    assert "execve true\n" in result.stdout


def test_an_interrupt_ends_a_trace_and_keeps_the_state(kernel):
    ok(kernel.run("x := 7; r, w, _ := ipclab.Pipe()"))
    for body in ("for {}", "r.Read(make([]byte, 1))", "time.Sleep(time.Hour)"):
        request = kernel.execute(f'ipclab.Strace(func() {{ fmt.Println("begun"); {body} }})')
        kernel.await_text(request, "begun")
        assert kernel.ask("interrupt_request", channel="control")["status"] == "ok"
        result = kernel.finish(request)
        assert result.reply["status"] == "error", body
        assert ok(kernel.run("fmt.Println(x)")).stdout == "7\n"
    status = ok(kernel.run('text, _ := os.ReadFile("/proc/self/status"); fmt.Println(strings.Contains(string(text), "TracerPid:\\t0\\n"))'))
    assert status.stdout == "true\n"


def test_a_panic_in_a_trace(kernel):
    result = kernel.run('ipclab.Strace(func() { panic("as asked") })')
    assert result.reply["status"] == "error"
    assert "as asked" in "\n".join(result.reply["traceback"])
    ok(kernel.run("ipclab.Strace(func() {})"))


def shown(result):
    return "\n".join(m["content"]["data"]["text/plain"] for m in result.messages if m["msg_type"] == "display_data")


def test_a_cell_of_any_kind_is_traced(kernel):
    assert 'write(1<pipe' in shown(ok(kernel.run('%%strace\nfmt.Println("hello")')))
    result = ok(kernel.run("%%strace\n%%sh\necho hello; exec true"))
    assert result.stdout == "hello\n"
    assert re.search(r'execve\("/(usr/)?bin/true"', shown(result))
    result = ok(kernel.run('%%time\n%%strace\n%%c\n#include <stdio.h>\nint main(void) { puts("hello"); return 0; }'))
    assert result.stdout.startswith("hello\nwall ")
    assert re.search(r'\(cell\) +write\(1<pipe \d+, write end>, "hello\\n", 6\)', shown(result))
    failed = kernel.run("%%strace\n%%sh\nexit 3")
    assert failed.reply["status"] == "error"
    assert "exit_group(3)" in shown(failed)
