"""What is said on a machine where a tool is missing: one line, with what to install."""
import os
import shutil
import subprocess

import pytest

from conftest import ROOT

BASIC = ("sh", "make", "id", "git", "sed", "sort", "head", "dirname", "cat", "uname", "cmp", "ls")


@pytest.fixture
def bare(tmp_path):
    """Runs commands in the repository with little on PATH, and programs that tests have put there."""
    for name in filter(shutil.which, BASIC):
        (tmp_path / name).symlink_to(shutil.which(name))

    def run(*command, **environment):
        return subprocess.run(command, cwd=ROOT, env={"PATH": str(tmp_path), "HOME": str(tmp_path), **environment},
                              capture_output=True, text=True, timeout=60)

    run.folder = tmp_path
    return run


def program(bare, name, script):
    path = bare.folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("tool, environment, said", [
    ("go", {}, "needs Go 1.26, and there is no go on PATH: get it from https://go.dev/dl and add its bin folder to PATH"),
    ("python", {}, "needs Python 3.10 or later, and there is no python3: apt-get install python3 python3-venv, or PYTHON=..."),
    ("venv", {"PYTHON": "python9"}, "needs Python 3.10 or later, and there is no python9: apt-get install python3 python3-venv, or PYTHON=..."),
    ("cc", {}, "needs a C compiler, and there is no cc: apt-get install gcc libc6-dev, or CC=..."),
])
def test_a_missing_tool_is_told_in_one_line(bare, tool, environment, said):
    done = bare("install/need.sh", tool, **environment)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"make: {said}\n")


@pytest.mark.parametrize("version, accepted", [("go1.19.8", False), ("go1.25.9", False), ("go1.26.0", True), ("go1.26", True),
                                               ("go1.26rc1", True), ("go1.27.1", True), ("go2.0", True)])
def test_go_has_to_be_as_new_as_the_module_wants(bare, version, accepted):
    program(bare, "go", f"echo {version}")
    done = bare("install/need.sh", "go")
    assert done.returncode == (0 if accepted else 1), done.stderr
    assert accepted or f"needs Go 1.26, and go is {version[2:]}" in done.stderr


@pytest.mark.parametrize("script, said", [("exit 1", "is older"), ('case "$2" in *venv*) exit 1 ;; esac', "apt-get install python3-venv")])
def test_python_has_to_be_new_and_complete(bare, script, said):
    program(bare, "python3", script)
    done = bare("install/need.sh", "venv")
    assert done.returncode == 1 and said in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("target", ["build", "run", "lab", "publish", "book", "homework", "test", "lint", "container"])
def test_make_says_that_go_is_missing(bare, target):
    done = bare("make", target)
    assert done.returncode == 2
    first, last = done.stderr.strip().splitlines()
    assert first.startswith("make: needs Go") and "need-go" in last


@pytest.mark.parametrize("step", ["fetch", "build", "run"])
def test_the_container_needs_an_engine_that_answers(bare, step):
    assert bare("install/container.sh", step).stderr == \
        "install/container.sh: there is no docker on PATH: apt-get install docker.io, or ENGINE=podman\n"
    program(bare, "podman", "exit 1")
    done = bare("install/container.sh", step, ENGINE="podman")
    assert done.returncode == 1
    assert done.stderr == "install/container.sh: podman does not answer: is its daemon running, and may you use it? (podman info)\n"


@pytest.mark.parametrize("step, said", [
    ("fetch", "the base image none cannot be had: bring it by docker save and docker load, or name another one with Python by BASE=..."),
    ("run", "there is no image ipclab yet: make container"),
])
def test_the_container_says_which_image_is_missing(bare, step, said):
    program(bare, "docker", '[ "$1" = info ]')
    assert bare("install/container.sh", step, BASE="none").stderr == f"install/container.sh: {said}\n"
