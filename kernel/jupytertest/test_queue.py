"""Queues and rings in mapped memory, from cells and the processes that they fork."""
import time

from client import ok

FOLDER = 'path := os.TempDir() + "/queue"'


def interrupted(kernel, code):
    """Runs code, interrupts it once it has printed "begun", and returns how it ended."""
    request = kernel.execute(code)
    kernel.await_text(request, "begun")
    begin = time.monotonic()
    kernel.manager.interrupt_kernel()
    result = kernel.finish(request)
    assert time.monotonic() - begin < 5
    assert result.reply["status"] == "error"
    assert result.error["ename"] == "Interrupted"
    return result


def test_many_interpreted_producers_and_consumers(kernel):
    result = ok(kernel.run("""
q, err := ipclab.NewQueue(ipclab.QueueOptions{Slots: 4, Size: 8})
sums, _ := ipclab.NewQueue()
for i := 0; i < 3; i++ {
	ipclab.Spawn(func() {
		for n := 1; n <= 100; n++ {
			q.PutInt64(int64(n))
		}
	})
}
for i := 0; i < 2; i++ {
	pid, _ := ipclab.Fork()
	if pid == 0 {
		sum := int64(0)
		for {
			n, err := q.GetInt64()
			if err == io.EOF {
				break
			}
			sum += n
		}
		sums.PutInt64(sum)
		os.Exit(0)
	}
}
for i := 0; i < 3; i++ {
	ipclab.Wait()
}
q.Close()
a, _ := sums.GetInt64()
b, _ := sums.GetInt64()
ipclab.Wait()
ipclab.Wait()
fmt.Println(a+b, err)
"""))
    assert result.stdout == "15150 <nil>\n"


def test_unrelated_processes_meet_at_a_name(kernel, start):
    other = start()
    for k in (kernel, other):
        ok(k.run(FOLDER))
    ok(kernel.run('q, err := ipclab.CreateQueue(path); q.Put([]byte("hello")); q.Put([]byte("second"))'))
    result = ok(other.run("""
q, err := ipclab.AttachQueue(path)
buffer := make([]byte, q.Size())
n, _ := q.Get(buffer)
fmt.Println(string(buffer[:n]), err)
"""))
    assert result.stdout == "hello <nil>\n"
    value = ok(kernel.run("s, _ := q.State(); s")).value
    assert "nobody" in value and "Queue " in value
    assert "(EEXIST)" in ok(kernel.run("_, err = ipclab.CreateQueue(path); err")).value
    assert ok(other.run("ipclab.UnlinkQueue(path)")).reply["status"] == "ok"
    assert "(ENOENT)" in ok(kernel.run("_, err = ipclab.AttachQueue(path); err")).value
    assert ok(kernel.run("m, _ := q.Get(make([]byte, 64)); m")).value == "6"


def test_time_limits(kernel):
    ok(kernel.run("q, _ := ipclab.NewQueue(ipclab.QueueOptions{Slots: 1}); r, _ := ipclab.NewRing()"))
    assert "no message was there for 10ms" in ok(kernel.run("_, err := q.GetWithin(make([]byte, 64), 10*time.Millisecond); err")).value
    assert "all 1 slots were taken for 0s" in ok(kernel.run("q.Put(nil); q.PutWithin(nil, 0)")).value
    assert "it was empty for 10ms" in ok(kernel.run("r.GetWithin(make([]byte, 64), 10*time.Millisecond)")).value


def test_waits_are_interrupted_and_the_state_kept(kernel):
    ok(kernel.run("q, _ := ipclab.NewQueue(ipclab.QueueOptions{Slots: 1, Size: 8}); r, _ := ipclab.NewRing(ipclab.QueueOptions{Slots: 1, Size: 8}); kept := 41"))
    interrupted(kernel, 'fmt.Println("begun"); q.GetInt64()')
    interrupted(kernel, 'q.PutInt64(5); fmt.Println("begun"); q.PutInt64(6)')
    interrupted(kernel, 'fmt.Println("begun"); r.GetInt64()')
    interrupted(kernel, 'r.PutInt64(5); fmt.Println("begun"); r.PutInt64(6)')
    result = ok(kernel.run("""
a, _ := q.GetInt64()
b, _ := r.GetInt64()
p, _ := ipclab.Spawn(func() { q.PutInt64(7) })
c, _ := q.GetInt64()
p.Wait()
fmt.Println(a, b, c, kept+1)
"""))
    assert result.stdout == "5 5 7 42\n"


def test_killed_processes(kernel):
    result = ok(kernel.run("t, err := ipclab.QueueCrashes(); for _, r := range t.Rows() { fmt.Println(r.Operation, r.Messages, r.TakenOver) }; t"))
    assert result.stdout == "put 1 true\nput 1 true\nput 2 true\nget 1 true\nget 1 true\nget 0 true\n"
    assert "Processes killed in the middle" in result.value
    result = ok(kernel.run("""
q, _ := ipclab.NewQueue(ipclab.QueueOptions{Slots: 2})
p, _ := ipclab.Spawn(func() { for { q.Put([]byte("again and again")) } })
buffer := make([]byte, q.Size())
for i := 0; i < 100; i++ {
	q.Get(buffer)
}
p.Kill()
p.Wait()
for {
	if _, err := q.GetWithin(buffer, 0); err != nil {
		break
	}
}
fmt.Println(q.PutWithin(nil, 0), q.PutWithin(nil, 0))
"""))
    assert result.stdout == "<nil> <nil>\n"


def test_foreign_file(kernel):
    result = ok(kernel.run('ipclab.AttachQueue("/etc/passwd")'))
    assert "(EINVAL)" in result.value and "not a file that CreateQueue" in result.value


def test_ring_between_interpreted_processes(kernel):
    result = ok(kernel.run("""
r, err := ipclab.NewRing(ipclab.QueueOptions{Slots: 64, Size: 8})
p, _ := ipclab.Spawn(func() {
	for i := int64(1); i <= 1000; i++ {
		r.PutInt64(i)
	}
	r.PutBatch(make([]byte, 8*100))
	r.Close()
})
sum, count := int64(0), 0
for {
	n, err := r.GetInt64()
	if err == io.EOF {
		break
	}
	sum, count = sum+n, count+1
}
status, _ := p.Wait()
fmt.Println(sum, count, status, err)
"""))
    assert result.stdout == "500500 1100 exited with status 0 <nil>\n"


def test_the_ring_says_that_its_producer_has_died(kernel):
    result = ok(kernel.run("""
r, _ := ipclab.NewRing()
p, _ := ipclab.Spawn(func() { r.PutInt64(1) })
n, _ := r.GetInt64()
p.Wait()
_, err := r.GetInt64()
fmt.Println(n, errors.Is(err, unix.EOWNERDEAD))
"""))
    assert result.stdout == "1 true\n"


def test_speed_beside_c(kernel, compiler):
    result = ok(kernel.run("t, err := ipclab.QueueSpeed(ipclab.QueueSpeedOptions{Messages: 2000, Rounds: 1}); fmt.Println(len(t.Rows()), err); t"))
    assert result.stdout == "5 <nil>\n"
    assert "of C's time (%)" in result.value


def test_the_queue_of_the_course(kernel, compiler):
    result = ok(kernel.run("ipclab.CourseQueue()"))
    assert "Last in, first out: taken in the order 4 3 2 1 0; a queue gives 0 1 2 3 4." in result.value
    assert "no: beyond its end" in result.value
    assert "sem_wait" in ok(kernel.run("fmt.Print(ipclab.CourseQueueSource())")).stdout


def test_course_queue_without_compiler(kernel):
    result = ok(kernel.run('os.Setenv("PATH", "/nowhere"); _, err := ipclab.CourseQueue(); err'))
    assert "apt-get install gcc libc6-dev" in result.value


def test_interrupted_measurement_leaves_nothing(kernel):
    request = kernel.execute('fmt.Println("begun"); ipclab.QueueSpeed(ipclab.QueueSpeedOptions{Messages: 50_000_000, Limit: time.Minute})')
    kernel.await_text(request, "begun")
    time.sleep(0.5)  # so that it is in the middle of something, whatever that is
    kernel.manager.interrupt_kernel()
    result = kernel.finish(request)
    assert result.reply["status"] == "error" or "(EINTR)" in result.value
    assert kernel.run("1 + 1").value == "2"


def test_rollback_leaves_the_queue_usable(kernel):
    """The runtime process dies, and its copy goes on with the same mapping under another process number."""
    ok(kernel.run("q, _ := ipclab.NewQueue(ipclab.QueueOptions{Slots: 2}); q.PutInt64(5)"))
    kernel.run("unix.Kill(os.Getpid(), unix.SIGKILL)")
    result = ok(kernel.run("n, err := q.GetInt64(); fmt.Println(n, err, q.PutInt64(1))"))
    assert result.stdout == "5 <nil> <nil>\n"
