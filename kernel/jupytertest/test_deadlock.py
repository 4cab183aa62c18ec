"""A cell that can never go on ends by itself, in the compiler's words; one that still can is left alone."""
import os
import signal
import socket
import threading

import pytest

DEADLOCKS = {
    "receive": ("<-make(chan int)", "cell2, line 1:  <-make(chan int)"),
    "send": ("func f(c chan int) {\n\tc <- 1\n}\nf(make(chan int))", "cell2, line 2, in f:  c <- 1"),
    "select": ("select {}", "cell2, line 1:  select {}"),
    "mutex": ("var mu sync.Mutex\nmu.Lock()\nmu.Lock()", "cell2, line 3:  mu.Lock()"),
    "workers": ("var wg sync.WaitGroup\nc := make(chan int)\nfor range 3 { wg.Add(1); go func() { c <- 1; wg.Done() }() }\nwg.Wait()", "cell2, line 4:  wg.Wait()"),
}


@pytest.mark.parametrize("cell, where", DEADLOCKS.values(), ids=DEADLOCKS.keys())
def test_a_deadlock_is_an_error(kernel, cell, where):
    kernel.run("x := 5")
    error = kernel.run(cell).error
    assert (error["ename"], error["evalue"]) == ("deadlock", "all goroutines are asleep - deadlock!")
    assert error["traceback"][1].strip() == where
    assert kernel.run("x").value == "5"


ALIVE = {
    "timer": "<-time.After(2500 * time.Millisecond)",
    "sleep": "time.Sleep(2500 * time.Millisecond)",
    "context": "ctx, stop := context.WithTimeout(context.Background(), 2500*time.Millisecond); <-ctx.Done(); stop()",
    "goroutine": "c := make(chan int); go func() { time.Sleep(2500 * time.Millisecond); c <- 1 }(); <-c",
    "child": 'r, w, _ := os.Pipe(); pid, _ := ipclab.Fork(); if pid == 0 { time.Sleep(2500 * time.Millisecond); os.Exit(0) }; w.Close(); r.Read(make([]byte, 1)); ipclab.Wait()',
    "system call": "unix.Select(0, nil, nil, nil, &unix.Timeval{Sec: 2, Usec: 500000})",
    "program": 'exec.Command("sleep", "2.5").Run()',
}


@pytest.mark.parametrize("cell", ALIVE.values(), ids=ALIVE.keys())
def test_who_can_go_on_is_let_alone(kernel, cell):
    assert kernel.run(f'{cell}\nfmt.Println("went on")').stdout == "went on\n"


def test_a_signal_may_come(kernel):
    pid = int(kernel.run("os.Getpid()").value)
    cell = kernel.execute('c := make(chan os.Signal, 1); signal.Notify(c, unix.SIGUSR1); fmt.Println("waiting"); fmt.Println(<-c)')
    kernel.await_text(cell, "waiting")
    later = threading.Timer(2.5, os.kill, (pid, signal.SIGUSR1))  # longer than it takes to tell a deadlock
    later.start()
    assert "user defined signal 1" in kernel.finish(cell).stdout
    later.join()


def test_a_connection_may_come(kernel):
    path = kernel.run('l, _ := net.Listen("unix", os.TempDir() + "/deadlock.socket"); path := l.Addr().String(); path').value
    running = kernel.execute('fmt.Println("waiting"); c, err := l.Accept(); fmt.Println(c != nil, err); l.Close()')
    kernel.await_text(running, "waiting")
    client = socket.socket(socket.AF_UNIX)
    later = threading.Timer(2.5, client.connect, (path,))
    later.start()
    assert "true <nil>" in kernel.finish(running).stdout
    later.join()
    client.close()
