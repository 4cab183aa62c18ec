"""Measure ipclab beside ipykernel in one run and print a Markdown table.

    compare.py IPCLAB_KERNEL_JSON [--cells N] [--starts N]

IPCLAB_KERNEL_JSON is the kernel.json of an installed ipclab. ipykernel is taken
from this Python. Each figure is a median; kernelbench.py says what is measured.
"Restart" is the time from shutdown_request (restart) to the kernel_info_reply of
the kernel started the moment the old process has ended: jupyter_client itself
looks for that end only every 100 ms.
"""
import argparse
import json
import os
import select
import statistics
import subprocess
import sys
import tempfile
import time

import kernelbench

ROWS = [
    ("start to kernel_info, ms", lambda r: r["startup"]["median_s"] * 1e3),
    ("restart to kernel_info, ms", lambda r: r["restart_s"] * 1e3),
    ("first cell, ms", lambda r: r["first_cell"]["s"] * 1e3),
    ("empty cell, p50, ms", lambda r: r["empty_cell"]["p50_ms"]),
    ("trivial cell, p50, ms", lambda r: r["trivial_cell"]["p50_ms"]),
    ("trivial cell, p99, ms", lambda r: r["trivial_cell"]["p99_ms"]),
    ("10 MB in 1 KiB writes, s", lambda r: r["stdout_1024"]["s"]),
    ("of these lost, bytes", lambda r: r["stdout_1024"]["expected"] - r["stdout_1024"]["received"]),
    ("10 MB in 64 KiB writes, s", lambda r: r["stdout_65536"]["s"]),
    ("fib(30), s", lambda r: r["fib"]["median_s"]),
    ("resident memory, all processes, MB", lambda r: r["rss_mb"]),
]


def restart(spec, times=5):
    """Median of the time from shutdown_request to the next kernel's info, in s."""
    took = []
    for _ in range(times):
        old = kernelbench.Kernel(spec, 30)
        old.wait_info()
        old.settle()
        ended = os.pidfd_open(old.km.provisioner.pid)
        began = time.perf_counter()
        old.kc.shutdown(restart=True)
        if not select.select([ended], [], [], 30)[0]:
            raise TimeoutError("the kernel did not end")
        new = kernelbench.Kernel(spec, 30)
        new.wait_info()
        took.append(time.perf_counter() - began)
        os.close(ended)
        for k in (old, new):
            k.close()
    return statistics.median(took)


def measure(spec, lang, options):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kernelbench.py")
    out = subprocess.run([sys.executable, script, spec, lang, *options], stdout=subprocess.PIPE, timeout=900)
    result = json.loads(out.stdout)
    result["restart_s"] = restart(spec)
    return result


def ipykernel_spec(folder):
    """Writes a kernel.json for ipykernel and returns its path."""
    path = os.path.join(folder, "kernel.json")
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    with open(path, "w", encoding="utf-8") as f:
        json.dump(dict(argv=argv, display_name="Python", language="python"), f)
    return path


def value(result, pick):
    try:
        x = pick(result)
    except (KeyError, TypeError):
        return "failed"
    return "%.4g" % x


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("kernel_json")
    p.add_argument("--cells", default="300")
    p.add_argument("--starts", default="7")
    a = p.parse_args()
    options = ["--cells", a.cells, "--starts", a.starts]
    with tempfile.TemporaryDirectory() as folder:
        python = measure(ipykernel_spec(folder), "python", options)
    ours = measure(a.kernel_json, "go", options)
    print("| | ipclab %s | ipykernel %s |" % tuple(r["info"]["implementation_version"] for r in (ours, python)))
    print("|---|---|---|")
    for name, pick in ROWS:
        print("| %s | %s | %s |" % (name, value(ours, pick), value(python, pick)))


if __name__ == "__main__":
    main()
