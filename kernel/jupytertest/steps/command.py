"""Runs commands, bounded in time, with nothing left behind."""
import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class Failed(Exception):
    """A command that failed, with the end of what it said."""


def run(command, limit, environment=None, lines=None):
    """Runs a command in the root of the repository and returns its exit status.

    limit is in seconds: after it, the command and all of its process group are killed, and Failed is raised.
    lines, if given, gets each line of its standard output; its standard error is shown as it is.
    """
    process = subprocess.Popen(
        [str(word) for word in command], cwd=ROOT, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if lines else None, text=True, errors="replace", start_new_session=True)
    watch = Watch(process, limit)
    try:
        if lines:
            for line in process.stdout:
                lines(line)
        status = process.wait()
    finally:
        watch.end()
    if watch.expired:
        raise Failed(f"{' '.join(map(str, command[:4]))} … took more than {limit} s and was killed")
    return status


class Watch:
    """Kills a process group when its time is over, and what is left of it at the end."""

    def __init__(self, process, limit):
        self.process = process
        self.expired = False
        self.timer = threading.Timer(limit, self.expire)
        self.timer.start()

    def expire(self):
        self.expired = True
        self.kill()

    def end(self):
        self.timer.cancel()
        self.kill()

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def require(command, limit, environment=None):
    """Runs a command quietly that has to succeed; shows what it said if it does not."""
    said = []
    status = run([*command], limit, environment, said.append)
    if status != 0:
        raise Failed(f"{' '.join(map(str, command))}: status {status}\n{''.join(said[-20:])}".rstrip())
    return "".join(said)


def install(*packages):
    """Installs Debian packages if that may be done here: by root, where there is apt-get. Reports whether it was."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        require(["apt-get", "update", "-q"], 300, quiet)
        require(["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages], 900, quiet)
    except Failed as error:
        print(error, flush=True)
        return False
    return True
