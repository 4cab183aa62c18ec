"""Cells that crash, hang, flood, fork without end or spoil the process that runs them, for test_battery.py."""
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Bad:
    """A cell; what the error that it ends in says, None for no error; and the cell that takes back what is meant to stay.

    With interrupt the cell prints "begun" and is interrupted then.
    """

    code: str
    error: str = None
    interrupt: bool = False
    restore: str = None
    written: int = None  # how many characters of text the cell puts out, if that is known


BEGIN = 'fmt.Println("begun")\n'


def hang(code, error="interrupted", restore=None):
    return Bad(BEGIN + code, error, True, restore)


CRASHES = {
    "os.Exit": Bad("x = -1; os.Exit(3)", "exited with status 3"),
    "os.Exit of 0": Bad("x = -1; os.Exit(0)", "exited with status 0"),
    "log.Fatal": Bad('x = -1; log.Fatal("no use")', "no use"),
    "panic": Bad('panic("no use")', "no use"),
    "panic in a goroutine": Bad('go func() { panic("astray") }(); select {}', "astray"),
    "panic of nil": Bad("panic(nil)", "nil"),
    "write to a nil map": Bad("var m map[string]int; m[`a`] = 1", "assignment to entry in nil map"),
    "nil dereference": Bad("var p *pair; p.a = 1", "nil pointer"),
    "call of nil": Bad("var g func(); g()", "nil"),
    "index": Bad("s, i := []int{1}, 5; s[i] = 1", "index out of range"),
    "division by zero": Bad("zero := 0; 1 / zero", "divide by zero"),
    "type assertion": Bad("var v any = 1; v.(string)", "interface conversion"),
    "make of a negative size": Bad("n := -1; make([]int, n)", "len out of range"),
    "read of a bad address": Bad("*(*int)(unsafe.Pointer(uintptr(8)))", "invalid memory address"),
    "write to a mapping that is read only": Bad(
        "m, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANON); m[0] = 1", "does not permit the access (SIGSEGV)"),
    "read past the end of a mapped file": Bad(
        "g, _ := os.Create(dir+`/short`); m, err := unix.Mmap(int(g.Fd()), 0, 4096, unix.PROT_READ, unix.MAP_SHARED)\n"
        "g.Close()\nm[0]", "(SIGBUS)"),
    "stack overflow": Bad("var deep func(n int) int; deep = func(n int) int { return deep(n) + 1 }; x = -1; deep(0)", "stack"),
    "concurrent map writes": Bad(
        "m := map[int]int{}; for i := range 4 { go func() { for j := 0; ; j++ { m[j%10] = i } }() }; x = -1; select {}", "concurrent map"),
    "unlock of an unlocked mutex": Bad("x = -1; var m sync.Mutex; m.Unlock()", "unlock of unlocked mutex"),
    "negative WaitGroup": Bad("var g sync.WaitGroup; g.Add(-1)", "negative WaitGroup counter"),
    "close of a closed channel": Bad("c := make(chan int); close(c); close(c)", "close of closed channel"),
    "send on a closed channel": Bad("c := make(chan int); close(c); c <- 1", "send on closed channel"),
    "runtime.Goexit": Bad("runtime.Goexit()", "Goexit"),
    "runtime.Breakpoint": Bad("x = -1; runtime.Breakpoint()", "SIGTRAP"),
    "exec of a program that ends": Bad("x = -1; unix.Exec(`/bin/true`, []string{`true`}, nil)", "exited with status 0"),
    "exec of a program that stays": hang("x = -1; unix.Exec(`/bin/sleep`, []string{`sleep`, `60`}, nil)", "interrupt"),
}

# Signals to the process itself, and to its group.
for signal in ["SIGKILL", "SIGTERM", "SIGABRT", "SIGQUIT", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS", "SIGINT"]:
    CRASHES[f"{signal} to itself"] = Bad(f"x = -1; unix.Kill(os.Getpid(), unix.{signal}); time.Sleep(time.Hour)", "the runtime process")
CRASHES["signals without effect to itself"] = Bad(
    "for _, s := range []unix.Signal{unix.SIGHUP, unix.SIGALRM, unix.SIGXCPU, unix.SIGPIPE, unix.SIGURG, unix.SIGWINCH, unix.SIGCONT, unix.SIGCHLD} {\n"
    "    unix.Kill(os.Getpid(), s)\n}")
CRASHES["signal 40 to itself"] = Bad("unix.Kill(os.Getpid(), 40)")
CRASHES["SIGKILL to the group"] = Bad("x = -1; unix.Kill(0, unix.SIGKILL)", "SIGKILL")
CRASHES["SIGTERM to the group"] = Bad("x = -1; unix.Kill(0, unix.SIGTERM); time.Sleep(time.Hour)", "SIGTERM")
CRASHES["ptrace of itself"] = Bad("unix.PtraceAttach(os.Getpid())")
CRASHES["PTRACE_TRACEME"] = Bad("x = -1; runtime.LockOSThread(); syscall.RawSyscall(unix.SYS_PTRACE, unix.PTRACE_TRACEME, 0, 0)\n"
                                "unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGUSR1); time.Sleep(time.Hour)", "the runtime process")

HANGS = {
    "SIGSTOP to itself": hang("unix.Kill(os.Getpid(), unix.SIGSTOP); time.Sleep(time.Hour)"),
    "SIGTSTP to the group": hang("unix.Kill(0, unix.SIGTSTP); time.Sleep(time.Hour)"),
    "SIGSTOP to the group": hang("unix.Kill(0, unix.SIGSTOP); time.Sleep(time.Hour)"),
    "loop": hang("for {}"),
    "empty select": hang("select {}"),
    "receive": hang("<-make(chan int)"),
    "lock": hang("var m sync.Mutex; m.Lock(); m.Lock()"),
    "deadlock of two goroutines": hang("a, b := make(chan int), make(chan int); go func() { <-a; b <- 1 }(); <-b; a <- 1"),
    "sleep": hang("time.Sleep(time.Hour)"),
    "read of an empty pipe": hang("r, w, _ := os.Pipe(); r.Read(make([]byte, 1)); w.Close()"),
    "open of a FIFO": hang("name := dir + `/fifo`; unix.Mkfifo(name, 0o600); os.Open(name)", restore="os.Remove(name)"),
    "accept": hang("l, _ := net.Listen(`tcp`, `127.0.0.1:0`); l.Accept()", restore="l.Close()"),
    "http.ListenAndServe": hang("x = -1; http.ListenAndServe(`127.0.0.1:0`, nil)", "an interrupt does not end"),
    "wait for a child": hang("c, err := ipclab.Spawn(func() { select {} }); c.Wait()"),
    "child that ignores signals": hang("c, err := ipclab.Spawn(func() { signal.Ignore(unix.SIGINT, unix.SIGTERM); select {} }); c.Wait()"),
    "stopped child": hang("c := exec.Command(`sh`, `-c`, `kill -STOP $$`); c.Run()"),
    "flock": hang("a, _ := unix.Open(dir+`/data`, 0, 0); b, _ := unix.Open(dir+`/data`, 0, 0); unix.Flock(a, unix.LOCK_EX); unix.Flock(b, unix.LOCK_EX)",
                  restore="unix.Close(a); unix.Close(b)"),
    "futex": hang("word := new(uint32); unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), 0, 0, 0, 0, 0)"),
    "pause outside of the scheduler": hang("for { syscall.RawSyscall(unix.SYS_PAUSE, 0, 0, 0) }"),
    "busy loops on one processor": hang("runtime.GOMAXPROCS(1); for range 3 { go func() { select {} }() }; for {}", restore="runtime.GOMAXPROCS(2)"),
    "loop in a deferred call": hang("x = -1; defer func() { for {} }(); for {}", "an interrupt does not end"),
    "%%sh sleep": Bad("%%sh\necho begun\nsleep 60", "interrupt", True),
    "%%sh that ignores signals": Bad("%%sh\ntrap '' INT TERM\necho begun\nwhile :; do sleep 1; done", "interrupt", True),
}

FLOODS = {
    "stdout": Bad("os.Stdout.WriteString(strings.Repeat(`0123456789abcde\n`, 640<<10));".replace("\n", "` + \"\\n\" + `"), written=10 << 20),
    "stderr": Bad("os.Stderr.WriteString(strings.Repeat(`x`, 10<<20));", written=10 << 20),
    "single bytes": Bad("for range 50_000 { os.Stdout.WriteString(`x`) }", written=50_000),
    "invalid UTF-8": Bad("os.Stdout.Write(bytes.Repeat([]byte{0xff, 0xc3}, 1<<19));"),
    "binary": Bad("noise := make([]byte, 1<<20); rand.Read(noise); os.Stdout.Write(noise);"),
    "half a character": Bad("os.Stdout.Write([]byte{0xe2, 0x82});"),
    "text without end": hang("for { os.Stdout.WriteString(strings.Repeat(`x`, 1<<16)) }"),
    "displays without end": hang("for i := 0; ; i++ { ipclab.Display(i) }"),
    "large display": Bad("ipclab.Display(strings.Repeat(`x`, 20<<20))"),
    "large result": Bad("strings.Repeat(`x`, 20<<20)"),
    "result of a million": Bad("make([]int, 1_000_000)"),
    "result that refers to itself": Bad("type ring struct{ next *ring }; r := &ring{}; r.next = r; r"),
    "map as a result": Bad("m := map[int]string{}; for i := range 100_000 { m[i] = `x` }; m"),
    "large panic": Bad("panic(strings.Repeat(`x`, 10<<20))", "x"),
    "program": Bad("!head -c 10000000 /dev/zero | tr '\\0' x", written=10_000_000),
}

STORMS = {
    "Fork": hang("for { ipclab.Fork() }"),
    "Spawn": Bad("var err error; for err == nil { _, err = ipclab.Spawn(func() { select {} }) }; panic(err)", "EAGAIN"),
    "shell": Bad("%%sh\nb() { b | b & }; b\nsleep 100", "too many processes"),
    "zombies": Bad("for range 15 { ipclab.Spawn(func() {}) }", restore="for range 15 { ipclab.Wait() }"),
    "children left behind": Bad("var left []*ipclab.Process; for range 5 { c, _ := ipclab.Spawn(func() { select {} }); left = append(left, c) }",
                                restore="for _, c := range left { unix.Kill(c.Pid(), unix.SIGKILL); c.Wait() }"),
    "program left behind": Bad("c := exec.Command(`sleep`, `60`); c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}; c.Start()",
                               restore="c.Process.Kill(); c.Wait();"),
    "threads": Bad("done := make(chan int); for range 200 { go func() { runtime.LockOSThread(); <-done }() }", restore="close(done)"),
    "goroutines": Bad("done := make(chan int); for range 5000 { go func() { <-done }() }", restore="close(done)"),
    "memory": Bad("x = -1; var all [][]byte; for { all = append(all, bytes.Repeat([]byte{1}, 1<<20)) }", "out of memory"),
    "memory at once": Bad("x = -1; n := 1 << 44; b := make([]byte, n); b[0] = 1", "out of memory"),
    "mapping": Bad("x = -1; m, _ := unix.Mmap(-1, 0, 1<<30, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)\n"
                   "for i := 0; i < len(m); i += 4096 { m[i] = 1 }\ntime.Sleep(time.Hour)", "out of memory"),
}

DESCRIPTORS = {
    "0 closed": Bad("unix.Close(0)"),
    "1 closed": Bad("unix.Close(1)"),
    "2 closed": Bad("unix.Close(2)"),
    "0, 1 and 2 closed": Bad("for i := range 3 { unix.Close(i) }"),
    "os.Stdout closed": Bad("os.Stdout.Close()"),
    "os.Stdin closed": Bad("os.Stdin.Close()"),
    "os.Stderr closed": Bad("os.Stderr.Close()"),
    "os.Stdout nil": Bad("os.Stdout = nil"),
    "os.Stderr nil": Bad("os.Stderr = nil"),
    "all closed": Bad("x = -1; for i := 3; i < 1024; i++ { unix.Close(i) }", "the runtime process"),
    "all closed by close_range": Bad("x = -1; unix.CloseRange(0, 1<<31, 0)", "the runtime process"),
    "0, 1 and 2 redirected": Bad("null, _ := unix.Open(`/dev/null`, unix.O_RDWR, 0); for i := range 3 { unix.Dup2(null, i) }; unix.Close(null)"),
    "1 a full pipe": hang("var p [2]int; unix.Pipe(p[:]); unix.Dup2(p[1], 1); for { unix.Write(1, make([]byte, 1<<16)) }",
                          restore="unix.Close(p[0]); unix.Close(p[1])"),
    "1 nonblocking": Bad("unix.SetNonblock(1, true); unix.SetNonblock(2, true)"),
    "leak": Bad("var leak []int; for { n, err := unix.Open(`/dev/null`, 0, 0); if err != nil || n > 5000 { break }; leak = append(leak, n) }",
                restore="for _, n := range leak { unix.Close(n) }"),
    "leak to EMFILE": Bad("unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 400, Max: 4096}); var leak []int\n"
                          "for { n, err := unix.Open(`/dev/null`, 0, 0); if err != nil { break }; leak = append(leak, n) }",
                          restore="for _, n := range leak { unix.Close(n) }"),
    "epoll closed": Bad("x = -1; for i := 3; i < 400; i++ { l, _ := os.Readlink(fmt.Sprint(`/proc/self/fd/`, i)); if l == `anon_inode:[eventpoll]` { unix.Close(i) } }\n"
                        "time.Sleep(10 * time.Millisecond); select {}", "the runtime process"),
    "sockets shut down": Bad("x = -1; for i := 3; i < 400; i++ { unix.Shutdown(i, unix.SHUT_RDWR) }", "the runtime process"),
}

IGNORE = "signal.Ignore(unix.SIGINT, unix.SIGTERM, unix.SIGCHLD, unix.SIGPIPE)"
SIGACTION = "act := [4]uintptr{1}; for s := 1; s < 65; s++ { syscall.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(&act)), 0, 8, 0, 0) }"
BLOCK = "var all unix.Sigset_t; for i := range all.Val { all.Val[i] = ^uint64(0) }; unix.PthreadSigmask(unix.SIG_BLOCK, &all, nil)"


# Who may not raise a hard limit again, cannot go on below some; capabilities(7), CAP_SYS_RESOURCE.
PRIVILEGED = int(re.search(r"CapEff:\s*(\w+)", Path("/proc/self/status").read_text())[1], 16) >> 24 & 1
VITAL = {"AS": 1 << 20, "CPU": 1, "DATA": 1 << 20, "FSIZE": 0, "NOFILE": 0, "NPROC": 1}
LIMITS = VITAL | {"CORE": 0, "MEMLOCK": 0, "STACK": 4096}

ATTRIBUTES = {
    "removed folder": Bad("os.Mkdir(dir+`/gone`, 0o700); os.Chdir(dir+`/gone`); os.Remove(dir+`/gone`)", restore="os.Chdir(dir)"),
    "signals ignored": Bad(IGNORE, restore="signal.Reset()"),
    "all signals ignored": Bad("for s := range unix.Signal(65) { signal.Ignore(s) }", restore="signal.Reset()"),
    "all signals asked for": Bad("asked := make(chan os.Signal, 1); signal.Notify(asked)", restore="signal.Reset()"),
    "actions of all signals": Bad("x = -1; "+SIGACTION+"\nfor s := 1; s < 65; s++ { unix.Kill(os.Getpid(), unix.Signal(s)) }", "SIGKILL"),
    "signals blocked": Bad("runtime.LockOSThread(); " + BLOCK),
    "signals blocked in a thread that stays": Bad("done := make(chan int); go func() { runtime.LockOSThread(); " + BLOCK + "; done <- 1; <-done }(); <-done", restore="close(done)"),
    # A goroutine that ends on the main thread leaves it as it is: see the README, "Limits".
    "signals blocked by a raw call in a thread that stays": Bad(
        "done, blocked := make(chan int), make(chan int); var block func()\n"
        "block = func() {\n    runtime.LockOSThread()\n    if unix.Gettid() == unix.Getpid() { go block(); <-done; return }\n"
        "    all := ^uint64(0); syscall.RawSyscall6(unix.SYS_RT_SIGPROCMASK, 0, uintptr(unsafe.Pointer(&all)), 0, 8, 0, 0)\n"
        "    blocked <- 1; <-done\n}\ngo block(); <-blocked", restore="close(done)"),
    "umask": Bad("was := unix.Umask(0o777)", restore="unix.Umask(was)"),
    "nice": Bad("unix.Setpriority(unix.PRIO_PROCESS, 0, 19)", restore="unix.Setpriority(unix.PRIO_PROCESS, 0, 0)"),
    "affinity": Bad("var one unix.CPUSet; one.Set(0); unix.SchedSetaffinity(0, &one)"),
    "timer": Bad("unix.Setitimer(unix.ITIMER_REAL, unix.Itimerval{Value: unix.Timeval{Usec: 1}}); time.Sleep(10 * time.Millisecond)"),
    "timer of CPU time": Bad("unix.Setitimer(unix.ITIMER_VIRTUAL, unix.Itimerval{Value: unix.Timeval{Usec: 1000}}); for range 100_000 {}"),
    "no environment": Bad("before := os.Environ(); os.Clearenv()",
                          restore="for _, e := range before { k, v, _ := strings.Cut(e, `=`); os.Setenv(k, v) }"),
    "no collection": Bad("debug.SetGCPercent(-1)", restore="debug.SetGCPercent(100)"),
    "small stacks": Bad("x = -1; debug.SetMaxStack(1024); var deep func(n int) int; deep = func(n int) int { if n == 0 { return 0 }; return deep(n-1) + 1 }; deep(10000)", "stack"),
    "no memory limit": Bad("debug.SetMemoryLimit(1)", restore="debug.SetMemoryLimit(1<<40)"),
    "few threads": Bad("x = -1; debug.SetMaxThreads(1)", "thread"),
    "locked thread": Bad("runtime.LockOSThread()"),
    "log without output": Bad("log.SetOutput(nil)", restore="log.SetOutput(os.Stderr)"),
    "no time zone": Bad("time.Local = nil", restore="%undo"),
    "no default client": Bad("http.DefaultClient = nil", restore="%undo"),
    "os.Args nil": Bad("was := os.Args; os.Args = nil", restore="os.Args = was"),
    "munmap of its memory": Bad("x = -1; b := make([]byte, 1<<20); syscall.RawSyscall(unix.SYS_MUNMAP, uintptr(unsafe.Pointer(&b[0])), 1<<20, 0); b[1<<19] = 1",
                              "nothing is mapped there", restore="%undo"),
    "memory not writable": Bad("x = -1; b := make([]byte, 1<<20); syscall.RawSyscall(unix.SYS_MPROTECT, uintptr(unsafe.Pointer(&b[0])), 1<<20, 0); b[1<<19] = 1",
                               "does not permit the access", restore="%undo"),
    "parent-death signal": Bad("unix.Prctl(unix.PR_SET_PDEATHSIG, 9, 0, 0, 0)"),
    "not dumpable": Bad("unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)", restore="unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)"),
    "no new privileges": Bad("unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)"),
    "name": Bad("unix.Prctl(unix.PR_SET_NAME, uintptr(unsafe.Pointer(&[]byte(`a) R 1 (`)[0])), 0, 0, 0)"),
    "setsid": Bad("unix.Setsid()"),
    "setpgid": Bad("unix.Setpgid(0, 0)"),
    "another user": Bad("x = -1; syscall.Setuid(65534)", restore="%undo"),
    "unshare": Bad("unix.Unshare(unix.CLONE_FILES | unix.CLONE_FS)"),
    "chroot": Bad("unix.Chroot(dir)", restore="%undo"),
    "seccomp": hang("x = -1; runtime.LockOSThread(); unix.Prctl(unix.PR_SET_SECCOMP, 1, 0, 0, 0); select {}", "an interrupt does not end"),
}
for name, n in LIMITS.items():
    ATTRIBUTES[f"soft limit {name}"] = Bad(
        f"var l unix.Rlimit; unix.Getrlimit(unix.RLIMIT_{name}, &l); l.Cur = {n}; unix.Setrlimit(unix.RLIMIT_{name}, &l)")
    ATTRIBUTES[f"hard limit {name}"] = Bad(
        f"unix.Setrlimit(unix.RLIMIT_{name}, &unix.Rlimit{{Cur: {n}, Max: {n}}})",
        f"the hard limit RLIMIT_{name} (Max) is too low" if name in VITAL and not PRIVILEGED else None)

# The runtime's own descriptors, one at a time: sockets and pipes to the kernel.
for n in range(7):
    DESCRIPTORS[f"own descriptor {n} closed"] = Bad(
        "x = -1; own := []int{}; for i := 200; i < 400; i++ { l, err := os.Readlink(fmt.Sprint(`/proc/self/fd/`, i))\n"
        "if err == nil && (strings.HasPrefix(l, `socket:`) || strings.HasPrefix(l, `pipe:`)) { own = append(own, i) } }\n"
        f"unix.Close(own[{n}])", "the runtime process")
DESCRIPTORS |= {
    "own descriptors replaced": Bad("x = -1; null, _ := unix.Open(`/dev/null`, unix.O_RDWR, 0); for i := 200; i < 220; i++ { unix.Dup2(null, i) }",
                                    "the runtime process"),
    "garbage to all": Bad("for i := 3; i < 400; i++ { unix.Write(i, []byte(`garbage`)) }"),
    "all nonblocking": Bad("x = -1; for i := 3; i < 400; i++ { unix.SetNonblock(i, true) }; unix.Kill(os.Getpid(), 9)", "SIGKILL"),
    "read of standard input": Bad("var s string; fmt.Scan(&s)"),
}
CRASHES |= {
    "killed by a child": Bad("x = -1; ipclab.Spawn(func() { unix.Kill(os.Getppid(), unix.SIGKILL) }); select {}", "SIGKILL"),
    "munmap of the program": Bad("x = -1; syscall.RawSyscall(unix.SYS_MUNMAP, 0x400000, 1<<26, 0)", "the runtime process"),
    "clone without a stack": Bad("x = -1; syscall.RawSyscall6(unix.SYS_CLONE, unix.CLONE_VM|unix.CLONE_SIGHAND|unix.CLONE_THREAD, 4096, 0, 0, 0, 0); select {}", "SIGSEGV"),
    "raw fork": Bad("pid, _, _ := syscall.RawSyscall(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0); if pid == 0 { syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0) }; ipclab.WaitPid(int(pid))"),
    "raw fork that goes on": Bad("pid, _, _ := syscall.RawSyscall(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0); if pid == 0 { for {} }; unix.Kill(int(pid), unix.SIGKILL); ipclab.WaitPid(int(pid))"),
    "panic in a package": Bad("http.HandleFunc(`/twice`, nil)", "nil"),
    "flag.Parse": Bad("flag.Parse()"),
}
HANGS |= {
    "stopped by a child": hang("ipclab.Spawn(func() { unix.Kill(os.Getppid(), unix.SIGSTOP) }); select {}", restore="ipclab.Wait()"),
    "traced by a child": hang("c, err := ipclab.Spawn(func() { signal.Ignore(unix.SIGINT); runtime.LockOSThread(); unix.PtraceAttach(os.Getppid()); select {} }); c.Wait()"),
    "exit of a thread": hang("x = -1; runtime.LockOSThread(); syscall.RawSyscall(unix.SYS_EXIT, 0, 0, 0)", "an interrupt does not end"),
}
ATTRIBUTES |= {
    "memory locked": Bad("unix.Mlockall(unix.MCL_CURRENT|unix.MCL_FUTURE)", restore="unix.Munlockall()"),
    "subreaper": Bad("unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)"),
    "finalizer that blocks": Bad("runtime.SetFinalizer(&[16]byte{}, func(*[16]byte) { select {} }); runtime.GC()"),
    "long tracebacks": Bad("debug.SetTraceback(`system`)"),
    "many processors": Bad("runtime.GOMAXPROCS(100)", restore="runtime.GOMAXPROCS(2)"),
    "another user, then an end": Bad("x = -1; syscall.Setuid(65534); os.Exit(1)", "exited with status 1"),
    "no alternate signal stack": Bad("runtime.LockOSThread(); off := [3]uintptr{0, 2, 0}; syscall.RawSyscall(unix.SYS_SIGALTSTACK, uintptr(unsafe.Pointer(&off)), 0, 0)"),
}

CELLS = {f"{kind}: {name}": cell
         for kind, cells in [("crash", CRASHES), ("hang", HANGS), ("flood", FLOODS), ("storm", STORMS),
                             ("descriptors", DESCRIPTORS), ("attributes", ATTRIBUTES)]
         for name, cell in cells.items()}
