"""What a cell's last expression shows. Which text belongs to which value, runtime/cell/testdata/results.txtar tells."""
import pytest

PLANETS = """
type planet struct { name string; moons int }
planets := []planet{{"Venus <b>&", 0}, {"Jupiter", 95}}
"""


def data(result):
    """The representations of a cell's result."""
    return next(m["content"]["data"] for m in result.outputs if m["msg_type"] == "execute_result")


def test_a_slice_of_structs_is_a_table_in_every_form(kernel):
    forms = data(kernel.run(PLANETS + "planets"))
    assert set(forms) == {"text/plain", "text/html", "text/markdown", "text/latex"}
    assert forms["text/plain"].splitlines()[2:] == ["0  Venus <b>&      0", "1  Jupiter        95"]
    assert "Venus &lt;b&gt;&amp;</td>" in forms["text/html"] and "<b>" not in forms["text/html"]
    assert '<table class="mathjax_ignore ' in forms["text/html"]  # or what stands between two $ would be a formula
    assert 'text-align:right;font-variant-numeric:tabular-nums">95</td>' in forms["text/html"]
    assert "| Jupiter | 95 |" in forms["text/markdown"]
    assert "Jupiter & 95" in forms["text/latex"]


@pytest.mark.parametrize("rows, missing", [(60, 0), (61, 1), (100_000, 99_940)])
def test_long_tables_are_cut_and_say_so(kernel, rows, missing):
    lines = data(kernel.run(f"many := make([]struct{{ n, m int }}, {rows})\nmany"))["text/plain"].splitlines()
    assert lines[2].split() == ["0", "0", "0"]
    if missing:
        assert lines[-1] == f"{missing} of {rows} rows are not shown."
        assert lines[-2].split() == [str(rows - 1), "0", "0"]
    assert len(lines) == 2 + 60 + (2 if missing else 0)


def test_a_large_map_is_shown_soon_and_says_what_is_shown(kernel):
    result = kernel.run("m := make(map[int]int, 1_000_000)\nfor i := range 1_000_000 { m[i] = i }", timeout=60)
    assert result.reply["status"] == "ok"
    lines = data(kernel.run("m", timeout=5))["text/plain"].splitlines()
    assert lines[-2:] == ["999940 of 1000000 rows are not shown.", "Those shown are any of the entries: maps of more than 100000 are not sorted."]
    keys = [int(line.split()[0]) for line in lines[2:62]]
    assert keys == sorted(keys)


def test_a_million_elements_do_not_flood_the_notebook(kernel):
    text = kernel.run("make([]int, 1_000_000)").value
    assert len(text) < 1000 and "… 999800 more …" in text


@pytest.mark.parametrize("cell", [
    "x := 1; _ = x", "x := 1; x;", "var e error; e", 'fmt.Println("text")', 'os.Stdout.WriteString("text")', 'io.WriteString(os.Stdout, "text")',
    'fmt.Fprintf(os.Stdout, "text")', "func f() error { return nil }; f()", "copy(make([]int, 1), []int{1})", "ipclab.Display(1)",
])
def test_cells_without_a_result(kernel, cell):
    result = kernel.run(cell)
    assert result.reply["status"] == "ok" and result.value is None


def test_several_values_are_shown_as_several(kernel):
    assert kernel.run('import "strings"; strings.Cut("a=b", "=")').value == "a, b, true"
    forms = data(kernel.run(PLANETS + "func f() ([]planet, string) { return planets, \"<i>\" }\nf()"))
    assert forms["text/plain"].splitlines()[3:] == ["1  Jupiter        95", "<i>"]
    assert "</table>\n<pre>&lt;i&gt;</pre>" in forms["text/html"]


def test_values_with_a_mime_method_are_drawn_in_their_own_way(kernel):
    forms = data(kernel.run("ipclab.Descriptors()"))
    assert "<table" in forms["text/html"] and "descriptor" in forms["text/plain"]
