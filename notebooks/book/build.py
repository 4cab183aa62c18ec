#!/usr/bin/env python3
"""Builds the website of the course from notebooks that have been run, the pages beside this file, and the reference.

The notebooks are taken with the outputs that they have; --run runs them first, into the folder of the sources.
"""
import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "publish"))
from page import with_provenance  # noqa: E402  (it lies beside the publishing script)

PAGES = [("students", "For students"), ("teachers", "For teachers"), ("errors", "Errors and causes")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=ROOT / "published" / "book", metavar="FOLDER")
    parser.add_argument("--run", action="store_true", help="run the notebooks first, which takes minutes")
    parser.add_argument("--ipclab", type=Path, default=ROOT / "bin" / "ipclab", help="the program that runs notebooks")
    options = parser.parse_args()
    sources = options.output.resolve() / "sources"
    site = options.output.resolve() / "html"
    shutil.rmtree(sources, ignore_errors=True)
    sources.mkdir(parents=True)
    try:
        chapters = put_chapters(sources, options)
        put_pages(sources, chapters)
        print("writing the reference", flush=True)
        subprocess.run(["go", "run", "./notebooks/book/reference", "ipclab", sources / "reference"], cwd=ROOT, check=True)
        print("building the pages: a minute or more, without a sign of it", flush=True)
        subprocess.run([sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", "-b", "html",
                        "-d", options.output / "cache", sources, site], check=True)
    except subprocess.CalledProcessError as error:
        return f"the website was not built: {error}"
    print(f"{site / 'index.html'} written")
    return 0


def put_chapters(sources, options):
    """Copies the chapters, with a section on where their figures come from."""
    names = []
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb")):
        if path.name.endswith(".executed.ipynb"):
            continue
        target = sources / path.name
        if options.run:
            print(f"running {path.name}", flush=True)
            subprocess.run([options.ipclab, "run", "--provenance", "--output", target, path], check=True,
                           stdout=subprocess.DEVNULL)
        else:
            shutil.copyfile(path, target)
        notebook = nbformat.read(target, as_version=4)
        if "ipclab" in notebook.metadata:
            nbformat.write(with_provenance(notebook), target)
        names.append(path.stem)
    pictures = ROOT / "notebooks" / "pictures"
    if pictures.is_dir():
        shutil.copytree(pictures, sources / "pictures")
    return names


def put_pages(sources, chapters):
    """Copies what is written for the website, and makes its table of contents."""
    for name in ("conf.py", "_static"):
        (shutil.copytree if (HERE / name).is_dir() else shutil.copyfile)(HERE / name, sources / name)
    pages = [(name, title) for name, title in PAGES if (HERE / f"{name}.md").is_file()]
    for name, _ in pages:
        shutil.copyfile(HERE / f"{name}.md", sources / f"{name}.md")
    contents = [contents_of("The course", chapters),
                contents_of("Working with it", [f"{title} <{name}>" for name, title in pages] + ["reference/index"])]
    text = (HERE / "index.md").read_text(encoding="utf-8")
    (sources / "index.md").write_text("\n".join([text, *contents]), encoding="utf-8")


def contents_of(caption, entries):
    return "\n".join(["```{toctree}", f":caption: {caption}", ":maxdepth: 1", "", *entries, "```", ""])


if __name__ == "__main__":
    sys.exit(main())
