"""JupyterLab in headless Chromium: what a person does with a notebook.

Pictures of what was seen are kept in .cache/jupytertest.
"""
import re
import shutil

import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright

import leftovers
from conftest import ROOT, missing
from lab import FLAGS, TIMEOUT, Notebook, Server

# Each chapter is run by test_notebooks.py; these also in JupyterLab: charts, prose and tables, C beside Go.
OPENED = ["01-hierarchy.ipynb", "02-pipes.ipynb", "10-domain-sockets.ipynb"]

PICTURES = ROOT / ".cache" / "jupytertest"

CELLS = {
    "table": 'ipclab.NewTable("mechanism", "bytes").Row("pipe", 64)',
    "loop": 'steps := 1; fmt.Println("looping"); for { steps++ }',
    "state": "steps > 0",
    "ask": 'var name string; fmt.Print("name: "); fmt.Scan(&name); fmt.Println("hello,", name)',
    "child": 'pid, err := ipclab.Fork(); if pid == 0 { fmt.Println("5000"); os.Exit(0) }; _, status, err := ipclab.Wait(); fmt.Println(status, err)',
}
TABLE, LOOP, STATE, ASK, CHILD = range(len(CELLS))


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        missing("there is no Chromium; apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, headless=True)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    metadata = {"kernelspec": {"name": "ipclab", "display_name": "Go (ipclab)", "language": "go"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), folder / "notebooks" / "cells.ipynb")
    server = Server(folder / "notebooks", folder)
    yield server
    server.stop()


@pytest.fixture
def page(chromium, request):
    PICTURES.mkdir(parents=True, exist_ok=True)
    page = chromium.new_page(viewport={"width": 1280, "height": 1600})
    page.set_default_timeout(TIMEOUT)
    expect.set_options(timeout=TIMEOUT)
    yield page
    name = re.sub(r"[^\w.-]+", "-", request.node.name)
    page.screenshot(path=PICTURES / f"{name}.png")
    page.close()


@pytest.fixture
def cells(page, server):
    """The notebook of CELLS with a kernel of its own."""
    yield Notebook(page, server, "cells.ipynb")
    server.end_kernels()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", OPENED)
def test_the_course_runs(page, server, name):
    """Opens a notebook of the course and runs all its cells: no error, and tables are drawn."""
    notebook = Notebook(page, server, name)
    notebook.run_all()
    assert notebook.errors() == []
    expect(notebook.tables.first).to_be_visible()
    notebook.tables.first.scroll_into_view_if_needed()
    server.end_kernels()


@pytest.mark.timeout(300)
def test_a_table_is_drawn(cells):
    cells.run(TABLE)
    expect(cells.output(TABLE).locator("table th").first).to_have_text("mechanism")
    expect(cells.output(TABLE).locator("table td").first).to_have_text("pipe")


@pytest.mark.timeout(300)
def test_an_endless_loop_is_interrupted(cells):
    cells.run(LOOP)
    expect(cells.output(LOOP)).to_have_text("looping\n")
    cells.await_state("Busy")
    cells.interrupt()
    cells.await_prompt(LOOP, "[1]:")
    expect(cells.output(LOOP).last).to_contain_text("Interrupted")
    cells.run(STATE)
    expect(cells.output(STATE)).to_have_text("true")


@pytest.mark.timeout(300)
def test_restart(cells):
    cells.run(LOOP)
    expect(cells.output(LOOP)).to_have_text("looping\n")
    cells.restart()
    cells.await_state("Idle")
    cells.run(STATE)
    expect(cells.output(STATE)).to_contain_text("undefined: steps")
    cells.run(CHILD)
    expect(cells.output(CHILD)).to_have_text("5000\nexited with status 0 <nil>\n")


@pytest.mark.timeout(300)
def test_an_input_request_is_answered(cells):
    cells.run(ASK)
    field = cells.cells.nth(ASK).locator(".jp-Stdin-input")
    field.fill("Ada")
    field.press("Enter")
    expect(cells.cells.nth(ASK).locator(".jp-OutputArea")).to_contain_text("hello, Ada")


@pytest.mark.timeout(300)
def test_closing_ends_the_kernels(page, server, mark):
    notebook = Notebook(page, server, "cells.ipynb")
    notebook.run(TABLE)
    expect(notebook.tables.first).to_be_visible()
    assert any(" kernel " in command for command in leftovers.processes(mark).values())
    server.end_kernels()
    assert leftovers.await_none(mark, lambda pid, command: " kernel " in command or " runtime" in command) == {}
