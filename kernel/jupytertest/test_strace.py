"""System-call traces from cells."""
import re
import shutil
import subprocess
import time

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

# The same, with threads, signals, a socket, locks, shared memory and vfork.
PROGRAM2 = r"""
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void on(int s) { (void)s; }
static void *other(void *arg) { write(*(int *)arg, "thread", 6); return NULL; }

int main(void)
{
	int ends[2];
	char text[6];
	struct sigaction a = {.sa_handler = on, .sa_flags = SA_RESTART};
	sigaddset(&a.sa_mask, SIGTERM);
	sigaction(SIGUSR1, &a, NULL);
	kill(getpid(), SIGUSR1);
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	pthread_t t;
	pthread_create(&t, NULL, other, &ends[1]);
	pthread_join(t, NULL);
	read(ends[0], text, 6);
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	shmctl(id, IPC_RMID, NULL);
	int fd = open("/dev/null", O_RDWR | O_APPEND);
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10};
	fcntl(fd, F_SETLK, &l);
	struct sockaddr_un u = {.sun_family = AF_UNIX, .sun_path = "/nonexistent"};
	connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&u, sizeof u);
	if (vfork() == 0)
		_exit(2);
	wait(NULL);
	return 0;
}
"""

# Calls whose arguments strace writes as ipclab does, but for what descriptors refer to.
ALIKE = ("read", "write", "openat", "access", "close", "kill", "socketpair", "pipe2", "pipe", "shmget", "shmctl", "socket", "unlink", "exit_group", "exit")


def normal(name, result):
    """A call without what differs from run to run: addresses, process numbers."""
    if re.fullmatch(r"0x[0-9a-f]+", result):
        result = "address"
    if name in ("clone", "clone3", "fork", "vfork", "wait4", "set_tid_address", "getpid", "shmget", "futex"):
        result = re.sub(r"^\d+$", "pid", result)
    return f"{name} = {re.split(r'[ <]', result)[0] if not result.startswith('-1') else ' '.join(result.split()[:2])}"


def arguments(name, text, own):
    """The arguments as both write them; the pid of the process itself and the numbers of segments are not compared."""
    if name not in ALIKE:
        return ""
    text = re.sub(r"(\d)<[^>]*>", r"\1", text)
    text = re.sub(r"\\x([0-9a-f]{2})|\\([0-7]{1,3})", "byte", text)  # each has its own way to write bytes that are no text
    text = re.sub(r"\b%s\b" % own, "self", text)
    if name in ("shmctl", "read", "pipe", "socketpair") or "byte" in text:
        text = text.split(",")[0] if name != "shmctl" else ""
    return text


def without_futex(calls):
    """Whether a thread has to wait for another depends on which is first."""
    return [c for c in calls if not c.startswith("futex")]


def calls_of_strace(text):
    """The calls of each thread, in order."""
    threads, begun, first = {}, {}, text.split(maxsplit=1)[0]
    for line in text.splitlines():
        tid, rest = line.split(maxsplit=1)
        if rest.startswith(("---", "+++")):
            continue
        if "<unfinished" in rest:
            begun[tid] = rest.split(" <unfinished")[0]
            continue
        resumed = re.match(r"<\.\.\. (\w+) resumed>,? ?", rest)
        if resumed:
            rest = begun.pop(tid) + rest[resumed.end():]
        call, result = rest.rsplit(" = ", 1)
        name, args = call.strip()[:-1].split("(", 1)
        threads.setdefault(tid, []).append(normal(name, result.strip()) + " " + arguments(name, args, first))
    return [without_futex(calls) for calls in threads.values()]


def calls_of_ipclab(kernel, program):
    result = ok(kernel.run(f"""
trace, err := ipclab.Strace(func() {{
	command := exec.Command({str(program)!r})
	command.Run()
}})
for _, e := range trace.Events() {{
	if e.Process == "{program.name}" && !e.Signal && e.Name != "" {{
		fmt.Printf("%d\\t%d\\t%s\\t%s\\t%s\\n", e.Pid, e.Tid, e.Name, strings.Join(e.Args, ", "), e.Text)
	}}
}}""".replace("'", '"')))
    threads, first = {}, result.stdout.split("\t")[0]
    for line in result.stdout.splitlines():
        _, tid, name, args, text = line.split("\t")
        threads.setdefault(tid, []).append(normal(name, text) + " " + arguments(name, args, first))
    return [without_futex(calls) for calls in threads.values()]


@pytest.fixture(scope="module", params=[("known", PROGRAM, 2), ("threads", PROGRAM2, 3)], ids=lambda p: p[0])
def program(request, tmp_path_factory):
    name, source, threads = request.param
    folder = tmp_path_factory.mktemp("strace")
    (folder / f"{name}.c").write_text(source)
    subprocess.run(["cc", "-O1", "-w", "-pthread", "-o", folder / name, folder / f"{name}.c"], check=True)
    return folder / name, threads


def test_a_trace_equals_that_of_strace(kernel, program):
    assert shutil.which("strace"), "apt-get install strace"
    path, threads = program
    log = path.parent / "log"
    subprocess.run(["strace", "-f", "-o", log, path], check=True, stdout=subprocess.DEVNULL)
    theirs, ours = calls_of_strace(log.read_text()), calls_of_ipclab(kernel, path)
    # strace begins with execve; the new program's name is known after it.
    assert [c for c in theirs[0] if not c.startswith("execve")] == ours[0]
    assert theirs[1:] == ours[1:]
    assert len(ours) == threads


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


def test_traces_begun_at_once(kernel):
    result = ok(kernel.run("""
var both sync.WaitGroup
for range 2 {
    both.Go(func() {
        _, err := ipclab.Strace(func() { time.Sleep(50 * time.Millisecond) })
        fmt.Println(err == nil || errors.Is(err, unix.EBUSY))
    })
}
both.Wait()
"""))
    assert result.stdout == "true\ntrue\n", result.stdout


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
    # The comment makes it another program each time, which has to be compiled: that is not shown, not even as left out.
    result = ok(kernel.run(f'%%time\n%%strace\n%%c\n#include <stdio.h>\nint main(void) {{ puts("hello"); return 0; }} // {time.time_ns()}'))
    assert "cc1" not in shown(result) and not re.search(r"this process.* read\(.*, 512\)", shown(result)) and len(shown(result).splitlines()) < 100, shown(result)
    left_out = re.search(r"left out here: (\d+)", shown(result))
    assert left_out is None or int(left_out[1]) < 1000, shown(result)  # the compiler makes thousands
    assert result.stdout.startswith("hello\nwall ")
    assert re.search(r'\(cell\) +\d+ +write\(1<pipe \d+, write end>, "hello\\n", 6\)', shown(result))
    result = kernel.run("%%strace\n%%c -Wextra\nint main(void) { int unused; return 3; }")
    assert result.error["ename"] == "ProgramError" and result.stderr.count("unused variable") == 1 and "warni" not in shown(result)
    result = kernel.run("%%strace\n%%c\nint main(void) { return 0 }")
    assert result.error["ename"] == "CompileError" and "display_data" not in result.types
    result = shown(ok(kernel.run("%%strace -c\n%%sh\ntrue; true | true")))
    assert re.search(r"^call +calls +failed +system", result) and re.search(r"^exit_group +3 ", result, re.M), result
    failed = kernel.run("%%strace\n%%sh\nexit 3")
    assert failed.reply["status"] == "error"
    assert "exit_group(3)" in shown(failed)
