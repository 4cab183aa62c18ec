"""Makes a page of an executed notebook: its title, its cells, and where its figures come from."""
import datetime

import nbformat

UNKNOWN = "unknown"


def with_provenance(notebook):
    """The notebook with a last section that says when and on what it was run, as `ipclab run --provenance` has recorded it."""
    notebook = nbformat.from_dict(notebook)
    notebook.cells.append(nbformat.v4.new_markdown_cell(provenance(notebook.metadata)))
    return notebook


def provenance(metadata):
    """The section, in Markdown."""
    record = metadata.get("ipclab")
    if not record:
        raise ValueError('the notebook does not say where it was run: run it with "ipclab run --provenance"')
    machine = record.get("machine", {})
    rows = [
        ("executed", day(record.get("executed"))),
        ("processor", f"{machine.get('cpu') or UNKNOWN}, {machine.get('cpus', '?')} usable, {machine.get('architecture', '')}"),
        ("memory", f"{machine.get('memory_mib', 0) / 1024:.1f} GiB"),
        ("system", machine.get("system") or UNKNOWN),
        ("frequency governor", machine.get("governor") or "not visible"),
        ("virtualization", machine.get("virtualization") or UNKNOWN),
        ("clock source", machine.get("clock") or UNKNOWN),
        ("versions", f"ipclab {machine.get('ipclab', UNKNOWN)}, {machine.get('go', UNKNOWN)}"),
    ]
    lines = ["## Provenance", "", "Every figure above was measured in one run of this notebook.", "", "| | |", "|---|---|"]
    return "\n".join(lines + [f"| {name} | {value} |" for name, value in rows])


def day(text):
    if not text:
        return UNKNOWN
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).strftime("%-d %B %Y, %H:%M UTC")


def title(notebook, fallback):
    """The first heading."""
    for cell in notebook.cells:
        for line in cell.source.splitlines() if cell.cell_type == "markdown" else ():
            if line.startswith("# "):
                return line[2:].strip()
    return fallback
