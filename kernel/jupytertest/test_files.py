"""Files as means of communication, from cells: /proc, spools, cron and print queues, lock files and locks of files."""
from client import ok

FOLDER = 'folder := os.TempDir() + "/f"; os.Mkdir(folder, 0o755)\n'
SPOOL = FOLDER + 's, err := ipclab.OpenSpool(folder + "/spool")\n'
CLEAN = "os.RemoveAll(folder)"


def test_proc_as_tables(kernel):
    assert "nr_free_pages" in ok(kernel.run("v, err := ipclab.VMStat(); v")).value
    assert "pgfault" in ok(kernel.run("w, err := ipclab.VMStat(); w.Since(v)")).value
    assert "Processors, from /proc/cpuinfo" in ok(kernel.run("cpus, err := ipclab.CPUInfo(); cpus")).value
    assert "15 minutes" in ok(kernel.run("load, err := ipclab.LoadAverage(); load")).value
    result = ok(kernel.run("""
child, _ := ipclab.Spawn(func() { select {} })
r, err := ipclab.ReadProcess(child.Pid())
child.Kill()
child.Wait()
fmt.Println(r.Parent == os.Getpid(), r.State == "zombie", len(r.Limits) > 10, err)
r
"""))
    assert result.stdout == "true false true <nil>\n"
    assert "context switches to wait" in result.value
    assert "Max open files" in ok(kernel.run("r.LimitsTable()")).value
    assert "ESRCH" in ok(kernel.run("_, err = ipclab.ReadProcess(child.Pid()); err")).value


def test_spool_with_workers_that_die(kernel):
    ok(kernel.run(SPOOL))
    result = ok(kernel.run("""
work := func(j *ipclab.Job) ([]byte, error) {
	data, err := j.Data()
	if j.Name() == "deadly" && j.Attempt() == 1 {
		unix.Kill(os.Getpid(), unix.SIGKILL)
	}
	if j.Name() == "bad" {
		return nil, errors.New("cannot be done")
	}
	return []byte(strings.ToUpper(string(data))), err
}
var workers []*ipclab.Process
for range 3 {
	p, _ := ipclab.Spawn(func() { s.Work(time.Minute, work) })
	workers = append(workers, p)
}
var ids []string
for _, name := range []string{"a", "deadly", "bad", "b"} {
	id, err := s.Submit(name, []byte("text of "+name))
	if err != nil {
		fmt.Println(err)
	}
	ids = append(ids, id)
}
for _, id := range ids {
	result, err := s.ResultWithin(id, time.Minute)
	fmt.Println(string(result), err != nil && errors.Is(err, unix.ECANCELED))
}
for _, p := range workers {
	p.Kill()
	p.Wait()
}
table, _ := s.Jobs()
table
"""))
    assert result.stdout == "TEXT OF A false\nTEXT OF DEADLY false\n true\nTEXT OF B false\n"
    assert "failed" in result.value and "-deadly" in result.value
    ok(kernel.run(CLEAN))


def test_spool_in_the_cell_itself(kernel):
    ok(kernel.run(SPOOL))
    result = ok(kernel.run("""
id, _ := s.Submit("job", []byte("21"))
n, err := s.Work(0, func(j *ipclab.Job) ([]byte, error) {
	data, _ := j.Data()
	var x int
	fmt.Sscan(string(data), &x)
	return fmt.Appendf(nil, "%d", 2*x), nil
})
result, _ := s.Result(id)
fmt.Println(n, err, string(result))
"""))
    assert result.stdout == "1 <nil> 42\n"
    ok(kernel.run('s.Submit("job", nil)'))
    result = kernel.run('s.Work(0, func(j *ipclab.Job) ([]byte, error) { panic("as asked") })')
    assert result.reply["status"] == "error"
    assert ok(kernel.run('j, err := s.Claim(); fmt.Println(j.Attempt(), err)')).stdout == "2 <nil>\n"
    ok(kernel.run("j.Done(nil)"))
    ok(kernel.run('s.Submit("job", []byte("text"))'))
    request = kernel.execute('s.Work(time.Minute, func(j *ipclab.Job) ([]byte, error) { fmt.Println("begun"); for {} })')
    kernel.await_text(request, "begun")
    kernel.manager.interrupt_kernel()
    assert kernel.finish(request).reply["status"] == "error"
    assert ok(kernel.run('j, err := s.Claim(); fmt.Println(j.Attempt(), err)')).stdout == "2 <nil>\n"
    ok(kernel.run("j.Done(nil)"))
    # a job that a runtime which was lost had claimed
    ok(kernel.run('s.Submit("job", nil)'))
    assert kernel.run("s.Claim(); unix.Kill(os.Getpid(), unix.SIGKILL)").reply["status"] == "error"
    result = ok(kernel.run('ids, err := s.Recover(); j, _ := s.Claim(); fmt.Println(len(ids), err, j.Attempt())'))
    assert result.stdout == "1 <nil> 2\n"
    ok(kernel.run(CLEAN))


WAITS = {
    "ClaimWithin": "s.ClaimWithin(time.Hour)",
    "ResultWithin": 'id, _ := s.Submit("job", nil); s.ResultWithin(id, time.Hour)',
    "WatchFolder": "w, _ := ipclab.WatchFolder(folder); defer w.Close(); w.Next(time.Hour)",
    "NewLockFileWithin": "l, _ := ipclab.NewLockFile(path); defer l.Unlock(); ipclab.NewLockFileWithin(path, time.Hour)",
    "Flock": "a, b := open(), open(); defer a.Close(); defer b.Close(); a.Flock(unix.LOCK_EX); b.Flock(unix.LOCK_EX)",
    "FlockWithin": "a, b := open(), open(); defer a.Close(); defer b.Close(); a.Flock(unix.LOCK_EX); b.FlockWithin(unix.LOCK_EX, time.Hour)",
    "SetLockWait": "l := ipclab.RangeLock{Type: unix.F_WRLCK, OFD: true}; a, b := open(), open(); "
                   "defer a.Close(); defer b.Close(); a.SetLock(l); b.SetLockWait(l)",
    "Cron": 'ipclab.Cron(folder+"/state", []ipclab.CronFolder{{Path: folder, Every: time.Hour}}, time.Hour)',
}


def test_waits_are_interrupted(kernel):
    ok(kernel.run(SPOOL + """
path := folder + "/lock"
open := func() ipclab.FD { fd, _ := ipclab.Open(folder+"/file", unix.O_RDWR|unix.O_CREAT|unix.O_CLOEXEC); return fd }
kept := 0
"""))
    for name, code in WAITS.items():
        request = kernel.execute(f'kept++\nfunc() {{\nfmt.Println("begun")\n{code}\n}}()')
        kernel.await_text(request, "begun")
        kernel.manager.interrupt_kernel()
        result = kernel.finish(request)
        assert result.error is not None and result.error["ename"] == "Interrupted", (name, result.reply)
    result = ok(kernel.run("""
table, _ := ipclab.Descriptors()
fmt.Println(kept)
table
"""))
    assert result.stdout == f"{len(WAITS)}\n"
    assert "inotify" not in result.value and folder_of(result) == [], result.value
    ok(kernel.run(CLEAN))


def folder_of(result):
    """The lines of a descriptor table that are about files of the test."""
    return [line for line in result.value.splitlines() if "/f/" in line]


def test_an_interrupted_cron_leaves_no_lock_and_no_program(kernel):
    ok(kernel.run(FOLDER))
    ok(kernel.run('os.Mkdir(folder+"/hourly", 0o755); os.WriteFile(folder+"/hourly/job", []byte("#!/bin/sh\\necho begun; sleep 600\\n"), 0o755)'))
    request = kernel.execute('ipclab.Cron(folder+"/state", []ipclab.CronFolder{{Path: folder+"/hourly", Every: time.Hour}}, time.Hour)')
    kernel.await_text(request, "begun")
    kernel.manager.interrupt_kernel()
    kernel.finish(request)
    result = ok(kernel.run('_, err := os.Stat(folder + "/state/cron.lock"); fmt.Println(os.IsNotExist(err)); p, _ := ipclab.Processes(); p'))
    assert result.stdout == "true\n"
    assert "sleep 600" not in result.value
    ok(kernel.run(CLEAN))


def test_cron_and_print_queue(kernel):
    ok(kernel.run(FOLDER))
    result = ok(kernel.run("""
os.Mkdir(folder+"/hourly", 0o755)
os.WriteFile(folder+"/hourly/10-say", []byte("#!/bin/sh\\necho from cron\\n"), 0o755)
t, err := ipclab.Cron(folder+"/state", []ipclab.CronFolder{{Path: folder + "/hourly", Every: 10 * time.Millisecond}}, time.Minute, ipclab.CronOptions{Runs: 2})
fmt.Println(len(t.Rows()), err)
t
"""))
    assert result.stdout == "from cron\nfrom cron\n2 <nil>\n"
    assert "10-say" in result.value
    result = ok(kernel.run("""
q, err := ipclab.OpenPrintQueue(folder + "/cups")
printer, _ := ipclab.Spawn(func() {
	q.Print(time.Minute, func(job ipclab.PrintJob, documents [][]byte) error {
		fmt.Printf("%d %s: %s\\n", job.Number, job.Title, documents[0])
		return nil
	})
})
number, id, err := q.Add(ipclab.PrintJob{User: "eva", Title: "letter"}, []byte("dear reader"))
control, err := q.Spool().ResultWithin(id, time.Minute)
printer.Kill()
printer.Wait()
fmt.Println(number, strings.Contains(string(control), "letter"), err)
"""))
    assert result.stdout == "1 letter: dear reader\n1 true <nil>\n"
    ok(kernel.run(CLEAN))


def test_lock_files(kernel):
    ok(kernel.run(FOLDER))
    result = ok(kernel.run("""
path := folder + "/http_80"
lock, err := ipclab.NewLockFile(path)
child, _ := ipclab.Spawn(func() {
	_, err := ipclab.NewLockFile(path)
	fmt.Println(errors.Is(err, unix.EEXIST), errors.Is(lock.Unlock(), unix.EPERM))
})
child.Wait()
fmt.Println(lock.Unlock(), err)
server, _ := ipclab.Spawn(func() { ipclab.NewLockFile(path) })
server.Wait()
left, _ := ipclab.ReadLockFile(path)
again, err := ipclab.NewLockFile(path)
fmt.Println(left.State, again.Owner().Pid == os.Getpid(), err)
again.Unlock()
"""))
    assert result.stdout == "true true\n<nil> <nil>\ngone true <nil>\n"
    ok(kernel.run(CLEAN))


def test_kinds_of_locks(kernel):
    code = "t, err := ipclab.LockKinds(); fmt.Println(err); fmt.Println(t)"
    for where in (code, "p, _ := ipclab.Spawn(func() {" + code + "}); p.Wait()"):
        result = ok(kernel.run(where))
        assert result.stdout.startswith("<nil>\n")
        rows = {line.split("  ")[0].strip(): line for line in result.stdout.splitlines()}
        assert "EDEADLK" in rows["fcntl"] and "a range of bytes" in rows["fcntl"]
        assert "holds it too" in rows["flock"] and "stale" in rows["lock file"]
    # interrupted, it leaves nothing
    request = kernel.execute('fmt.Println("begun"); ipclab.LockKinds(ipclab.LockKindsOptions{Limit: time.Minute})')
    kernel.await_text(request, "begun")
    kernel.manager.interrupt_kernel()
    result = kernel.finish(request)
    assert result.reply["status"] == "error" or "(EINTR)" in result.value or "ECHILD" in result.value
    assert kernel.run("1 + 1").value == "2"
