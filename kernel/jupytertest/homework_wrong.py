r"""Typical wrong solutions: what students hand in, the points it gets, and a part of what they read about it.

Each is the instructor's solution with something replaced. None for the points means some and not all, where chance has a
part in how many.
"""

WRONG = {
    "shell-pipeline": {
        "child goes on": (
            [("err := ipclab.Exec(command[0], command[1:]...)\n\t\tfmt.Fprintln(os.Stderr, err)\n\t\tos.Exit(127)\n\t}\n\treturn ipclab.WaitPid(pid)",
              "ipclab.Exec(command[0], command[1:]...)\n\t}\n\treturn ipclab.WaitPid(pid)")],
            11, "has the child returned?"),
        "one after the other": (
            [("pids = append(pids, pid)", "ipclab.WaitPid(pid)")],
            2 + 3, "who holds its read end has to read before it waits for the writer's end"),
        "children keep the ends": (
            [("\t\t\t\tr.Close()\n\t\t\t\tw.Close()\n", "")],
            10.5, "Nobody else reads: close the unused end"),
    },
    "fifo-chat": {
        "end of file": (
            [("path, unix.O_RDWR)", "path, unix.O_RDONLY|unix.O_NONBLOCK)")],
            None, "without writers Read returns 0 bytes and EOF"),
        "open that waits": (
            [("unix.O_WRONLY|unix.O_NONBLOCK", "unix.O_WRONLY")],
            11.5, "for writing, and no process has it open for reading"),
        "full letter box": (
            [("\tif err := unix.SetNonblock(int(fd), false); err != nil {\n\t\treturn err\n\t}\n", "")],
            None, "say did not wait for room: said, with the error: write"),
    },
    "signal-counter": {
        "not blocked": (
            [("ipclab.NewSigset(unix.SIGUSR1))\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tm.addEvent", "0)\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tm.addEvent")],
            8, "the handler saw 1 events of weight 10 with the weight 0 in all"),
        "unblocked": (
            [("m.addWeight(weight)\n\tipclab.Sigprocmask(unix.SIG_SETMASK, old)", "m.addWeight(weight)\n\t_ = old\n\tipclab.Sigprocmask(unix.SIG_UNBLOCK, ipclab.NewSigset(unix.SIGUSR1))")],
            8, "blocked before: {SIGUSR1 SIGUSR2}, after: {SIGUSR2}"),
        "looks, and waits then": (
            [("\t\tipclab.Sigsuspend(old)\n", "\t\tipclab.Sigprocmask(unix.SIG_SETMASK, old)\n\t\tipclab.Pause()\n")],
            8, "or it came just before the wait and is lost: block it first"),
        "a standard signal": (
            [("return ipclab.RtMin", "return unix.SIGUSR1")],
            7, "waits in sigwaitinfo for SIGUSR1"),
    },
    "deadlock": {
        "no order": (
            [("\tif second < first {\n\t\tfirst, second = second, first\n\t}\n", "")],
            10, "Take locks in the same order in every process."),
        "end left open": (
            [("\tw.Close()\n\ttext, err := io.ReadAll(r)", "\ttext, err := io.ReadAll(r)")],
            8, "End of file cannot come while it has the write end open"),
        "writes first": (
            [("writer, err := ipclab.Spawn(func() {\n\t\toutR.Close()\n\t\tfmt.Fprint(inW, text)\n\t})", "fmt.Fprint(inW, text)\n\twriter, err := ipclab.Spawn(func() {})")],
            11, "All of them write, and nobody reads."),
        "without the program": (
            [("\tinR, inW, err := ipclab.Pipe()", "\tif len(text) >= 0 {\n\t\treturn strings.ToUpper(text), nil\n\t}\n\tinR, inW, err := ipclab.Pipe()")],
            11.5, "since these are the letters it was told"),
    },
    "bounded-buffer": {
        "no lock": (
            [("\tb.Full.wait()\n\tb.Lock.wait()\n", "\tb.Full.wait()\n"), ("\tb.Lock.post()\n\tb.Free.post()", "\tb.Free.post()")],
            None, "take has changed Data while another process held the lock"),
        "does not wait for a message": (
            [("\tb.Full.wait()\n", "")],
            None, "take has returned from an empty buffer"),
        "semaphore begins with 0": (
            [("newSemaphore(slots)", "newSemaphore(len(\"\"))")],
            None, "Lock, Full, Free are 1, 0, 0; want 1, 0, 5"),
    },
    "crash-safe-spool": {
        "written in place": (
            [('\tfile, err := os.CreateTemp(filepath.Join(spool, "tmp"), "job")', '\tfile, err := os.Create(filepath.Join(spool, "new", name))')],
            11.5, "want IN_MOVED_TO alone"),
        "lost to another": (
            [('\t\tif !errors.Is(err, os.ErrNotExist) {\n\t\t\treturn "", err\n\t\t}\n', '\t\treturn "", err\n')],
            11, "no such file or directory"),
        "takes from the living": (
            [("err != nil || !errors.Is(ipclab.Kill(pid, 0), unix.ESRCH)", "err != nil || pid == 0")],
            11, "recoverJobs returned 3, <nil>; want 1"),
    },
    "descriptor-server": {
        "does not look at names": (
            [(' || strings.Contains(name, "/")', ""), ("|unix.O_NOFOLLOW", "")],
            10.5, '"../secret": the answer is "ok" with 1 descriptors, want an error'),
        "descriptors stay open": (
            [('err = conn.SendFDs([]byte("ok"), fd)\n\t\tfd.Close()\n', 'err = conn.SendFDs([]byte("ok"), fd)\n')],
            11, "4 descriptors before 20 requests, 24 after"),
        "reads without the descriptor": (
            [("n, fds, err := conn.RecvFDs(buffer, 1)", "n, err := conn.Read(buffer)\n\tvar fds []ipclab.FD")],
            7, 'the server has answered "ok" with 0 descriptors'),
    },
    "rpc-door": {
        "booked twice": (
            [('\tif q.ID != "" {\n\t\ta.Done[q.ID] = reply\n\t}\n', "")],
            9, "deposit of 30 into 100: 190, error <nil>; want 130"),
        "repeats refusals": (
            [("if !errors.Is(err, unix.EINTR) && !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.EBADF)", "if err == nil")],
            11.5, "a refusal was answered by more calls"),
        "panics on nonsense": (
            [('reply.Error = "this is no request: " + err.Error()', "panic(err)")],
            11, "the server procedure ended without DoorReturn"),
    },
}
