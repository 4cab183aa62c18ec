"""JupyterLab as a person sees it: a server, and a page in headless Chromium."""
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from playwright.sync_api import expect

TIMEOUT = 60_000  # milliseconds; JupyterLab alone takes ten seconds to draw on a slow machine

# As root, and without the connections to the outside that Chromium makes by itself.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # so that every cell is in the page
    "docmanager-extension/plugin": {"autosave": False},
}


TOKEN = "of-this-test"


class Server:
    """jupyter lab on a free port of this machine, with folders of its own."""

    def __init__(self, notebooks, folder, theme="JupyterLab Light"):
        settings = folder / "settings"
        for name, values in {**SETTINGS, "apputils-extension/themes": {"theme": theme}}.items():
            file = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), encoding="utf-8")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = open(folder / "jupyterlab.log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
             "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={notebooks}",
             f"--LabApp.user_settings_dir={settings}", f"--LabApp.workspaces_dir={folder / 'workspaces'}",
             "--LabApp.extension_manager=readonly", "--ServerApp.terminals_enabled=False"],
            stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self._await_answer()

    def _await_answer(self):
        end = time.monotonic() + TIMEOUT / 1000
        while time.monotonic() < end:
            assert self.process.poll() is None, "jupyter lab ended at its start; see jupyterlab.log"
            try:
                self.ask("status")
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("jupyter lab does not answer")

    def ask(self, path, method="GET"):
        """One request of Jupyter's REST interface; returns the answer's JSON, None if it has none."""
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method, headers={"Authorization": f"token {TOKEN}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer) if answer.status == 200 else None

    def end_kernels(self):
        for session in self.ask("sessions"):
            self.ask(f"sessions/{session['id']}", "DELETE")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Notebook:
    """One notebook, open in JupyterLab."""

    def __init__(self, page, server, path):
        self.page = page
        page.set_default_timeout(TIMEOUT)
        page.goto(f"{server.url}/lab/tree/{path}?reset&token={TOKEN}")
        self.panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.cells = self.panel.locator(".jp-CodeCell")
        self.outputs = self.panel.locator(".jp-OutputArea-output")
        self.tables = self.outputs.locator("table")
        self.cells.first.wait_for()
        self.await_state("Idle")

    def await_state(self, state):
        """Waits until the status bar shows the kernel in a state: Idle or Busy."""
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text(f"Go (ipclab) | {state}")

    def menu(self, menu, item):
        """Chooses an item of the menu bar."""
        self.page.locator(f".lm-MenuBar-item:has-text('{menu}')").click()
        self.page.locator(f".lm-Menu-item[data-command='{item}']").click()

    def run_all(self):
        """Clears what is there, runs all cells, and waits for the end of the last."""
        self.menu("Edit", "editmenu:clear-all")
        expect(self.outputs).to_have_count(0)
        self.menu("Run", "runmenu:run-all")
        expect(self.cells.last.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))
        self.await_state("Idle")

    def select(self, index):
        self.cells.nth(index).locator(".jp-InputPrompt").click()

    def run(self, index):
        """Runs one cell by the keyboard."""
        self.select(index)
        self.page.keyboard.press("Control+Enter")

    def interrupt(self):
        self.menu("Kernel", "kernelmenu:interrupt")

    def restart(self):
        self.menu("Kernel", "kernelmenu:restart")
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()

    def await_prompt(self, index, text):
        self.cells.nth(index).locator(f".jp-InputPrompt:has-text('{text}')").wait_for()

    def output(self, index):
        return self.cells.nth(index).locator(".jp-OutputArea-output")

    def errors(self):
        return self.panel.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").all_inner_texts()

