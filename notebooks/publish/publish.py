#!/usr/bin/env python3
"""Runs a notebook and writes it as a page: HTML, and PDF by way of Chromium, with code, charts, tables and provenance.

The notebook itself is not changed. All that a page shows is in its file, which needs no network.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

from page import title, with_provenance

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
PDF_LIMIT = 180  # seconds that a browser has to print


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--output", type=Path, default=Path("published"), metavar="FOLDER", help="where the pages go (published)")
    parser.add_argument("--to", default="html,pdf", help="html, pdf, or both (html,pdf)")
    parser.add_argument("--theme", default="light", choices=("light", "dark"), help="colours of the HTML page (light)")
    parser.add_argument("--ipclab", default=ROOT / "bin" / "ipclab", type=Path, help="the program that runs notebooks")
    parser.add_argument("--as-is", action="store_true", help="take the outputs that the notebook has, from ipclab run")
    options = parser.parse_args()
    kinds = set(options.to.split(","))
    if not kinds <= {"html", "pdf"}:
        parser.error(f"--to {options.to}: expected html, pdf or html,pdf")
    browser = find_browser() if "pdf" in kinds else None
    if "pdf" in kinds and browser is None:
        return (f"no browser prints the PDF: none of {', '.join(BROWSERS)} is in PATH; "
                'apt-get install chromium, or give --to html (for make, PUBLISH_FLAGS="--to html")')
    missing = [str(path) for path in options.notebooks if not path.is_file()]
    if missing:
        return f"there is no notebook {', '.join(missing)}"
    options.output.mkdir(parents=True, exist_ok=True)
    for path in options.notebooks:
        try:
            publish(path, options, kinds, browser)
        except (OSError, ValueError, subprocess.SubprocessError, nbformat.ValidationError) as error:
            return f"{path}: {error}"
    return 0


def publish(path, options, kinds, browser):
    notebook = with_provenance(nbformat.read(path if options.as_is else executed(path, options), as_version=4))
    page = options.output / f"{path.stem}.html"
    write_html(notebook, page, path.stem, options.theme)
    if "pdf" in kinds:
        write_pdf(notebook, options.output / f"{path.stem}.pdf", path.stem, browser)
    if "html" not in kinds:
        page.unlink()


def executed(path, options):
    """Runs a notebook; the copy with its outputs is beside the pages."""
    target = options.output / f"{path.stem}.ipynb"
    print(f"running {path}", flush=True)
    done = subprocess.run([options.ipclab, "run", "--provenance", "--output", target.resolve(), path], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise ValueError("it does not run to its end:\n" + "\n".join(done.stdout.splitlines()[-20:]))
    return target


def write_html(notebook, page, name, theme):
    exporter = HTMLExporter(template_name="lab", theme=theme, embed_images=True)
    exporter.mathjax_url = exporter.require_js_url = exporter.jquery_url = ""
    body, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": title(notebook, name)}})
    page.write_text(body, encoding="utf-8")
    print(f"{page} written", flush=True)


def find_browser():
    return next(filter(None, map(shutil.which, BROWSERS)), None)


# Cells may break across pages; what a reader takes in at once may not. Tables and code are set so small that the widest of
# the course fit.
PRINT = """<style>@page { size: A4; margin: 16mm 14mm; }
@media print {
:root { --jp-content-font-size1: 9.5pt; --jp-code-font-size: 7.5pt; --jp-cell-padding: 2px; --jp-cell-prompt-width: 32pt; }
body { padding: 0 !important; }
table, svg, img, h2, h3 { break-inside: avoid; }
h2, h3 { break-after: avoid; }
.jp-InputPrompt, .jp-OutputPrompt { font-size: 6pt !important; padding: 2px !important; }
.jp-Notebook pre { white-space: pre-wrap; font-size: 7.5pt !important; line-height: 1.25; tab-size: 4; }
.jp-OutputArea-output p { font-size: 7.5pt; line-height: 1.3; margin: 2px 0 !important; }
.jp-Notebook table { font-size: 6.5pt !important; }
.jp-Notebook th, .jp-Notebook td { padding: 1px 3px !important; white-space: normal !important; }
.jp-Notebook svg, .jp-Notebook img { max-width: 100%; height: auto; }
.jp-OutputArea-output, .jp-RenderedHTMLCommon { overflow: visible; }
}
</style></head>"""


def write_pdf(notebook, target, name, browser):
    """Prints the light page: paper is white."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        exporter = HTMLExporter(template_name="lab", theme="light", embed_images=True)
        exporter.mathjax_url = exporter.require_js_url = exporter.jquery_url = ""
        body, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": title(notebook, name)}})
        page.write_text(body.replace("</head>", PRINT, 1), encoding="utf-8")
        command = [browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                   "--no-pdf-header-footer", f"--user-data-dir={folder}/profile", f"--print-to-pdf={target.resolve()}", page.as_uri()]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # root has none to use
        done = subprocess.run(command, capture_output=True, text=True, timeout=PDF_LIMIT)
    if "No usable sandbox" in done.stderr:
        raise ValueError(f"{Path(browser).name} has no sandbox to print the PDF in: apt-get install chromium-sandbox, or give --to html")
    if done.returncode != 0 or not target.is_file():
        raise ValueError(f"{Path(browser).name} printed no PDF:\n{done.stderr[-2000:]}")
    print(f"{target} written", flush=True)


if __name__ == "__main__":
    sys.exit(main())
