"""Homework, from the teacher's notebook to the student's points, by the real nbgrader."""
import ast
import getpass
import importlib.util
import re

import pytest

import leftovers
from conftest import missing
from homework import HIDDEN, HOMEWORK, NAMES, SOLUTION, STUB, Course, cells, role, solved, source
from homework_wrong import WRONG

# A cell of the student's that does not end, one that ends the process, and functions that do so.
ENDLESS = ("for {}", [("\tlast := i == len(commands)-1", "\tfor len(commands) == 1 {\n\t\t}\n\t\tlast := i == len(commands)-1")])
CRASH = ('ipclab.Kill(os.Getpid(), unix.SIGKILL)', [("\treturn ipclab.WaitPid(pid)", "\tos.Exit(1)\n\treturn ipclab.WaitPid(pid)")])

# By student: what is handed in for some assignments beside the solution and the untouched stub, and its points.
EXTRA = {
    ("half", "shell-pipeline"): (dict(only=["run-program"]), 4),
    ("endless", "shell-pipeline"): (dict(added=ENDLESS[0], changes=ENDLESS[1]), 11),
    ("crashing", "shell-pipeline"): (dict(added=CRASH[0], changes=CRASH[1]), 8),
    ("half", "signal-counter"): (dict(only=["record"]), 4),
    ("endless", "signal-counter"): (dict(changes=[("\tready()\n", "\tready()\n\tfor {\n\t}\n")]), 7),
    ("crashing", "signal-counter"): (dict(changes=[("\tready()\n", "\tgo func() { panic(\"in a goroutine\") }()\n\tselect {}\n\tready()\n")]), 7),
}

RELEASED = "fifo-chat"  # which goes through the exchange too


def points(cell):
    return cell.metadata.nbgrader.points


def checks(cell):
    """The points and the limit of each check in a cell, as its text has them."""
    found = re.findall(r'(?m)^ipclab\.Check\("[^"]*", ([\d.]+), func.*?^\}(?:, ipclab\.CheckOptions\{Limit: (\d+) \* time\.Second\})?\)$',
                       cell.source, re.DOTALL)
    return [(float(worth), int(limit or 5)) for worth, limit in found]


def wrong_student(fault):
    return "wrong-" + fault.replace(" ", "-")


@pytest.fixture(scope="module")
def course(tmp_path_factory, mark, jupyter_folders):
    """A course in which everything was handed in and graded, once for all tests: nbgrader takes seconds to start."""
    if importlib.util.find_spec("nbgrader") is None:
        missing("nbgrader is not installed: pip install -r install/requirements-homework.txt")
    before = leftovers.shared_memory()
    course = Course(tmp_path_factory.mktemp("homework"))
    course.nbgrader("generate_assignment", "--assignment=*")
    submit_by_exchange(course)
    for name in NAMES:
        course.hand_in("good", name, solved(course.released(name), name))
        course.hand_in("untouched", name, course.released(name))
        for fault, (changes, _, _) in WRONG[name].items():
            course.hand_in(wrong_student(fault), name, solved(course.released(name), name, changes))
    for (student, name), (how, _) in EXTRA.items():
        course.hand_in(student, name, solved(course.released(name), name, **how))
    course.nbgrader("autograde", "--assignment=*", "--create")
    course.nbgrader("generate_feedback", "--assignment=s*")  # of the two that EXTRA is about
    yield course
    leftovers.check(mark, before, course.temporary)


def submit_by_exchange(course):
    """The teacher releases an assignment; this user, as a student, fetches, solves and submits it; the teacher collects it."""
    course.nbgrader("release_assignment", RELEASED)
    student = course.folder.parent / "student"
    student.mkdir()
    course.nbgrader("fetch_assignment", RELEASED, "--course=ipc", folder=student)
    path = student / RELEASED / f"{RELEASED}.ipynb"
    import nbformat
    nbformat.write(solved(nbformat.read(path, as_version=4), RELEASED), path)
    course.nbgrader("submit", RELEASED, "--course=ipc", folder=student)
    course.nbgrader("collect", RELEASED)


def test_there_are_assignments():
    assert len(NAMES) >= 8 and set(WRONG) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_source_is_whole(name):
    notebook = source(name)
    assert notebook.metadata.kernelspec.name == "ipclab" and notebook.metadata.kernelspec.language == "go"
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook.cells)
    named = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if role(cell)]
    assert len(named) == len(set(named))
    tests = cells(notebook, "test")
    for cell in tests:
        assert sum(worth for worth, _ in checks(cell)) == points(cell), cell.source
        assert cell.source.count("ipclab.Check(") == len(checks(cell)), cell.source
        assert sum(limit for _, limit in checks(cell)) < configured_limit(), cell.source
    assert any("BEGIN HIDDEN TESTS" in cell.source for cell in tests) and any("BEGIN HIDDEN TESTS" not in cell.source for cell in tests)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert f"**Points:** {sum(map(points, tests))}." in text
    assert sum(map(int, re.findall(r"\((\d+) points\)", text))) == sum(map(points, tests))
    assert all(word in text for word in ("**After it you can**", "**You need**", "**Time:**", "Hint:"))


def configured_limit():
    return int(re.search(r"c\.Execute\.timeout = (\d+)", (HOMEWORK / "nbgrader_config.py").read_text())[1])


def test_the_configuration_is_python():
    ast.parse((HOMEWORK / "nbgrader_config.py").read_text())


@pytest.mark.timeout(1800)  # the first test waits for nbgrader to grade everything
@pytest.mark.parametrize("name", NAMES)
def test_the_students_version(course, name):
    """It has no solutions and no hidden tests; the rest is as in the source."""
    mine, theirs = source(name), course.released(name)
    assert len(mine.cells) == len(theirs.cells)
    for before, after in zip(mine.cells, theirs.cells):
        assert not re.search("BEGIN|END (SOLUTION|HIDDEN)", after.source)
        if role(before) == "solution":
            assert len(SOLUTION.findall(before.source)) == after.source.count("YOUR CODE HERE") > 0
            assert STUB.split("\n")[1] in after.source
        elif role(before) == "test":
            assert after.source.strip() == HIDDEN.sub("", before.source).strip() != ""
        else:
            assert after.source == before.source


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", NAMES)
def test_the_solution_gets_all_points(course, name):
    score, most = course.score("good", name)
    assert score == most == sum(map(points, cells(source(name), "test"))), course.scores("good", name)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", NAMES)
def test_the_untouched_stub_gets_none(course, name):
    assert course.score("untouched", name)[0] == 0, course.scores("untouched", name)
    assert "panic: not implemented" in course.said("untouched", name)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name, fault", [(name, fault) for name in NAMES for fault in WRONG[name]])
def test_a_wrong_solution_is_told_why(course, name, fault):
    _, want, said = WRONG[name][fault]
    student = wrong_student(fault)
    score, most = course.score(student, name)
    assert score == want if want is not None else 0 < score < most, course.scores(student, name)
    assert said in course.said(student, name)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("student, name", EXTRA)
def test_other_submissions(course, student, name):
    assert course.score(student, name)[0] == EXTRA[student, name][1], course.scores(student, name)


@pytest.mark.timeout(1800)
def test_what_an_endless_and_a_crashing_submission_are_told(course):
    assert "panic: not implemented" in course.feedback("untouched", "signal-counter")
    endless = course.feedback("endless", "shell-pipeline")
    assert "did not end within the time that it may take" in endless or "CellTimeoutError" in endless
    assert "it did not end within 5s" in endless
    assert "it did not end within 5s" in course.feedback("endless", "signal-counter")
    crashing = course.feedback("crashing", "shell-pipeline")
    assert "its process exited with status 1 before the function returned" in crashing
    assert "SIGKILL" in crashing
    assert "its process exited with status 2 before the function returned" in course.feedback("crashing", "signal-counter")


@pytest.mark.timeout(1800)
def test_through_the_exchange(course):
    score, most = course.score(getpass.getuser(), RELEASED)
    assert score == most


@pytest.mark.timeout(1800)
def test_the_sources_are_valid_and_the_students_versions_are_not(course):
    """What nbgrader's Validate button says."""
    assert course.nbgrader("validate", *(f"source/{name}/{name}.ipynb" for name in NAMES)).count("passes all the tests") == len(NAMES)
    assert "failed" in course.nbgrader("validate", f"release/{RELEASED}/{RELEASED}.ipynb", status=None)
