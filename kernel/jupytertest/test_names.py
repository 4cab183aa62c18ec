"""Completion and inspection, as an editor asks for them."""
import pytest

from client import in_time, parent


def complete(kernel, code):
    """The reply to a completion at | in code."""
    before, after = code.split("|")
    return kernel.ask("complete_request", {"code": before + after, "cursor_pos": len(before)})


def inspect(kernel, code, detail=0):
    """The reply to an inspection at | in code."""
    before, after = code.split("|")
    return kernel.ask("inspect_request", {"code": before + after, "cursor_pos": len(before), "detail_level": detail})


def test_matches_have_their_kind_and_signature(kernel):
    kernel.run("type Point struct { X, Y int }\nfunc (p *Point) Xor(n int) int { return n }\nvar pt Point")
    reply = complete(kernel, "🐹 := 1; pt.X| // 世界")
    assert reply["matches"] == ["X", "Xor"]
    at = {"start": 11, "end": 12}
    assert (reply["cursor_start"], reply["cursor_end"]) == (11, 12)
    assert reply["metadata"]["_jupyter_types_experimental"] == [
        {**at, "text": "X", "type": "instance", "signature": "int"},
        {**at, "text": "Xor", "type": "function", "signature": "(n int) int"},
    ]


@pytest.mark.parametrize("code, text, kind", [
    ("strings.Spl|", "Split", "function"),
    ("strings.Buil|", "Builder", "class"),
    ("strc|", "strconv", "module"),
    ("import \"net/ht|", "net/http", "module"),
    ("retu|", "return", "keyword"),
    ("os.Stdi|", "Stdin", "instance"),
    ("for i, line := range os.Args {\n\tfmt.Println(li|", "line", "instance"),
])
def test_kinds_are_those_that_jupyterlab_draws(kernel, code, text, kind):
    reply = complete(kernel, code)
    kinds = {m["text"]: m["type"] for m in reply["metadata"]["_jupyter_types_experimental"]}
    assert kinds[text] == kind


@pytest.mark.parametrize("position", [0, 5, 10_000, -1])
def test_a_cursor_may_be_anywhere(kernel, position):
    for code in ["", "fmt.", "x := \"世界\r\n", "((("]:
        for kind in ("complete", "inspect"):
            reply = kernel.ask(f"{kind}_request", {"code": code, "cursor_pos": position, "detail_level": 0})
            assert reply["status"] == "ok"


def test_inspection_shows_the_signature_and_the_comment(kernel):
    reply = inspect(kernel, "strings.Split(\"a\", |")
    text, markdown = reply["data"]["text/plain"], reply["data"]["text/markdown"]
    assert text.startswith("func strings.Split(s string, sep string) []string\n\nSplit slices s into all substrings")
    assert markdown.startswith("```go\nfunc strings.Split(s string, sep string) []string\n```\n\nSplit slices s")


def test_inspection_of_what_a_cell_has_defined(kernel):
    kernel.run("// Greet says hello.\nfunc Greet(name string) { fmt.Println(name) }")
    short, long = inspect(kernel, "Gre|et"), inspect(kernel, "Gre|et", detail=1)
    assert short["data"]["text/plain"] == "func Greet(name string)\n\nGreet says hello."
    assert long["data"]["text/plain"].endswith("func Greet(name string) { fmt.Println(name) }")


def test_a_question_has_the_comment_and_two_marks_the_source(kernel):
    kernel.run("// Greet says hello.\nfunc Greet(name string) { fmt.Println(name) }")
    pages = [kernel.run(cell).reply["payload"][0]["data"] for cell in ("Greet?", "Greet??")]
    assert "Greet says hello." in pages[0]["text/plain"]
    assert "fmt.Println" not in pages[0]["text/plain"]
    assert "fmt.Println(name)" in pages[1]["text/plain"]
    assert pages[0]["text/markdown"].startswith("```go\n")


def test_names_are_known_while_a_cell_runs(kernel):
    kernel.run("elephants := 3")
    cell = kernel.execute('fmt.Println("busy"); for {}')
    kernel.await_text(cell, "busy")
    queued = kernel.execute("elephants")
    assert complete(kernel, "eleph|")["matches"] == ["elephants"]
    assert "var elephants int" in inspect(kernel, "eleph|ants")["data"]["text/plain"]
    assert kernel.ask("is_complete_request", {"code": "x := 1"})["status"] == "complete"
    kernel.manager.interrupt_kernel()
    kernel.finish(cell)
    assert kernel.await_reply(queued)["status"] == "aborted"


def test_the_kernel_stays_busy_when_it_has_answered_beside_a_cell(kernel):
    cell = kernel.execute('fmt.Println("busy"); for {}')
    kernel.await_text(cell, "busy")
    request = kernel.send("complete_request", {"code": "os.Stdo", "cursor_pos": 7})
    kernel.await_reply(request)
    states = []
    while len(states) < 3:
        message = kernel.receive(["iopub"], kernel.deadline())[1]
        if message["msg_type"] == "status" and parent(message) in (request, cell):
            states.append((parent(message), message["content"]["execution_state"]))
    assert states == [(request, "busy"), (request, "idle"), (cell, "busy")]
    kernel.manager.interrupt_kernel()
    result = kernel.finish(cell)
    assert [m["content"]["execution_state"] for m in result.messages if m["msg_type"] == "status"] == ["idle"]


def value(kernel, code):
    """What an inspection at | in code says below the declaration."""
    text = in_time(lambda: inspect(kernel, code)["data"]["text/plain"])
    return text.partition("\n\n")[2]


def test_inspection_shows_the_present_value_of_a_variable(kernel):
    kernel.run("elephants := 3")
    assert value(kernel, "fmt.Println(eleph|ants)") == "Value: 3"
    kernel.run("elephants = 4")
    assert value(kernel, "eleph|ants := 3") == "Value: 4"
    markdown = in_time(lambda: inspect(kernel, "elephants|")["data"]["text/markdown"])
    assert markdown == "```go\nvar elephants int\n```\n\nValue:\n\n```text\n4\n```\n"
    assert "Value: 4" in in_time(lambda: kernel.run("elephants?").reply["payload"][0]["data"]["text/plain"])


@pytest.mark.parametrize("definition, shows", [
    ('v := "text"', "Value: text"),
    ('v := ""', 'Value: ""'),
    ("var v error", "Value: <nil>"),
    ("var v *os.File", "Value: <nil>"),
    ("v := 1500 * time.Millisecond", "Value: 1.5s"),
    ("v := []int{1, 2}", "Value: [1 2]"),
    ("var v map[string]int", "Value: map[] (nil map[string]int)"),
    ("type point struct { x, y int }\nv := point{1, 2}", "Value: {x:1 y:2}"),
    ("type point struct { x, y int }\nv := []point{{1, 2}}", "Value:\n   x  y\n─────────\n0  1  2"),
    ("func v() {}", ""),
    ("v := func() {}", ""),
])
def test_values_are_shown_as_results_are(kernel, definition, shows):
    kernel.run(definition)
    assert value(kernel, "v|") == shows


@pytest.mark.parametrize("definition", [
    "v := make([]int, 10_000_000)",
    "v := make([][]string, 10_000)\nfor i := range v { v[i] = make([]string, 100) }",
    "v := map[int]int{}\nfor i := range 100_000 { v[i] = i }",
    "import \"strings\"\nv := strings.Repeat(\"long\\n\", 1_000_000)",
    "v := []any{1, nil}\nv[1] = v",
])
def test_values_are_shown_in_a_few_lines(kernel, definition):
    kernel.run(definition)
    text = value(kernel, "v|")
    assert text.startswith("Value:")
    assert text.count("\n") <= 12 and len(text) < 1200


def test_inspection_runs_no_code_of_cells(kernel):
    kernel.run("""
type loud int
func (l loud) String() string { fmt.Println("called"); for {} }
v := loud(3)
""")
    assert value(kernel, "v|") == "Value: 3"
    assert kernel.run("1").stdout == ""


def test_a_variable_of_the_code_itself_has_no_value(kernel):
    kernel.run("n := 3")
    assert value(kernel, "func f(n int) int { return n| }") == ""
    assert value(kernel, 'n| := "another type"') == ""


def test_no_value_is_shown_while_it_may_change(kernel, tmp_path):
    kernel.run("elephants := 3\nherd := map[string]int{}")
    cell = kernel.execute('fmt.Println("busy"); for {}')
    kernel.await_text(cell, "busy")
    assert value(kernel, "eleph|ants") == "Value not shown: a cell runs, which may be changing it"
    kernel.manager.interrupt_kernel()
    kernel.finish(cell)
    assert value(kernel, "eleph|ants") == "Value: 3"
    kernel.run("stop := make(chan bool)\ngone := make(chan bool)\ngo func() { <-stop; close(gone) }()")
    assert value(kernel, "her|d") == "Value not shown: goroutines of cells are there, which may be changing it"
    assert value(kernel, "eleph|ants") == "Value: 3"


def test_a_cell_goes_before_an_inspection(kernel):
    """The cell's idle must not wait for what was asked before it."""
    kernel.run("numbers := make([]int, 1000)")
    asked = [kernel.send("inspect_request", {"code": "numbers", "cursor_pos": 7, "detail_level": 0}) for _ in range(20)]
    assert kernel.run("len(numbers)").value == "1000"
    for request in asked:
        assert kernel.await_reply(request)["found"]
