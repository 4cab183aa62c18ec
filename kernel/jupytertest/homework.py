"""A course with its homework, as a teacher and students use it: nbgrader's own commands, in a folder of the test's own."""
import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from conftest import ROOT

HOMEWORK = ROOT / "notebooks" / "homework"
SOURCES = sorted((HOMEWORK / "source").glob("*/*.ipynb"))
NAMES = [path.stem for path in SOURCES]
SOLUTION = re.compile(r"[ \t]*// BEGIN SOLUTION\n(.*?)[ \t]*// END SOLUTION\n?", re.DOTALL)
HIDDEN = re.compile(r"// BEGIN HIDDEN TESTS\n(.*?)// END HIDDEN TESTS", re.DOTALL)
STUB = '// YOUR CODE HERE\npanic("not implemented")'

# Enough for what ends on a busy machine, and what one submission that does not end costs.
CELL_LIMIT = 30


def read(path):
    return nbformat.read(path, as_version=4)


def source(name):
    return read(HOMEWORK / "source" / name / f"{name}.ipynb")


def role(cell):
    """What nbgrader takes the cell for: solution, test, given; None for a cell without its metadata."""
    data = cell.metadata.get("nbgrader")
    if data is None:
        return None
    return "solution" if data.solution else "test" if data.grade else "given"


def cells(notebook, wanted):
    return [cell for cell in notebook.cells if role(cell) == wanted]


def solved(notebook, name, changes=(), added=None, only=None):
    """A student's version with the solutions of the source filled in.

    changes are pairs of texts, the first of which occurs once in the solutions and is replaced by the second; added is a
    cell that the student has added, in front of the first test; only, if given, is the cells to fill in.
    """
    solutions = {cell.metadata.nbgrader.grade_id: SOLUTION.sub(r"\1", cell.source) for cell in cells(source(name), "solution")}
    for old, new in changes:
        places = [key for key, text in solutions.items() if old in text]
        assert len(places) == 1 and solutions[places[0]].count(old) == 1, f"{name}: {old!r} is in {places}"
        solutions[places[0]] = solutions[places[0]].replace(old, new)
    for cell in cells(notebook, "solution"):
        key = cell.metadata.nbgrader.grade_id
        if only is None or key in only:
            cell.source = solutions[key]
    if added is not None:
        first = next(i for i, cell in enumerate(notebook.cells) if role(cell) == "test")
        notebook.cells.insert(first, nbformat.v4.new_code_cell(added))
    return notebook


class Course:
    """A folder with the sources and the configuration of the repository, and an exchange."""

    def __init__(self, folder):
        self.folder = folder / "course"
        self.exchange = folder / "exchange"
        self.temporary = folder / "tmp"
        for made in (self.folder, self.exchange, self.temporary):
            made.mkdir()
        self.exchange.chmod(0o777)
        shutil.copytree(HOMEWORK / "source", self.folder / "source")
        shutil.copy(HOMEWORK / "nbgrader_config.py", self.folder)

    def nbgrader(self, *words, folder=None, status=0):
        """Runs a command of nbgrader and returns what it said."""
        tools = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # it calls alembic by name
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *map(str, words), f"--Exchange.root={self.exchange}", f"--Execute.timeout={CELL_LIMIT}"],
            cwd=folder or self.folder, env={**os.environ, "TMPDIR": str(self.temporary), "PATH": tools}, capture_output=True, text=True, timeout=1200)
        said = done.stdout + done.stderr
        assert status is None or done.returncode == status, f"nbgrader {' '.join(map(str, words))}: status {done.returncode}\n{said[-5000:]}"
        return said

    def released(self, name):
        return read(self.folder / "release" / name / f"{name}.ipynb")

    def hand_in(self, student, name, notebook):
        """Puts a submission where nbgrader collects them."""
        path = self.folder / "submitted" / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)

    def students(self):
        return sorted(path.name for path in (self.folder / "submitted").iterdir())

    def scores(self, student, name):
        """The points that the gradebook has for each test, by the name of the cell."""
        from nbgrader.api import Gradebook
        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as book:
            submission = book.find_submission_notebook(name, name, student)
            return {grade.name: grade.score for grade in submission.grades}

    def score(self, student, name):
        """The points of a submission, and those that it could have had."""
        from nbgrader.api import Gradebook
        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as book:
            submission = book.find_submission(name, student)
            assert not submission.needs_manual_grade
            return submission.score, submission.max_score

    def said(self, student, name):
        """What the cells have printed when they were graded."""
        notebook = read(self.folder / "autograded" / student / name / f"{name}.ipynb")
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        return "".join(output.text for output in outputs if output.output_type == "stream")

    def feedback(self, student, name):
        """The page that the student gets to read."""
        page = Path(self.folder / "feedback" / student / name / f"{name}.html").read_text(encoding="utf-8")
        return html.unescape(re.sub(r"<[^>]*>", "", page))
