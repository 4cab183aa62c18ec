"""What a cell shows that goes wrong while it runs: Go's words, and the line of every function on the way."""
import re

import pytest

COLOURS = re.compile(r"\x1b\[[0-9;]*m")

FIRST = """func third(s []int) int {
	return s[5]
}

func second(s []int) int {
	defer func() {}()
	return third(s)
}"""


def shown(result):
    """The traceback without colours, as lines."""
    return COLOURS.sub("", "\n".join(result.error["traceback"])).split("\n")


def alone(result):
    """Whether the error is all that the cell shows."""
    return [m["msg_type"] for m in result.outputs] == ["error"]


def test_every_function_is_named_with_its_line(kernel):
    kernel.run(FIRST)
    result = kernel.run("xs := []int{1, 2, 3}\nsecond(xs)")
    assert shown(result) == [
        "panic: runtime error: index out of range [5] with length 3",
        "  cell1, line 2, in third:  return s[5]",
        "  cell1, line 7, in second:  return third(s)",
        "  cell2, line 2:  second(xs)",
    ]
    assert alone(result)
    assert kernel.run("len(xs)").value == "3"


def test_a_function_defined_again_is_named_where_it_is_now(kernel):
    kernel.run(FIRST)
    kernel.run("func third(s []int) int {\n\tvar m map[string]int\n\tm[\"a\"] = 1\n\treturn 0\n}")
    assert shown(kernel.run("second(nil)")) == [
        "panic: assignment to entry in nil map",
        '  cell2, line 3, in third:  m["a"] = 1',
        "  cell1, line 7, in second:  return third(s)",
        "  cell3, line 1:  second(nil)",
    ]


def test_a_function_of_an_earlier_cell_that_defined_generic_code_only(kernel):
    kernel.run("func Last[T any](s []T) T {\n\treturn s[len(s)]\n}")
    assert shown(kernel.run("Last([]string{})"))[1] == "  cell1, line 2, in Last:  return s[len(s)]"


@pytest.mark.parametrize("cell, text", [
    ("n := 0\n1 / n", "panic: runtime error: integer divide by zero"),
    ("var p *struct{ X int }\np.X", "panic: runtime error: invalid memory address or nil pointer dereference"),
    ('var e any = "s"\ne.(int)', "panic: interface conversion: interface {} is string, not int"),
    ('panic(errors.Join(errors.New("a"), errors.New("b")))', "panic: a"),
    ("panic(3 * time.Second)", "panic: 3s"),
    ("panic(42)", "panic: 42"),
    ("runtime.Goexit()", "Goexit: the cell called runtime.Goexit"),
], ids=["division", "nil", "assertion", "errors", "Stringer", "int", "Goexit"])
def test_words_are_those_of_go(kernel, cell, text):
    result = kernel.run(cell)
    assert shown(result)[0] == text
    lines = cell.split("\n")
    assert shown(result)[-1] == f"  cell1, line {len(lines)}:  {lines[-1]}"
    assert alone(result)
    assert kernel.run("6 * 7").value == "42"


def test_a_recovered_panic_leaves_nothing_behind(kernel):
    kernel.run(FIRST + "\nfunc try() (r any) {\n\tdefer func() { r = recover() }()\n\treturn second(nil)\n}")
    assert kernel.run("fmt.Println(try())").stdout == "runtime error: index out of range [5] with length 0\n"
    assert shown(kernel.run('panic("later")')) == ["panic: later", '  cell3, line 1:  panic("later")']


@pytest.mark.parametrize("rest", ["<-done", "for {\n}", "time.Sleep(time.Minute)"], ids=["channel", "loop", "sleep"])
def test_a_panic_in_a_goroutine_is_the_error_of_the_cell(kernel, rest):
    kernel.run("x := 5\nfunc fail(n int) { panic(fmt.Sprint(\"no \", n)) }")
    result = kernel.run("done := make(chan int)\ngo fail(3)\n" + rest)
    assert shown(result) == [
        "panic: no 3",
        '  cell1, line 2, in fail:  func fail(n int) { panic(fmt.Sprint("no ", n)) }',
        "  cell2, line 2, in the start of the goroutine:  go fail(3)",
    ]
    assert alone(result)
    assert kernel.run("x").value == "5"


def test_a_panic_in_a_goroutine_after_its_cell_is_told(kernel):
    kernel.run("x := 5\nrelease := make(chan int)\ngo func() {\n\t<-release\n\tpanic(errors.New(\"late\"))\n}()")
    result = kernel.run('close(release)\nfmt.Println("said")\ntime.Sleep(200 * time.Millisecond)')
    assert result.reply["status"] == "ok"
    assert result.stdout == "said\n"
    assert result.stderr.split("\n")[:3] == [
        "panic in a goroutine of cell1: late",
        '  cell1, line 5, in a function literal:  panic(errors.New("late"))',
        "  cell1, line 3, in the start of the goroutine:  go func() {",
    ]
    assert kernel.run("x").value == "5"


@pytest.mark.parametrize("starter", [
    "time.AfterFunc(time.Millisecond, f)", "var wg sync.WaitGroup; wg.Go(f); wg.Wait()",
    "ctx, cancel := context.WithCancel(context.Background()); context.AfterFunc(ctx, f); cancel()",
], ids=["timer", "WaitGroup", "context"])
def test_a_panic_in_a_goroutine_of_the_library_is_the_error_of_the_cell(kernel, starter):
    kernel.run('x := 5\nfunc f() { panic("in f") }')
    result = kernel.run(starter + "\ntime.Sleep(time.Minute)")
    assert shown(result) == [
        "panic: in f",
        '  cell1, line 2, in f:  func f() { panic("in f") }',
        "  cell2, line 1, in the start of the goroutine:  " + starter,
    ]
    assert kernel.run("x").value == "5"


def test_a_goroutine_has_the_arguments_of_the_go_statement(kernel):
    cell = """out := make(chan int, 3)
a := []int{1, 2, 3}
for i := range a {
	go func(v int) { out <- v * 10 }(a[i])
	a[i] = 0
}
sum := 0
for range 3 {
	sum += <-out
}
sum"""
    assert kernel.run(cell).value == "60"


def test_goexit_and_recover_in_goroutines(kernel):
    cell = """out := make(chan string, 2)
go func() {
	defer func() { out <- fmt.Sprint("recovered ", recover()) }()
	panic("p")
}()
fmt.Println(<-out)
go func() {
	defer func() { out <- fmt.Sprint("exit ", recover()) }()
	runtime.Goexit()
}()
fmt.Println(<-out)"""
    result = kernel.run(cell)
    assert (result.reply["status"], result.stdout, result.stderr) == ("ok", "recovered p\nexit <nil>\n", "")


def test_a_panic_in_a_goroutine_of_a_forked_child_ends_the_child(kernel):
    cell = """pid, err := ipclab.Fork()
if err != nil {
	panic(err)
}
if pid == 0 {
	go panic("in the child")
	select {}
}
var ws unix.WaitStatus
unix.Wait4(pid, &ws, 0, nil)
ws.ExitStatus()"""
    result = kernel.run(cell)
    assert result.value == "2"
    assert "panic: in the child" in result.stderr
    assert "cell1, line 6" in result.stderr
    assert kernel.run("6 * 7").value == "42"


def test_a_panic_of_a_forked_child_names_its_line(kernel):
    result = kernel.run('child, _ := ipclab.Fork()\nif child == 0 {\n\tpanic("in the child")\n}\nunix.Wait4(child, nil, 0, nil)')
    assert 'panic: in the child\n  cell1, line 3:  panic("in the child")\n' in result.stderr


def test_a_panic_of_a_spawned_child_names_its_line(kernel):
    result = kernel.run("p, err := ipclab.Spawn(func() {\n\tvar m map[string]int\n\tm[\"a\"] = 1\n})\np.Wait()")
    assert result.value == "exited with status 2"
    assert re.fullmatch(
        r"panic in process \d+: assignment to entry in nil map\n"
        r'  cell1, line 3, in a function literal:  m\["a"\] = 1\n', result.stderr)


def test_memory_that_has_been_unmapped(kernel):
    result = kernel.run("""b, _ := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
c := b
unix.Munmap(b)
c[0]""")
    assert re.fullmatch(r"panic: runtime error: invalid memory address 0x[0-9a-f]+: nothing is mapped there \(SIGSEGV\);.*", shown(result)[0])
    assert shown(result)[1:] == ["  cell1, line 4:  c[0]"]
    assert kernel.run("6 * 7").value == "42"


def test_memory_beyond_the_end_of_its_file(kernel):
    result = kernel.run("""f, _ := os.CreateTemp("", "")
os.Remove(f.Name())
f.Truncate(8192)
b, _ := unix.Mmap(int(f.Fd()), 0, 8192, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
f.Truncate(0)
go func() {
	b[4096] = 1
}()
select {}""")
    assert "beyond the end of the mapped file (SIGBUS)" in shown(result)[0]
    assert shown(result)[1] == "  cell1, line 7, in a function literal:  b[4096] = 1"
    assert kernel.run("6 * 7").value == "42"


def test_memory_that_may_not_be_written(kernel):
    result = kernel.run("b, _ := unix.Mmap(-1, 0, 4096, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANON)\nb[0] = 1")
    assert "the protection r--p, which does not permit the access (SIGSEGV)" in shown(result)[0]
    assert kernel.run("6 * 7").value == "42"


def test_endless_recursion_ends_soon_and_says_so(kernel):
    result = kernel.run("func f(n int) int { return f(n+1) + 1 }\nf(0)", timeout=20)
    assert "goroutine stack exceeds" in "\n".join(shown(result))
    assert "fatal error: stack overflow" in "\n".join(shown(result))
    assert result.stderr == ""  # the error has said it, without the interpreter's stacks
    assert kernel.run("6 * 7").value == "42"


def test_an_interrupted_cell_names_its_line(kernel):
    loop = 'for i := 0; ; i++ { if i == 1 { fmt.Println("begun") } }'  # a line, on which the interrupt finds it whenever it comes
    request = kernel.execute(f"func spin() {{\n\n\t{loop}\n\n}}\nspin()")
    kernel.await_text(request, "begun")
    kernel.ask("interrupt_request", channel="control")
    result = kernel.finish(request)
    assert shown(result)[1:] == [f"  cell1, line 3, in spin:  {loop}", "  cell1, line 6:  spin()"]
