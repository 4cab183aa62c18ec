"""Cells that wait or go on for ever, for test_interrupt.py. Each prints "begun" just before."""

BEGIN = 'fmt.Println("begun")\n'

# Where no program and no read is involved, an interrupt takes effect at once.
AT_ONCE = {
    "loop": BEGIN + "for { steps++ }",
    "loop in a function": BEGIN + "spin()",
    "recursion": "var again func(n int); again = func(n int) { if n > 100 { return }; again(n + 1); again(n + 1) }; " + BEGIN + "again(0)",
    "send": "c := make(chan int); " + BEGIN + "c <- 1",
    "send to a full buffer": "c := make(chan string, 1); c <- `a`; " + BEGIN + "c <- `b`",
    "receive": "c := make(chan int); " + BEGIN + "<-c",
    "receive a struct": "c := make(chan struct{ A, B int }); " + BEGIN + "v := <-c; fmt.Println(v)",
    "receive with ok": "c := make(chan int); " + BEGIN + "v, ok := <-c; fmt.Println(v, ok)",
    "receive in a condition": "c := make(chan bool); " + BEGIN + "if <-c { fmt.Println(1) }",
    "receive as an argument": "c := make(chan int); " + BEGIN + "fmt.Println(1, <-c)",
    "range over a channel": "c := make(chan int, 1); c <- 1; " + BEGIN + "for v := range c { fmt.Println(v) }",
    "range without a variable": "c := make(chan int); " + BEGIN + "for range c {}",
    "select": "c, d := make(chan int), make(chan string); " + BEGIN + "select { case v := <-c: fmt.Println(v); case d <- `a`: }",
    "select in a loop": "c := make(chan int); " + BEGIN + "for { select { case v, ok := <-c: fmt.Println(v, ok) } }",
    "select with default": "c := make(chan int); " + BEGIN + "for { select { case <-c: default: } }",
    "empty select": BEGIN + "select {}",
    "receive from nil": "var c chan int; " + BEGIN + "<-c",
    "send to nil": "var c chan int; " + BEGIN + "c <- 1",
    "timer": BEGIN + "<-time.After(time.Hour)",
    "context": BEGIN + "<-context.Background().Done()",
    "iter.Pull": "next, stop := iter.Pull(func(yield func(int) bool) { select {} }); defer stop(); " + BEGIN + "next()",
    "range over a function": "n := 0; for range func(yield func(int) bool) { for yield(1) {} } { if n++; n == 1 { " + BEGIN + "} }",
    "generic function": "func take[T any](c chan T) T { return <-c }\n" + BEGIN + "take(make(chan float64))",
}

# Waits outside of the interpreter.
SOON = {
    "sleep": BEGIN + "time.Sleep(time.Hour)",
    "WaitGroup": "var g sync.WaitGroup; g.Add(1); " + BEGIN + "g.Wait()",
    "Mutex": "var m sync.Mutex; m.Lock(); " + BEGIN + "m.Lock()",
    "embedded Mutex": "type Safe struct { sync.Mutex; n int }; var s Safe; s.Lock(); " + BEGIN + "s.Lock()",
    "method value": "var m sync.Mutex; lock := m.Lock; lock(); " + BEGIN + "lock()",
    "RWMutex": "var m sync.RWMutex; m.RLock(); " + BEGIN + "m.Lock()",
    "RWMutex, read": "var m sync.RWMutex; m.Lock(); " + BEGIN + "m.RLock()",
    "Cond": "var m sync.Mutex; c := sync.NewCond(&m); m.Lock(); defer m.Unlock(); " + BEGIN + "c.Wait()",
    "read a pipe": "r, w, _ := os.Pipe(); " + BEGIN + "r.Read(make([]byte, 1)); w.Close()",
    "write a full pipe": "r, w, _ := os.Pipe(); " + BEGIN + "w.Write(make([]byte, 1<<20)); r.Close()",
    "read a blocking pipe": "var p [2]int; unix.Pipe(p[:]); f := os.NewFile(uintptr(p[0]), `pipe`); " + BEGIN + "f.Read(make([]byte, 1))",
    "scan a blocking pipe": "var p [2]int; unix.Pipe(p[:]); f := bufio.NewScanner(os.NewFile(uintptr(p[0]), `pipe`)); " + BEGIN + "f.Scan()",
    "scan a pipe": "r, w, _ := os.Pipe(); lines := bufio.NewScanner(r); " + BEGIN + "for lines.Scan() {}; w.Close()",
    "read all of a pipe": "r, w, _ := os.Pipe(); " + BEGIN + "io.ReadAll(r); w.Close()",
    "copy a pipe": "r, w, _ := os.Pipe(); " + BEGIN + "io.Copy(os.Stdout, r); w.Close()",
    "open a FIFO": "name := os.TempDir() + `/fifo`; unix.Mkfifo(name, 0o600); defer os.Remove(name); " + BEGIN + "os.Open(name)",
    "unix.Open of a FIFO": "name := os.TempDir() + `/fifo`; unix.Mkfifo(name, 0o600); defer os.Remove(name); " + BEGIN + "unix.Open(name, unix.O_WRONLY, 0)",
    "unix.Read": "var p [2]int; unix.Pipe(p[:]); " + BEGIN + "unix.Read(p[0], make([]byte, 1))",
    "unix.Read in a loop": "var p [2]int; unix.Pipe(p[:]); " + BEGIN + "for { if _, err := unix.Read(p[0], make([]byte, 1)); err != unix.EINTR { break } }",
    "unix.Poll": BEGIN + "unix.Poll(nil, -1)",
    "unix.Wait4": "c := exec.Command(`sleep`, `60`); c.Start(); " + BEGIN + "var s unix.WaitStatus; unix.Wait4(c.Process.Pid, &s, 0, nil)",
    "ipclab.FD": "r, w, _ := ipclab.Pipe(); " + BEGIN + "r.Read(make([]byte, 1)); w.Close()",
    "ipclab.Wait": "ipclab.Spawn(func() { signal.Ignore(unix.SIGINT); fmt.Println(`begun`); select {} }); ipclab.Wait()",
    "accept TCP": "l, _ := net.Listen(`tcp`, `127.0.0.1:0`); defer l.Close(); " + BEGIN + "l.Accept()",
    "read TCP": "l, _ := net.Listen(`tcp`, `127.0.0.1:0`); defer l.Close(); c, _ := net.Dial(`tcp`, l.Addr().String()); " + BEGIN + "c.Read(make([]byte, 1))",
    "read UDP": "c, _ := net.ListenPacket(`udp`, `127.0.0.1:0`); defer c.Close(); " + BEGIN + "c.ReadFrom(make([]byte, 1))",
}

# Programs: those that end by SIGINT, and those that have to be made to.
PROGRAMS = {
    "command": "!echo begun; sleep 60",
    "script": "%%sh\necho begun\nsleep 60",
    "script that ignores SIGINT": "%%sh\ntrap '' INT\necho begun\nsleep 60",
    "script that ignores SIGINT and SIGTERM": "%%sh\ntrap '' INT TERM\necho begun\nwhile :; do sleep 1; done",
    "exec": 'c := exec.Command("sh", "-c", "echo begun; sleep 60"); c.Stdout = os.Stdout; c.Run()',
    "Output": BEGIN + 'exec.Command("sleep", "60").Output()',
    "own session": 'c := exec.Command("sh", "-c", "trap \'\' INT; echo begun; sleep 60"); c.Stdout = os.Stdout; c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}; c.Run()',
    "orphan in its own session": BEGIN + 'exec.Command("sh", "-c", "setsid sh -c \'trap \\"\\" INT TERM; sleep 60\' &").Output()',
}
