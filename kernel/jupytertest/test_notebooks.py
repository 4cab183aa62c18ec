"""The notebooks of the course, by the programs that execute and convert notebooks."""
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

import facts
from conftest import ROOT

# Homework has no outputs, and is run by test_homework.py.
NOTEBOOKS = sorted(p for p in (ROOT / "notebooks").glob("**/[!.]*.ipynb") if ROOT / "notebooks" / "homework" not in p.parents)
NAMES = [str(path.relative_to(ROOT / "notebooks")) for path in NOTEBOOKS]


def outputs(notebook, kind):
    return [o for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == kind]


def assert_fails_where_it_says(notebook):
    """Errors are in the cells tagged raises-exception, which show how something goes wrong, in each of them and nowhere else.

    A cell that is tagged needs-c-compiler too may fail only where there is none, and the notebook goes on.
    """
    failed = [cell.id for cell in notebook.cells if any(o.output_type == "error" for o in cell.get("outputs", []))]
    tagged = {cell.id: set(cell.metadata.get("tags", [])) for cell in notebook.cells}
    assert failed == [cell for cell, tags in tagged.items() if "raises-exception" in tags and "needs-c-compiler" not in tags]


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_committed_with_outputs_of_this_kernel(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "ipclab"
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    assert counts == list(range(1, len(counts) + 1))  # run once each, from the first to the last
    assert_fails_where_it_says(notebook)
    assert any("text/html" in o.data for o in outputs(notebook, "execute_result") + outputs(notebook, "display_data"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
@pytest.mark.timeout(300)
def test_runs_twice_and_shows_what_the_text_says(path, state, nothing_left, tmp_path):
    """In one kernel: what a first run leaves, a variable or a file, must not stop a second one."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, kernel_name="ipclab", resources={"metadata": {"path": str(tmp_path)}})
    with client.setup_kernel():
        for _ in range(2):
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
            nbformat.validate(notebook)
            assert_fails_where_it_says(notebook)
            facts.check(path, notebook)


def invites(path):
    """Whether the text says that each cell can be run again."""
    return any("each can be run again" in cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")


INVITING = [path for path in NOTEBOOKS if invites(path)]


def test_chapters_invite_to_run_cells_again():
    assert len(INVITING) >= 3


@pytest.mark.parametrize("path", INVITING, ids=[path.name for path in INVITING])
@pytest.mark.timeout(300)
def test_each_cell_can_be_run_again(path, state, tmp_path, monkeypatch):
    """At once, before the next one; run in order after that, the chapter shows what its text says."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, kernel_name="ipclab", resources={"metadata": {"path": str(tmp_path)}})
    with client.setup_kernel():
        for times in (2, 1):
            for index, cell in enumerate(notebook.cells):
                for _ in range(times):
                    client.execute_cell(cell, index)
            assert_fails_where_it_says(notebook)
    facts.check(path, notebook)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_committed_outputs_show_what_the_text_says(path):
    facts.check(path, nbformat.read(path, as_version=4))


@pytest.mark.timeout(300)
def test_nbconvert_executes_and_makes_html(state, nothing_left, tmp_path):
    page = tmp_path / "page.html"
    convert(NOTEBOOKS[0], "--to", "html", "--execute", "--output", page)
    assert "<table" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_nbconvert_makes_go(path, state, tmp_path):
    """The exporter that the kernel's language_info names."""
    convert(path, "--to", "script", "--output", tmp_path / "cells")
    assert "ipclab." in (tmp_path / "cells.go").read_text(encoding="utf-8")


def convert(path, *options):
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--ExecutePreprocessor.kernel_name=ipclab",
               "--ExecutePreprocessor.timeout=120", *map(str, options), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
