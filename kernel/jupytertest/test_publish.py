"""Notebooks as pages: HTML and PDF of one, and the website of the course."""
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pypdf
import pytest
from playwright.sync_api import sync_playwright

from conftest import ROOT, missing
from lab import FLAGS
from test_notebooks import NOTEBOOKS

BOOK = ROOT / "notebooks" / "book" / "build.py"
PUBLISH = ROOT / "notebooks" / "publish" / "publish.py"
PICTURES = ROOT / ".cache" / "jupytertest"
CHAPTER = ROOT / "notebooks" / "02-pipes.ipynb"
CHART = "application/vnd.vegalite.v5+json"


def publish(binary, *options):
    return subprocess.run([sys.executable, PUBLISH, "--ipclab", binary, *map(str, options)], capture_output=True, text=True,
                          timeout=240)


@pytest.fixture(scope="module")
def published(binary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    done = publish(binary, "--output", folder, CHAPTER)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def website(binary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    done = subprocess.run([sys.executable, BOOK, "--ipclab", binary, "--output", folder], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr  # a warning is an error too
    return folder / "html"


@pytest.fixture(scope="module")
def browser():
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        missing("there is no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def charts(path):
    return sum(CHART in output.get("data", {}) for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", []))


def test_a_page_has_code_tables_charts_and_provenance(published):
    page = (published / "02-pipes.html").read_text(encoding="utf-8")
    assert "<title>Pipes</title>" in page
    for part in ('class="highlight', "<table", "Provenance", "ipclab ", "Linux "):
        assert part in page, part
    drawn = len(re.findall(r"<svg[^>]*(?:role=|viewBox)", page)) + len(re.findall(r'<img[^>]*src="data:image', page))
    assert drawn >= charts(CHAPTER) > 0
    assert not re.search(r'<(?:script|link)[^>]*(?:src|href)="http', page), "the page wants the network"


def test_a_pdf_has_the_same(published):
    pdf = pypdf.PdfReader(published / "02-pipes.pdf")
    text = "\n".join(page.extract_text() for page in pdf.pages)
    assert len(pdf.pages) > 5
    for part in ("Pipes", "ipclab.Pipe()", "Provenance", "context switches", "share that took at most as long"):
        assert part in text, part


@pytest.mark.parametrize("options, message", [
    (["/nonexistent.ipynb"], "nonexistent"),
    (["--to", "word", CHAPTER], "expected html, pdf"),
    (["--as-is", "--to", "html", CHAPTER.parent / "homework" / "README.md"], ""),
], ids=["no file", "no format", "no notebook"])
def test_publishing_says_why_not(binary, tmp_path, options, message):
    done = publish(binary, "--output", tmp_path / "out", *options)
    assert done.returncode != 0 and message in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_a_notebook_that_fails_is_not_published(binary, tmp_path, state):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("nothing")])
    nbformat.write(notebook, tmp_path / "fails.ipynb")
    done = publish(binary, "--output", tmp_path / "out", "--to", "html", tmp_path / "fails.ipynb")
    assert done.returncode != 0 and "undefined: nothing" in done.stderr
    assert not (tmp_path / "out" / "fails.html").exists()


@pytest.mark.timeout(700)
def test_the_website_has_all_chapters_and_charts(website):
    index = (website / "index.html").read_text(encoding="utf-8")
    for path in NOTEBOOKS:
        if path.parent.name != "notebooks":
            continue
        page = (website / f"{path.stem}.html").read_text(encoding="utf-8")
        assert f"{path.stem}.html" in index
        pictures = re.findall(r'<img[^>]*src="(_images/[^"]*)"', page)
        assert len(pictures) >= charts(path), path.stem
        assert all((website / name).is_file() for name in pictures)
    assert (website / "reference" / "pipes.html").is_file()


@pytest.mark.timeout(700)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_website_as_a_picture(website, browser, theme):
    """Each chart of a chapter is drawn, on a page of the wanted brightness; the picture is kept to be looked at."""
    context = browser.new_context(viewport={"width": 1300, "height": 1600}, color_scheme=theme)
    context.add_init_script(f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')")
    page = context.new_page()
    page.goto((website / f"{CHAPTER.stem}.html").as_uri())
    images = page.locator(".cell_output img")
    assert images.count() == charts(CHAPTER)
    for i in range(images.count()):
        images.nth(i).scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth > 100", arg=images.nth(i).element_handle())
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, re.findall(r"\d+", background)[:3])) / 3
    assert (brightness < 100) == (theme == "dark"), background
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"website-{theme}.png")
    context.close()


def test_a_notebook_that_is_not_there_is_told_before_anything_is_run(binary, tmp_path):
    done = publish(binary, "--to", "html", "--output", tmp_path / "pages", CHAPTER, "nowhere.ipynb")
    assert done.returncode == 1 and done.stderr == "there is no notebook nowhere.ipynb\n" and done.stdout == ""
    assert not (tmp_path / "pages").exists()


def test_a_browser_without_a_sandbox_is_told_in_one_line(binary, tmp_path):
    browser = tmp_path / "bin" / "chromium"
    browser.parent.mkdir()
    browser.write_text("#!/bin/sh\necho 'ERROR: No usable sandbox! Much more is said.' >&2\nexit 1\n")
    browser.chmod(0o755)
    done = subprocess.run([sys.executable, PUBLISH, "--ipclab", binary, "--as-is", "--output", tmp_path, CHAPTER], capture_output=True,
                          text=True, timeout=240, env={**os.environ, "PATH": f"{browser.parent}:{os.environ['PATH']}"})
    assert done.returncode == 1
    assert done.stderr == f"{CHAPTER}: chromium has no sandbox to print the PDF in: apt-get install chromium-sandbox, or give --to html\n"
