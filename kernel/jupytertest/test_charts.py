"""Charts as users get them: every form of them, in exported notebooks, and in JupyterLab's light and dark theme.

Pictures of what was seen are kept in .cache/jupytertest.
"""
import base64
import json
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as xml
import zlib
from importlib.resources import files

import jsonschema
import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import expect

from lab import Notebook, Server
from test_jupyterlab import PICTURES, chromium, page  # noqa: F401 - fixtures

FORMS = {"text/plain", "application/vnd.vegalite.v5+json", "image/svg+xml", "image/png", "application/pdf"}

DATA = """
type trip struct { Mechanism string; Size int; Median, Low, High time.Duration }
trips := []trip{}
for i, mechanism := range []string{"pipe", "UNIX stream", "TCP, no delay"} {
	for size := 1; size <= 1<<20; size *= 16 {
		median := time.Duration((i+1)*4000 + size/10)
		trips = append(trips, trip{mechanism, size, median, median * 9 / 10, median * 11 / 10})
	}
}
times := []time.Duration{}
for i := range 400 { times = append(times, time.Duration(4000+(i*i*7919)%(i+1)*11)) }"""

CHARTS = {
    "distribution": 'l, err := ipclab.RoundTrips("pipe", 300); l.Chart()',
    "lines": 'ipclab.NewChart("Round trips by size").X("message", "bytes").Y("median", "µs").LogX().LogY().'
             'LinesOf(trips, "Size", "Median", "Mechanism", "Low", "High")',
    "points": 'ipclab.NewChart("Forks <at> 100 % & more").X("processes", "").Y("time", "ms").'
              'Points("fork", []int{1, 2, 4, 8}, []float64{1, 2.1, 4.2, 9}, []float64{.9, 2, 4, 8}, []float64{1.2, 2.5, 5, 10}).'
              'Points("vfork", []int{1, 2, 4, 8}, []float64{.5, 1, 2, 4})',
    "bars": 'ipclab.NewChart("Performance hierarchy").X("round trip, median", "µs").LogX().Note("Both on one CPU.").'
            'Bars([]string{"TCP", "pipe", "spin on shared memory"}, []float64{14.1, 5.3, 0.07}, []float64{13, 5, .06}, []float64{16, 6, .08})',
    "histogram": 'ipclab.NewChart("Latency").X("round trip", "").Histogram("", times)',
}

# Pictures of what processes did, and of what they have open.
DRAWN = {
    "time line": 'calls, err := ipclab.Strace(func() { r, w, _ := ipclab.Pipe(); p, _ := ipclab.Spawn(func() { r.Read(make([]byte, 5)) });'
                 ' w.Write([]byte("hello")); p.Wait(); r.Close(); w.Close() }); calls.Timeline()',
    "diagram": "table, err := ipclab.Descriptors(); table.Diagram()",
}

# What else is drawn in the theme's colours. The bar is that of something that goes on.
TABLE = ('ipclab.NewTable("mechanism", "size", "p50").Units("", "bytes", "µs").Caption("Round trips").Note("Both on one CPU.").'
         'Row("pipe", 1, 5*time.Microsecond).Row("UNIX stream", 1<<20, 300*time.Microsecond).Row("door", nil, math.NaN())')
PROGRESS = 'p := ipclab.NewProgress("measuring", 1000); p.Set(400); time.Sleep(150*time.Millisecond); p.Add(1)'


def ok(result):
    assert result.reply["status"] == "ok", result.reply
    return result


def forms(result):
    return next(m["content"]["data"] for m in ok(result).outputs if m["msg_type"] == "execute_result")


@pytest.fixture(scope="module")
def schema():
    """The official schema of Vega-Lite 5, from the Python package that has a copy."""
    text = files("altair.vegalite.v5.schema").joinpath("vega-lite-schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft7Validator(json.loads(text))


def test_every_form_is_what_its_type_says(kernel, schema):
    ok(kernel.run(DATA))
    for name, cell in CHARTS.items():
        data = forms(kernel.run(cell))
        assert set(data) == FORMS, name
        schema.validate(data["application/vnd.vegalite.v5+json"])
        assert data["application/vnd.vegalite.v5+json"]["$schema"].endswith("/vega-lite/v5.json")
        root = xml.fromstring(data["image/svg+xml"])
        assert root.get("role") == "img" and root.get("aria-label") and root.find("{http://www.w3.org/2000/svg}title") is not None
        assert len(pixels(base64.b64decode(data["image/png"]))) > 10, name
        assert base64.b64decode(data["application/pdf"]).startswith(b"%PDF-")


def pixels(png):
    """The different bytes among the pixels of a PNG, as far as its filters leave them."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        if kind == b"IHDR":
            width, height = struct.unpack(">II", png[at + 8:at + 16])
            assert width == 840 and height >= 150
        if kind == b"IDAT":
            packed += png[at + 8:at + 8 + length]
        at += 12 + length
    return set(zlib.decompress(packed))


def test_a_time_line_is_what_its_types_say(kernel, schema):
    data = forms(kernel.run(DRAWN["time line"]))
    assert set(data) == FORMS
    schema.validate(data["application/vnd.vegalite.v5+json"])
    assert set(forms(kernel.run(DRAWN["diagram"]))) == FORMS - {"application/vnd.vegalite.v5+json"}


def test_a_chart_of_rows_of_a_type_of_the_cell(kernel):
    ok(kernel.run(DATA))
    spec = forms(kernel.run(CHARTS["lines"]))["application/vnd.vegalite.v5+json"]
    rows = spec["layer"][0]["data"]["values"]
    assert len(rows) == 18 and rows[0] == {"series": "pipe", "x": 1, "y": 4}
    assert spec["layer"][1]["mark"]["type"] == "errorbar" and len(spec["layer"][1]["data"]["values"]) == 18
    encoding = spec["layer"][0]["encoding"]
    assert encoding["x"]["title"] == "message (bytes)" and encoding["x"]["scale"]["type"] == "log"
    assert encoding["color"]["scale"]["domain"] == ["pipe", "UNIX stream", "TCP, no delay"] == encoding["strokeDash"]["scale"]["domain"]


@pytest.mark.parametrize("rows", ["[]any{trips[0], trips[1]}", "[]*trip{&trips[0], nil, &trips[1]}", "[2]trip{trips[0], trips[1]}"])
def test_rows_come_in_any_kind_of_slice(kernel, rows):
    ok(kernel.run(DATA))
    spec = forms(kernel.run(f'ipclab.NewChart("t").PointsOf({rows}, "Size", "Median", "")'))["application/vnd.vegalite.v5+json"]
    assert [row["x"] for row in spec["layer"][0]["data"]["values"]] == [1, 16]


def test_numbers_of_types_of_the_cell(kernel):
    ok(kernel.run("type micros float64\nfunc (m micros) String() string { return \"some\" }\nlist := []micros{1, 2}; mixed := []any{micros(3), 4}"))
    spec = forms(kernel.run('ipclab.NewChart("t").Line("", list, mixed)'))["application/vnd.vegalite.v5+json"]
    assert [(row["x"], row["y"]) for row in spec["layer"][0]["data"]["values"]] == [(1, 3), (2, 4)]


def test_a_chart_among_several_results(kernel):
    data = forms(kernel.run('func f() (string, *ipclab.Chart) { return "<x>", ipclab.NewChart("t").Line("", []int{1}, []int{1}) }; f()'))
    assert data["text/html"].startswith("<pre>&lt;x&gt;</pre>\n<svg ") and "text/plain" in data


@pytest.mark.parametrize("cell, says", [
    ('ipclab.NewChart("t").LinesOf(trips, "Size", "Mean", "")', 'the rows have no field "Mean"; they have Mechanism, Size, Median, Low, High'),
    ('ipclab.NewChart("t").LinesOf(3, "a", "b", "")', "want a slice of structs, not a int"),
    ('ipclab.NewChart("t").Line("x", []int{1, 2}, []int{1})', "the slices have 2 and 1 values"),
    ('ipclab.NewChart("t").LogY().Line("x", []int{1, 2}, []int{0, -1})', "2 points are not drawn"),
    ('ipclab.NewChart("t")', "There is nothing to draw."),
])
def test_what_cannot_be_drawn_is_said(kernel, cell, says):
    ok(kernel.run(DATA))
    data = forms(kernel.run(cell))
    assert set(data) == {"text/plain"} and says in data["text/plain"]


def notebook(*more):
    sources = [DATA, *CHARTS.values(), *more]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "ipclab", "display_name": "Go (ipclab)", "language": "go"}})


@pytest.fixture
def executed(state, nothing_left, tmp_path):
    """A notebook of all charts, executed and written to a file."""
    book = notebook(*DRAWN.values())
    NotebookClient(book, timeout=120, kernel_name="ipclab", resources={"metadata": {"path": str(tmp_path)}}).execute()
    path = tmp_path / "charts.ipynb"
    nbformat.write(book, path)
    return path


def export(path, kind):
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", kind, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.mark.timeout(300)
def test_exported_notebooks_keep_every_chart(executed):
    export(executed, "html")
    page = executed.with_suffix(".html").read_text(encoding="utf-8")
    assert page.count('src="data:image/svg+xml;base64,') == len(CHARTS) + len(DRAWN)
    export(executed, "latex")
    text = executed.with_suffix(".tex").read_text(encoding="utf-8")
    pictures = sorted(executed.with_name("charts_files").iterdir())
    pages = [p for p in pictures if p.suffix == ".pdf"]
    assert len(pages) == len(CHARTS) + len(DRAWN) and all(p.read_bytes().startswith(b"%PDF-") for p in pages)
    assert all(p.name in text for p in pages)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_charts_are_drawn_in_jupyterlab(page, tmp_path, theme, request):  # noqa: F811
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook(TABLE, PROGRESS, *DRAWN.values()), tmp_path / "notebooks" / "charts.ipynb")
    server = Server(tmp_path / "notebooks", tmp_path, theme=f"JupyterLab {theme}")
    try:
        page.set_viewport_size({"width": 1100, "height": 5000})
        book = Notebook(page, server, "charts.ipynb")
        book.run_all()
        assert book.errors() == []
        drawn = book.panel.locator(".jp-RenderedVegaCommon5 svg.marks, .vega-embed svg.marks")
        expect(drawn).to_have_count(len(CHARTS) + 1)  # and the time line
        assert page.evaluate("document.body.dataset.jpThemeLight") == str(theme == "Light").lower()
        for part, property in ((drawn.first.locator(".mark-text text").first, "fill"), (drawn.last.locator(".mark-text text").first, "fill"),
                               (book.tables.locator("td").first, "color"),
                               (book.tables.locator("caption"), "color"), (book.outputs.locator("label"), "color")):
            colour = part.evaluate(f"e => getComputedStyle(e).{property}")
            assert contrast(colour, theme) > 7, (part, colour)
        expect(book.tables.locator("td").nth(4)).to_have_text("1,048,576")
        expect(book.outputs.locator("progress")).to_have_attribute("value", "401")
        server.end_kernels()
    finally:
        server.stop()


def contrast(colour, theme):
    """Between a colour as CSS computes it and the ground of a notebook's outputs, as WCAG defines it."""
    channels = [float(c) for c in colour[colour.index("(") + 1:-1].split(",")]
    alpha = channels[3] if len(channels) > 3 else 1
    ground = 255 if theme == "Light" else 17
    a, b = (luminance([c * alpha + ground * (1 - alpha) for c in rgb]) for rgb in (channels[:3], [ground] * 3))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def luminance(rgb):
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))
