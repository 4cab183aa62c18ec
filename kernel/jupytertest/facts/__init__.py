"""What the notebooks of the course must show, beyond running without an error.

For notebooks/NN-name.ipynb, the module facts.name (with _ for -) has a function check(shown), which asserts what the text
of the chapter says of the outputs of its cells: never how long something took, always what it came to.
"""
import importlib
import re


def check(path, notebook):
    """Checks a notebook that has been executed."""
    name = re.sub(r"^\d+-", "", path.stem).replace("-", "_")
    importlib.import_module(f"facts.{name}").check(Shown(notebook))


class Shown:
    """The outputs of a notebook's cells. A cell is named by its id in the notebook."""

    def __init__(self, notebook):
        self.cells = {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}

    def text(self, cell):
        """All that a cell printed and displayed, as text. What it printed may have come in several pieces, of lines too."""
        parts = []
        for output in self.cells[cell].outputs:
            plain = output.get("data", {}).get("text/plain", "")
            parts.append(output.text if output.output_type == "stream" else f"\n{plain}\n")
        return "".join(parts)

    def table(self, cell, number=0):
        """A table of a cell as a list of rows, each a dictionary from the heading, without its unit, to the text."""
        tables = [output.data["text/markdown"] for output in self.cells[cell].outputs
                  if "text/markdown" in output.get("data", {})]
        lines = [line for line in tables[number].splitlines() if line.startswith("|")]
        rows = [[part.strip() for part in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
        headings = [re.sub(r" \([^)]*\)$", "", heading) for heading in rows[0]]
        return [dict(zip(headings, row)) for row in rows[2:]]

    def drawn(self, cell):
        """The media types of what a cell displayed."""
        return {kind for output in self.cells[cell].outputs for kind in output.get("data", {})}


def number(text):
    """The number that a table's text begins with."""
    return float(re.match(r"[-+\d.,]+", text).group().replace(",", ""))
