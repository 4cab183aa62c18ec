"""What every test starts from: an installed kernelspec, kernels, and a look at what they leave behind.

IPCLAB names the binary under test; bin/ipclab of this tree if it is not set.
Jupyter's folders and the state folder are temporary, so nothing of the user's is read or changed.
"""
import os
import shutil
import subprocess
import uuid
from pathlib import Path

import pytest

import leftovers
from client import Kernel

ROOT = Path(__file__).resolve().parents[2]


def missing(what):
    """Skip, or fail where everything has to be there: on the machine of the continuous integration."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def binary():
    path = Path(os.environ.get("IPCLAB", ROOT / "bin" / "ipclab"))
    assert path.is_file(), f"{path} is not there: make build"
    return path


@pytest.fixture(scope="session")
def mark():
    """An environment variable by which every process of this run can be found."""
    value = uuid.uuid4().hex
    os.environ[leftovers.VARIABLE] = value
    return value


@pytest.fixture(scope="session", autouse=True)
def jupyter_folders(tmp_path_factory, binary, mark):
    """Installs the kernelspec as a user would, into folders of this run."""
    base = tmp_path_factory.mktemp("jupyter")
    for variable, name in {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython", "XDG_STATE_HOME": "state",
    }.items():
        (base / name).mkdir(mode=0o700)
        os.environ[variable] = str(base / name)
    os.environ["JUPYTER_PATH"] = str(base / "prefix" / "share" / "jupyter")
    os.environ.pop("JPY_SESSION_NAME", None)
    subprocess.run([binary, "install", "--prefix", base / "prefix"], check=True, timeout=30)
    return base


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A state folder of the test's own."""
    folder = tmp_path / "state"
    folder.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


@pytest.fixture
def nothing_left(tmp_path, monkeypatch, mark):
    """Fails the test if a process, a shared memory object or a file in the folder for temporary files is left."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    before = leftovers.shared_memory()
    yield temporary
    leftovers.check(mark, before, temporary)


@pytest.fixture
def start(state, nothing_left):
    """Starts kernels, and stops those that still run when the test ends."""
    started = []

    def start(**options):
        k = Kernel(**options)
        started.append(k)
        return k

    yield start
    for k in started:
        k.stop()


@pytest.fixture
def kernel(start):
    return start()


@pytest.fixture
def compiler():
    path = shutil.which("cc") or shutil.which("gcc")
    if path is None:
        missing("there is no C compiler; install gcc")
    return path
