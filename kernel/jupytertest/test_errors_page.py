"""The page of errors, notebooks/book/errors.md: each cell there shows the words that stand below it."""
import os
import re
import textwrap
from dataclasses import dataclass, field

import pytest

from conftest import ROOT
from test_stuck import settle

PAGE = ROOT / "notebooks" / "book" / "errors.md"
PART = re.compile(r"^### (?P<title>[^\n]+)$|^<!-- (?P<note>[^\n]+) -->$|^```(?P<kind>go|c|text)\n(?P<body>.*?)^```$", re.M | re.S)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")

FOLD = "\n" + 8 * " "  # in a message that is longer than a line of the page

# What differs each time: cells, descriptors, processes, pipes, addresses; and quotation marks with the locale.
NUMBERS = [(r"cell\d+", "cell"), (r"descriptor \d+", "descriptor"), (r"0x[0-9a-f]+", "address"), (r"\d{3,}", "number"), ("[‘’`]", "'")]


@dataclass
class Entry:
    """One entry of the page: cells, and what is shown below the last one."""

    title: str
    notes: list = field(default_factory=list)
    cells: list = field(default_factory=list)
    shown: str = ""

    @property
    def environment(self):
        settings = [note.removeprefix("with ") for note in self.notes if note.startswith("with ")]
        return dict(setting.split("=") for setting in settings)

    @property
    def runs(self):
        return not any(note.startswith("not run") for note in self.notes)


def read_page():
    entries = []
    for part in PART.finditer(PAGE.read_text()):
        if part["title"]:
            entries.append(Entry(part["title"]))
        elif part["note"]:
            entries[-1].notes.append(part["note"])
        elif part["kind"] == "text":
            entries[-1].shown = part["body"].replace(FOLD, " ")
        else:
            entries[-1].cells.append(part["body"].rstrip("\n"))
    return entries


ENTRIES = read_page()
RUN = [entry for entry in ENTRIES if entry.runs]


def plain(text):
    for pattern, name in NUMBERS:
        text = re.sub(pattern, name, text)
    return text


def printed(result):
    """All that appears below a cell."""
    texts = []
    for message in result.outputs:
        content = message["content"]
        if message["msg_type"] == "stream":
            texts.append(content["text"])
        elif message["msg_type"] == "error":
            texts.append("\n".join(content["traceback"]))
        else:
            texts.append(content["data"].get("text/plain", ""))
    return COLOURS.sub("", "\n".join(texts)).replace(os.environ["TMPDIR"], "/tmp")


def interrupted(kernel, cell):
    """A cell that is interrupted when it waits, or, in a loop, when it has begun."""
    request = kernel.execute('fmt.Println("begun"); ' + cell)
    kernel.await_text(request, "begun")
    if not cell.startswith("for {"):
        settle(kernel)
    kernel.ask("interrupt_request", channel="control")
    return kernel.finish(request)


def show(kernel, entry):
    *first, last = entry.cells
    for cell in first:
        assert kernel.run(cell).reply["status"] == "ok"
    return printed(interrupted(kernel, last) if "interrupt" in entry.notes else kernel.run(last))


def missing(entry, text):
    """The first quoted line that the text does not have behind those before it; None if all are there."""
    text = plain(text)
    at = 0
    for line in entry.shown.splitlines():
        quoted = ".*".join(re.escape(piece) for piece in plain(line.rstrip()).split("…"))
        found = re.compile(quoted).search(text, at)
        if not found:
            return line
        at = found.end()
    return None


def faults(kernel, entries):
    """What is not as the page says, tried again where a busy machine may have cut the look at who waits short."""
    found = []
    for entry in entries:
        for _ in range(3 if "interrupt" in entry.notes else 1):
            text = show(kernel, entry)
            kernel.run("%reset")
            line = missing(entry, text)
            if line is None:
                break
        else:
            found.append(f"{entry.title}:\n  not shown: {line}\n  but:\n{text}")
    return found


def test_entries_are_whole():
    assert len(RUN) >= 40
    assert [entry.title for entry in ENTRIES if not entry.shown] == []
    assert [entry.title for entry in RUN if not entry.cells] == []
    assert len({entry.title for entry in ENTRIES}) == len(ENTRIES)
    told = [part for part in PAGE.read_text().split("\n### ")[1:] if not ("**Why.**" in part and "**Do.**" in part)]
    assert told == []


def test_no_entry_matches_whatever_is_shown():
    assert [entry.title for entry in RUN if missing(entry, "") is None] == []


def groups():
    """The entries of each section that need no kernel of their own."""
    found = {}
    for section in PAGE.read_text().split("\n## ")[1:]:
        titles = re.findall("^### (.+)$", section, re.M)
        entries = [entry for entry in RUN if entry.title in titles and not entry.environment]
        if entries:
            found[section.split("\n")[0]] = entries
    return found


GROUPS = groups()


@pytest.mark.parametrize("name", GROUPS)
def test_cells_show_what_the_page_says(kernel, name, tmp_path, monkeypatch, request):
    if name == "Cells of C":
        request.getfixturevalue("compiler")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert "\n".join(faults(kernel, GROUPS[name])) == ""


@pytest.mark.parametrize("entry", [e for e in RUN if e.environment], ids=lambda e: e.title)
def test_cells_under_bounds_show_what_the_page_says(start, monkeypatch, entry):
    for variable, value in entry.environment.items():
        monkeypatch.setenv(variable, value)
    assert "\n".join(faults(start(), [entry])) == ""


def test_the_first_cell_of_the_students(kernel):
    """That of students.md, which stands in a list."""
    page = PAGE.with_name("students.md").read_text()
    cell = textwrap.dedent(re.search(r"^ *```go\n(.*?)^ *```$", page, re.M | re.S)[1])
    assert kernel.run(cell).value.startswith("hello from ")


def test_the_cell_that_tells_teachers_whether_tracing_is_permitted(kernel):
    cell = re.search(r"^```go\n(.*?)^```$", PAGE.with_name("teachers.md").read_text(), re.M | re.S)[1]
    assert kernel.run(cell).value == "1"
