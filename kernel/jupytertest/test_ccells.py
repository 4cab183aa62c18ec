"""Cells of C: %%c, and the programs of notebooks/c as cells."""
import os
import re
import signal
import time
from pathlib import Path

import pytest

import leftovers

PROGRAMS = Path(__file__).resolve().parents[2] / "notebooks" / "c"

HELLO = '#include <stdio.h>\nint main(void) {\n\tprintf("hello\\n");\n\treturn 0;\n}\n'


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    """A cache of these tests' own."""
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(folder)
    yield folder / "ipclab" / "c"
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture(autouse=True)
def needs_compiler(compiler):
    pass


def program(name, line):
    """A cell with a program of notebooks/c."""
    return f"%%c {line}\n" + (PROGRAMS / f"{name}.c").read_text()


def keep(kernel, name, warnings=""):
    result = kernel.run(program(name, f"-o {name} -Wextra"))
    assert (result.error, result.stderr) == (None, warnings)


def plain(error):
    """A traceback without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error["traceback"]))


# Compiling


def test_a_program_runs(kernel):
    result = kernel.run("%%c\n" + HELLO)
    assert (result.stdout, result.stderr, result.error, result.value) == ("hello\n", "", None, None)
    source = '#include <math.h>\n#include <stdio.h>\nint main(void) { volatile double x = N; printf("%.0f %ld\\n", sqrt(x), __STDC_VERSION__); return 0; }'
    assert kernel.run(f"%%c root -std=c11 -D N=49 -lm\n{source}").stdout == "7 201112\n"


def test_errors_are_at_the_lines_of_the_cell(kernel):
    result = kernel.run("\n%%c queue -O1\n#include <stdio.h>\nint main(void) {\n\tint x = y;\n\treturn x\n}\n")
    assert result.stdout == result.stderr == ""
    assert result.error["ename"] == "CompileError"
    assert "y" in result.error["evalue"]
    text = plain(result.error)
    assert "cell1:5:10: error: " in text and "    \tint x = y;\n    \t        ^" in text
    assert "cell1:6:10: error: " in text
    assert "\x1b[1;31m" in "".join(result.error["traceback"])
    assert kernel.run("1 + 1").value == "2"
    linked = kernel.run("%%c\nint f(int);\nint main(void) {\n\treturn f(1);\n}\n").error
    assert re.search(r"cell3:4: error: undefined reference to .f", plain(linked))
    assert "cell4:2:10: error: nope.h" in plain(kernel.run("%%c\n#include <nope.h>\nint main(void) { return 0; }").error)


def test_warnings_are_shown_each_time_and_the_program_runs(kernel):
    for number in (1, 2):
        result = kernel.run('%%c\n#include <stdio.h>\nint main(void) { int unused; printf("ran\\n"); return 0; }')
        assert result.stdout == "ran\n" and result.error is None
        assert f"cell{number}:3:22:" in result.stderr and "warning: " in result.stderr and "unused" in result.stderr


def test_headers_of_the_working_folder(kernel, tmp_path):
    (tmp_path / "x.h").write_text('#define X "of the folder"\n')
    kernel.run(f'os.Chdir("{tmp_path}")')
    assert kernel.run('%%c\n#include <stdio.h>\n#include "x.h"\nint main(void) { puts(X); return 0; }').stdout == "of the folder\n"
    (tmp_path / "x.h").write_text('#define X "changed"\n')
    assert kernel.run('%%c\n#include <stdio.h>\n#include "x.h"\nint main(void) { puts(X); return 0; }').stdout == "changed\n"
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["x.h"]


def test_sources_and_scripts_may_be_larger_than_arguments(kernel):
    lines = "\n".join(f'"{i:060}"' for i in range(5000))
    result = kernel.run(f'%%c\n#include <stdio.h>\nstatic const char text[] = {lines};\nint main(void) {{ printf("%zu\\n", sizeof text); return 0; }}')
    assert result.stdout == "300001\n"
    filler = "# " + "x" * 200_000
    result = kernel.run(f"%%sh\n{filler}\nread line\necho got $line\nls /proc/self/fd | wc -l\nexit 4", answers=["a line"])
    assert result.stdout.split() == ["got", "a", "line", "4"]  # the fourth is of ls itself
    assert result.error["evalue"] == "exit status 4"
    assert kernel.run("!echo " + "y" * 200_000 + " | wc -c").stdout.strip() == "200001"


def test_the_cache_serves_all_kernels_of_a_user(start, cache):
    source = "%%c cached\n" + HELLO
    start().run(source)
    entry, = cache.glob("*/cached")
    time_of = entry.stat().st_mtime_ns
    assert start().run(source).stdout == "hello\n"
    assert [e.stat().st_mtime_ns for e in cache.glob("*/cached")] == [time_of]
    assert list(cache.glob("new-*")) == []


def test_without_a_compiler_it_says_what_to_install(kernel, tmp_path):
    kernel.run(f'path := os.Getenv("PATH"); os.Setenv("PATH", "{tmp_path}")')
    result = kernel.run("%%c\n" + HELLO)
    assert result.error["ename"] == "NoCompiler"
    for words in ("apt-get install gcc libc6-dev", "dnf install gcc glibc-devel", "apk add gcc musl-dev", "xcode-select --install"):
        assert words in plain(result.error)
    kernel.run('os.Setenv("PATH", path); os.Setenv("CC", "nosuchcc")')
    assert "nosuchcc" in kernel.run("%%c\n" + HELLO).error["evalue"]
    kernel.run('os.Setenv("CC", "cc -DTWO")')
    assert kernel.run("%%c\n#ifdef TWO\n" + HELLO + "#endif\n").stdout == "hello\n"


# Running


def test_what_a_program_starts_with(kernel, tmp_path):
    kernel.run(f'os.Setenv("GREETING", "hello"); os.Chdir("{tmp_path}"); own := os.Getpid()')
    result = kernel.run("""%%c print_all -args "one 'two three' -o"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
	for (int i = 0; i < argc; i++)
		printf("%s|", argv[i]);
	char folder[1000];
	printf("%s|%s|%s|%d\\n", __FILE__, getenv("GREETING"), getcwd(folder, sizeof folder), (int)getppid());
}""")
    assert result.stdout.strip().split("|") == [
        "print_all", "one", "two three", "-o", "print_all.c", "hello", str(tmp_path), kernel.run("own").value]
    result = kernel.run(r"""%%c
#include <stdio.h>
#include <string.h>
int main(void) {
	char line[200];
	FILE *f = fopen("/proc/self/status", "r");
	while (fgets(line, sizeof line, f))
		if (!strncmp(line, "SigBlk", 6) || !strncmp(line, "SigIgn", 6) || !strncmp(line, "SigCgt", 6))
			fputs(line, stdout);
	fclose(f);
}""")
    library = 1 << 31 | 1 << 32  # signals that the C library keeps for itself, and ignores in what it starts
    assert [int(line.split()[1], 16) & ~library for line in result.stdout.splitlines()] == [0, 0, 0]


def test_a_program_asks_for_input(kernel):
    result = kernel.run(r"""%%c
#include <stdio.h>
int main(void) {
	char name[50];
	int n;
	printf("name and number:\n");
	if (scanf("%49s %d", name, &n) == 2)
		printf("%s %d\n", name, 2 * n);
}""", answers=["Ada", "21"])
    assert result.stdout == "name and number:\nAda 42\n"
    assert kernel.run("%%c\n#include <stdio.h>\nint main(void) { return getchar() != EOF; }").error is None


ENDS = [
    ("return 3;", "ProgramError", "exit status 3", ":1: bad: exit status 3"),
    ("abort();", "ProgramError", "killed by SIGABRT", "assert(3)"),
    ("raise(SIGRTMIN + 2);", "ProgramError", "killed by SIGRTMIN+2", ":1:"),
    ("*(volatile int *)8 = 1;", "ProgramError", "killed by SIGSEGV", "memory that is not its own"),
    ("pause();", "TimeLimit", "did not end within 500ms and was killed", "It was blocked in "),
    ("for (;;);", "TimeLimit", "did not end within 500ms and was killed", "It was running."),
]


def test_how_a_program_ends_is_said(kernel):
    headers = "".join(f"#include <{name}.h>\n" for name in ("signal", "stdio", "stdlib", "unistd"))
    for body, name, value, words in ENDS:
        result = kernel.run(f'%%c bad -limit 0.5\n{headers}int main(void) {{ printf("begun\\n"); {body} }}')
        assert result.error["ename"] == name, body
        assert result.error["evalue"].removesuffix(" (core dumped)") == value
        assert words in plain(result.error)
        assert result.stdout == ("begun\n" if name == "ProgramError" else result.stdout)  # it may not have begun in time
        assert kernel.run("1 + 1").value == "2"


def test_the_limit_ends_children_too(kernel, mark):
    result = kernel.run("%%c -limit 0.3\n#include <signal.h>\n#include <unistd.h>\nint main(void) { signal(SIGTERM, SIG_IGN); fork(); fork(); for (;;) pause(); }")
    assert result.error["ename"] == "TimeLimit"
    limit = time.monotonic() + leftovers.GRACE  # what was killed needs a moment to go
    while "cell" in map(str.strip, leftovers.processes(mark).values()):
        assert time.monotonic() < limit, "a child of the program is left"
        time.sleep(0.02)


def test_standard_output_comes_line_by_line_and_time_is_told(kernel):
    source = '\n#include <stdio.h>\n#include <unistd.h>\nint main(void) { printf("line\\nrest"); _exit(0); }'
    assert kernel.run("%%c" + source).stdout == "line\n"
    assert kernel.run("%%c -buffered" + source).stdout == ""
    result = kernel.run("%%time\n%%c\n" + HELLO)
    assert re.fullmatch(r"hello\nwall \d+\.\d+ s, user \d+\.\d+ s, system \d+\.\d+ s\n", result.stdout)
    assert "cell4:5:" in plain(kernel.run("%%time\n%%c\n" + HELLO.replace("printf", "nope(")).error)


# Interrupting


def test_a_program_is_interrupted_and_the_state_kept(kernel):
    kernel.run('kept := "kept"')
    for handler in ("SIG_DFL", "SIG_IGN"):
        interrupt(kernel, handler)
    assert kernel.run("kept").value == "kept"
    assert kernel.run("%%c\n" + HELLO).stdout == "hello\n"


def interrupt(kernel, handler):
    request = kernel.execute(f'%%c\n#include <signal.h>\n#include <stdio.h>\n#include <unistd.h>\nint main(void) {{ signal(SIGINT, {handler}); printf("ready\\n"); for (;;) pause(); }}')
    kernel.await_text(request, "ready")
    begin = time.monotonic()
    kernel.manager.interrupt_kernel()
    result = kernel.finish(request)
    assert result.error["ename"] == "Interrupted"
    assert time.monotonic() - begin < 3
    assert not any(", line " in line for line in result.error["traceback"])  # none of the Go that has run it


def test_a_compiler_is_interrupted_and_leaves_nothing(kernel, tmp_path, cache):
    slow = tmp_path / "slowcc"
    slow.write_text('#!/bin/sh\ncase $* in *--version*) exit;; esac\necho begun >"$PIPE"\nsleep 60\n')
    slow.chmod(0o755)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    kernel.run(f'kept := "kept"; os.Setenv("CC", "{slow}"); os.Setenv("PIPE", "{pipe}")')
    request = kernel.execute("%%c\n" + HELLO)
    assert pipe.read_text() == "begun\n"
    kernel.manager.interrupt_kernel()
    result = kernel.finish(request)
    assert result.error["ename"] == "Interrupted" and result.stdout == ""
    assert kernel.run("kept").value == "kept"
    assert list(cache.glob("new-*")) == []


def test_what_a_program_leaves_running_ends_with_the_kernel(start, mark):
    kernel = start()
    result = kernel.run('%%c\n#include <stdio.h>\n#include <unistd.h>\nint main(void) { printf("parent\\n"); if (fork() == 0) { setsid(); sleep(60); } return 0; }')
    assert result.stdout == "parent\n" and result.error is None
    kernel.stop()
    assert not leftovers.await_none(mark)


def test_the_bounds_of_a_notebook_hold(start, monkeypatch):
    monkeypatch.setenv("IPCLAB_PROCESSES", "8")
    kernel = start()
    assert kernel.run("%%c bounded\n" + HELLO).stdout == "hello\n"  # the compiler is several processes itself
    result = kernel.run("%%c\n#include <unistd.h>\nint main(void) { for (int i = 0; i < 12; i++) if (fork() == 0) return sleep(60); return sleep(60); }")
    assert "too many processes" in result.stderr
    assert result.error["evalue"] == "killed by SIGKILL"
    assert kernel.run("1 + 1").value == "2"


# Kept programs


def test_a_kept_program_is_found_by_go_shell_and_c(kernel):
    source = '#include <stdio.h>\nint main(int argc, char **argv) { for (int c; (c = getchar()) != EOF;) putchar(c == \'a\' ? *argv[1] : c); return 0; }'
    result = kernel.run(f"%%c -o exchange\n{source}")
    assert result.error is None and 'ipclab.Program("exchange")' in result.stdout
    assert kernel.run("!echo banana | exchange o").stdout == "bonono\n"
    table = kernel.run('ipclab.Pipeline(ipclab.Program("echo", "banana"), ipclab.Program("exchange", "i"), ipclab.Function("upper", func() { text, _ := io.ReadAll(os.Stdin); fmt.Print(strings.ToUpper(string(text))) }))')
    assert table.stdout == "BININI\n" and "exchange i" in table.value
    assert kernel.run('out, err := exec.Command("exchange", "u").CombinedOutput(); fmt.Println(string(out), err)').stdout == " <nil>\n"
    assert kernel.run('%%c\n#include <stdlib.h>\nint main(void) { return system("echo a | exchange x"); }').stdout == "x\n"


def test_a_go_parent_runs_a_c_child(kernel):
    kernel.run("%%c -o square\n#include <stdio.h>\nint main(void) { int x; while (scanf(\"%d\", &x) == 1) printf(\"%d\\n\", x * x); return 5; }")
    result = kernel.run("""
toChild, toWrite, _ := ipclab.Pipe()
toRead, fromChild, _ := ipclab.Pipe()
pid, err := ipclab.Fork()
if pid == 0 {
	ipclab.Dup2(toChild, 0)
	ipclab.Dup2(fromChild, 1)
	for _, f := range []ipclab.FD{toChild, toWrite, toRead, fromChild} {
		f.Close()
	}
	fmt.Fprintln(os.Stderr, ipclab.Exec("square"))
	os.Exit(127)
}
toChild.Close()
fromChild.Close()
fmt.Fprintln(toWrite, 7, 8)
toWrite.Close()
text, err := io.ReadAll(toRead)
_, status, err := ipclab.Wait()
fmt.Printf("%q %v %v", text, status, err)
""")
    assert result.stdout == '"49\\n64\\n" exited with status 5 <nil>'
    assert kernel.run('child, _ := ipclab.Spawn(func() { ipclab.Exec("square") }); s, err := child.Wait(); fmt.Println(s, err)').stdout == "exited with status 5 <nil>\n"


def test_a_program_is_replaced_and_forgotten(kernel):
    for word in ("one", "two"):
        kernel.run(f'%%c -o say\n#include <stdio.h>\nint main(void) {{ puts("{word}"); return 0; }}')
        assert kernel.run("!say").stdout == f"{word}\n"
    assert kernel.run("os.Exit(3)").error["ename"] == "RuntimeDied"
    assert kernel.run("!say").stdout == "two\n"
    kernel.run("%reset")
    assert kernel.run("!say").error["evalue"] == "exit status 127"


def test_a_path_is_a_file_like_any_other(kernel, tmp_path):
    kernel.run(f'os.Chdir("{tmp_path}")')
    assert kernel.run("%%c -o ./hello\n" + HELLO).stdout == "./hello is compiled.\n"
    kernel.run("%reset")
    assert kernel.run(f"!{tmp_path}/hello").stdout == "hello\n"


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_kept_programs_go_with_the_kernel(start, cache, end):
    before = set(cache.glob("kept-*"))
    kernel = start()
    kernel.run("%%c -o say\n" + HELLO)
    assert len(set(cache.glob("kept-*")) - before) == 1
    if end == "kill":
        kernel.signal(signal.SIGKILL)
    kernel.stop()
    limit = time.monotonic() + leftovers.GRACE
    while set(cache.glob("kept-*")) - before and time.monotonic() < limit:
        time.sleep(0.02)
    assert set(cache.glob("kept-*")) <= before


# The course's programs


def test_fork_pipe_and_handlers_that_jump(kernel):
    result = kernel.run(program("fork_pipe", "fork_pipe -Wextra"))
    assert result.stdout == "the child sent 1\nthe child sent 4\nthe child sent 9\nthe child exited with status 0\n"
    assert (result.stderr, result.error) == ("", None)
    assert kernel.run(f"%%c '{PROGRAMS}/fork_pipe.c'").stdout == result.stdout
    assert kernel.run(program("longjmp", "longjmp -limit 20s")).stdout == (
        "the read took too long\njumped out of a handler: entered 1, left 0\nblocked now: SIGALRM 0, SIGUSR1 0\n")


def test_two_programs_meet_in_a_mapped_file(kernel, tmp_path):
    keep(kernel, "mmap_producer")
    keep(kernel, "mmap_consumer")
    result = kernel.run(f"""
consumer, _ := ipclab.Spawn(func() {{ ipclab.Exec("mmap_consumer", "{tmp_path}/board") }})
producer, _ := ipclab.Spawn(func() {{ ipclab.Exec("mmap_producer", "{tmp_path}/board", "hello by memory") }})
first, _ := producer.Wait()
second, _ := consumer.Wait()
fmt.Println(first, second)
""")
    lines = result.stdout.splitlines()
    assert sorted(lines[:2]) == ["consumed: hello by memory", "produced 15 bytes"]
    assert lines[2:] == ["exited with status 0 exited with status 0"]
    data = kernel.run(f'f, _ := os.ReadFile("{tmp_path}/board"); fmt.Print(f[0], " ", string(f[4:19]))')
    assert data.stdout == "15 hello by memory"


def test_a_queue_with_locks_in_a_mapped_file(kernel, tmp_path):
    keep(kernel, "mmap_locks")
    result = kernel.run(f"""
file := "{tmp_path}/queue"
start := func(args ...string) *ipclab.Process {{
	p, _ := ipclab.Spawn(func() {{ fmt.Fprintln(os.Stderr, ipclab.Exec("mmap_locks", args...)) }})
	return p
}}
start("create", file).Wait()
consumer, producer := start("consume", file, "100"), start("produce", file, "100")
a, _ := consumer.Wait()
b, _ := producer.Wait()
fmt.Println(a, b)
""")
    lines = result.stdout.splitlines()
    assert [line for line in lines if line.startswith("message")] == [f"message {i}" for i in range(1, 101)]
    assert "produced 100" in lines and lines[-1] == "exited with status 0 exited with status 0"
    assert "File exists" in kernel.run(program("mmap_locks", f'-args "create {tmp_path}/queue"')).stderr


def test_a_server_and_clients_at_a_socket(kernel, tmp_path):
    keep(kernel, "domain_sock_server")
    path = tmp_path / "socket"
    kernel.run(f"""
toRead, toWrite, _ := ipclab.Pipe()
server, _ := ipclab.Spawn(func() {{ ipclab.Dup2(toWrite, 1); ipclab.Exec("domain_sock_server", "{path}", "2") }})
toWrite.Close()
said := bufio.NewReader(toRead)
""")
    assert kernel.run('line, _ := said.ReadString(10); fmt.Print(line)').stdout == "listening\n"
    for name in ("Ada", "Grace"):
        assert kernel.run(program("domain_sock_client", f'-args "{path} {name}"')).stdout == f"the server says: hello, {name}\n"
    assert kernel.run('line, _ = said.ReadString(10); status, _ := server.Wait(); fmt.Print(line, status)').stdout == "served 2\nexited with status 0"
    result = kernel.run(program("domain_sock_client", f'-args "{path} late"'))
    assert result.error["evalue"] == "exit status 1" and "No such file" in result.stderr


def test_a_handler_that_is_not_reentrant_is_caught(kernel):
    for function in ("getpwnam", "malloc", "printf"):
        result = kernel.run(program("nonreentrant", f"-args {function} -limit 1s"))
        assert result.stdout == f"a signal each half a millisecond, and {function} in its handler\n"
        assert result.error["ename"] == "TimeLimit"
        assert "waited for a lock, in futex(2)" in plain(result.error)


# The editor


def test_help_and_what_is_wrong_in_the_line(kernel):
    text = kernel.run("%help %%c").stdout
    assert text.startswith("%%c [NAME]") and "-limit" in text
    payload, = kernel.run("%%c --help").reply["payload"]
    assert payload["data"]["text/plain"] == text
    for line, words in (
        ("%%c a b", "arguments for it go behind -args"), ("%%c -limit soon", "-limit 10s is one"), ("%%c -c", "there is %%sh"),
        ("%%c -o x -args y", "does not run it"),
    ):
        error = kernel.run(line + "\n" + HELLO).error
        assert error["ename"] == "MagicError" and words in error["evalue"]
    assert "no program" in kernel.run("%%c\n\n").error["evalue"]


def test_c_is_not_taken_for_go(kernel):
    for code, match in (("%%", "%%c"), ("%%c -li", "-limit"), ("%%c\nint main(void) { fmt.Pr", None), ("%%c\nfor", None)):
        found = kernel.ask("complete_request", {"code": code, "cursor_pos": len(code)})["matches"]
        assert match in found if match else found == []
    code = "%%c\nint main(void) { fmt.Println('it''s');"
    assert kernel.ask("inspect_request", {"code": code, "cursor_pos": code.index("Println"), "detail_level": 0})["found"] is False
    for text, status in ((code, "incomplete"), (code + "\n\n", "incomplete"), (code + "\n}\n\n", "complete"), ("%%c\n}", "incomplete")):
        assert kernel.ask("is_complete_request", {"code": text})["status"] == status
