"""What a cell and the processes that it forks print: every line arrives, once, and whole."""
from collections import Counter

import pytest

from client import ok

LINES = 1000
CHILDREN = 40

# Each child prints and ends in its way, while its parent prints.
CELL = """
const lines, children = %d, %d
var pids []int
for i := range lines {
	fmt.Println("parent", i)
	if i %% (lines / children) != 0 {
		continue
	}
	pid, err := ipclab.Fork()
	if err != nil {
		panic(err)
	}
	if pid == 0 {
		for j := range 20 {
			fmt.Println("child", i, j)
		}
		ENDS
	}
	pids = append(pids, pid)
}
for _, pid := range pids {
	ipclab.WaitPid(pid)
}
""" % (LINES, CHILDREN)


def expected():
    step = LINES // CHILDREN
    return Counter([f"parent {i}" for i in range(LINES)] + [f"child {i} {j}" for i in range(0, LINES, step) for j in range(20)])


def differences(result, want):
    """Lines that came too seldom, and too often."""
    got = Counter(result.stdout.splitlines())
    return sorted((want - got).items())[:10], sorted((got - want).items())[:10]


@pytest.mark.parametrize("ends", ["os.Exit(0)", "ipclab.Kill(os.Getpid(), unix.SIGUSR1); select {}", "ipclab.Kill(os.Getpid(), unix.SIGKILL); select {}"])
def test_no_line_is_lost(kernel, ends):
    for _ in range(3):
        result = ok(kernel.run(CELL.replace("ENDS", ends)))
        assert differences(result, expected()) == ([], [])
        assert result.stderr == ""


def test_no_line_of_a_background_goroutine_is_lost(kernel):
    """Its copy goes on in each child until that ends, so what it prints may come more than once, but it does come."""
    result = ok(kernel.run("""
done := make(chan bool)
go func() {
	for i := range %d {
		fmt.Println("line", i)
	}
	close(done)
}()
for i := range 20 {
	child, err := ipclab.Spawn(func() { fmt.Println("child", i) })
	if err != nil {
		panic(err)
	}
	child.Wait()
}
<-done
""" % LINES))
    printed = Counter(result.stdout.splitlines())
    assert {f"line {i}" for i in range(LINES)} <= printed.keys()
    assert all(printed[f"child {i}"] == 1 for i in range(20))


def test_programs_lose_no_line(kernel):
    """A program writes to the cell's descriptors itself: nobody in the runtime process reads along."""
    result = ok(kernel.run("""
c := exec.Command("sh", "-c", "i=1; while [ $i -le %d ]; do echo line $i; i=$((i+1)); done") // a write for each line
c.Stdout = os.Stdout
if err := c.Start(); err != nil {
	panic(err)
}
for i := range 20 {
	child, err := ipclab.Spawn(func() { fmt.Println("child", i) })
	if err != nil {
		panic(err)
	}
	child.Wait()
}
c.Wait();
""" % LINES))
    want = Counter([f"line {i}" for i in range(1, LINES + 1)] + [f"child {i}" for i in range(20)])
    assert differences(result, want) == ([], [])
