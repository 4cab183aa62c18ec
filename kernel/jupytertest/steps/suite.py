"""The Python tests, beside this folder, in an environment of their own with all that they need."""
import os
import shutil
import xml.etree.ElementTree as xml

from . import command
from .command import ROOT

ENVIRONMENT = ROOT / ".venv"  # the one that make lab uses
KEPT = ROOT / ".cache" / "jupytertest"  # what a run leaves to look at
REQUIREMENTS = ROOT / "install" / "requirements-test.txt"


def test(tally, _):
    command.require(["make", "build"], 900)
    try:
        prepare()
    except command.Failed as error:
        tally.skip("the Python tests", f"their environment could not be made: {error}")
        return
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        command.install("chromium", "fonts-dejavu-core")  # without it those tests skip, and say why
    if shutil.which("strace") is None:
        command.install("strace")  # without it the test that compares with it fails, and says so
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True)
    status = command.run(
        [ENVIRONMENT / "bin" / "python", "-m", "pytest", f"--junitxml={KEPT / 'junit.xml'}", "--durations=10", "-q",
         "kernel/jupytertest"], 1800)
    count(tally, status)


def prepare():
    """Makes the environment, once: a copy of the requirements in it says that it is complete."""
    done = ENVIRONMENT / REQUIREMENTS.name
    command.require(["make", ".venv/requirements.txt", ".venv/requirements-homework.txt"], 900)
    if done.exists() and done.read_bytes() == REQUIREMENTS.read_bytes():
        return
    command.require([ENVIRONMENT / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                     "-r", REQUIREMENTS], 900)
    shutil.copyfile(REQUIREMENTS, done)


def count(tally, status):
    """Counts the tests in pytest's report; a run without a report has failed."""
    try:
        cases = list(xml.parse(KEPT / "junit.xml").iter("testcase"))
    except (OSError, xml.ParseError) as error:
        tally.fail("pytest", f"exit status {status}, no report: {error}")
        return
    failed = 0
    for case in cases:
        name = f"{case.get('classname')}::{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
            tally.fail(name)
        elif (skipped := case.find("skipped")) is not None:
            tally.skip(name, skipped.get("message"))
        else:
            tally.ok()
    if status != 0 and not failed:
        tally.fail("pytest", f"exit status {status}")
