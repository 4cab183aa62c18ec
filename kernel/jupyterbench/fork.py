"""Measure ipclab.Fork in a cell beside fork(2) in a C program of the same resident size, in turns.

    fork.py IPCLAB_KERNEL_JSON [--rounds N] [--forks N] [--mebibytes N ...]

The runtime process is measured as it is, and with so many mebibytes more in variables of the notebook. Figures are
medians of the microseconds until fork returned in the parent. The child exits at once and is waited for.
"""
import argparse
import os
import statistics
import subprocess
import tempfile

import kernelbench

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../runtime/fork/testdata/fork.c")

DEFINE = """
func forks(n int) {
	var took []int64
	for i := 0; i < n; i++ {
		start := time.Now()
		pid, err := ipclab.Fork()
		if pid == 0 {
			os.Exit(0)
		}
		took = append(took, time.Since(start).Nanoseconds())
		if err != nil {
			panic(err)
		}
		ipclab.WaitPid(pid)
	}
	fmt.Println(took)
}
fmt.Println(os.Getpid())
"""

FILL = """
ballast = append(ballast, make([]byte, %d<<20))
for i := 0; i < len(ballast[0]); i += 4096 {
	ballast[0][i] = 1
}
"""


class Cells:
    """A kernel, of which the runtime process is measured."""

    def __init__(self, spec):
        self.kernel = kernelbench.Kernel(spec, 30)
        self.kernel.wait_info()
        self.kernel.settle()
        self.pid = int(self.run(DEFINE))

    def run(self, code):
        printed = []
        reply = self.kernel.kc.execute_interactive(
            code, timeout=60, allow_stdin=False, output_hook=lambda m: printed.append(m["content"].get("text", "")))
        if reply["content"]["status"] != "ok":
            raise RuntimeError(reply["content"])
        return "".join(printed)

    def resident(self):
        """The KiB that are resident."""
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024

    def forks(self, n):
        return [int(t) for t in self.run(f"forks({n})").strip(" []\n").split()]


class Program:
    """The C program with so many KiB resident."""

    def __init__(self, path, resident):
        self.process = subprocess.Popen([path, str(resident)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def forks(self, n):
        self.process.stdin.write(f"{n}\n")
        self.process.stdin.flush()
        return [int(self.process.stdout.readline().split()[0]) for _ in range(n)]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def compare(cells, path, rounds, forks):
    """Medians of both in µs, and the MiB resident."""
    cells.forks(forks)  # the first ones in a session are slower
    resident = cells.resident()
    program = Program(path, resident)
    ours, theirs = [], []
    for _ in range(rounds):
        ours += cells.forks(forks)
        theirs += program.forks(forks)
    program.close()
    return statistics.median(ours) / 1e3, statistics.median(theirs) / 1e3, resident / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kernel", metavar="IPCLAB_KERNEL_JSON")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--forks", type=int, default=20, help="in a round")
    parser.add_argument("--mebibytes", type=int, nargs="*", default=[0, 20, 40, 80], help="in variables")
    options = parser.parse_args()
    print("| in variables, MiB | resident, MiB | Fork in a cell, µs | fork in C, µs | ratio |\n|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "fork")
        subprocess.run(["cc", "-O2", "-o", path, SOURCE], check=True)
        for mebibytes in options.mebibytes:
            cells = Cells(options.kernel)
            if mebibytes:
                cells.run("var ballast [][]byte")
                cells.run(FILL % mebibytes)
            ours, theirs, resident = compare(cells, path, options.rounds, options.forks)
            print(f"| {mebibytes} | {resident:.0f} | {ours:.0f} | {theirs:.0f} | {ours / theirs:.2f} |", flush=True)
            cells.kernel.close()


if __name__ == "__main__":
    main()
