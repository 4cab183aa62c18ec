"""Run thousands of different small cells in one kernel, and see what they leave behind.

    manycells.py IPCLAB_KERNEL_JSON [--cells N] [--every N]

One row for every so many cells: the MiB resident of the kernel process and of the runtime process, and what the
trivial cell takes after them (median of 50, request to idle, in ms), with the CPU time that both processes spend on it.
"""
import argparse
import os
import statistics

import kernelbench

TRIVIAL = "x := 1 + 1; _ = x"

# What cells do, by turns. {n} is the cell's number: no two cells are the same.
KINDS = [
    "x := {n}; fmt.Println(x)",
    "v{n} := {n}\nv{n} + 1",
    "for i := 0; i < 3; i++ {{\n\tfmt.Print(i + {n}, \" \")\n}}",
    "func double(n int) int {{ return 2*n + {n} }}\ndouble(1)",
    "func f{n}(n int) int {{\n\tif n < 2 {{\n\t\treturn n + {n}\n\t}}\n\treturn f{n}(n - 1)\n}}\nf{n}(3)",
    "s := strings.Repeat(\"a\", {n} % 7)\nlen(s)",
    "type point struct {{ x, y int; at [{n}]byte }}\nvar p point\nfmt.Println(len(p.at))",
    "m := map[string]int{{\"a\": {n}}}\nm[\"a\"]++\nm",
    "undefined{n} + 1",
    "sum := 0\nfor _, v := range []int{{1, 2, {n}}} {{\n\tsum += v\n}}\nsum",
]


def resident(pid):
    """The MiB resident of a process."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def spent(pid):
    """The CPU time of a process, in ms."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def trivial(kernel, pids, count=50):
    """The median time of a trivial cell, and the mean CPU time, in ms."""
    before = sum(map(spent, pids))
    times = [kernel.run(TRIVIAL)["t"] for _ in range(count)]
    return 1e3 * statistics.median(times), (sum(map(spent, pids)) - before) / count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kernel", metavar="IPCLAB_KERNEL_JSON")
    parser.add_argument("--cells", type=int, default=10000)
    parser.add_argument("--every", type=int, default=1000)
    options = parser.parse_args()
    kernel = kernelbench.Kernel(options.kernel, 60)
    kernel.wait_info()
    kernel.settle()
    pids = kernel.km.provisioner.pid, int(kernel.run("fmt.Println(os.Getpid())")["head"])
    print("| cells | kernel, MiB | runtime, MiB | trivial cell, ms | CPU time of it, ms |\n|---:|---:|---:|---:|---:|")
    for n in range(options.cells + 1):
        if n % options.every == 0:
            took, cpu = trivial(kernel, pids)
            print(f"| {n} | {resident(pids[0]):.0f} | {resident(pids[1]):.0f} | {took:.2f} | {cpu:.2f} |", flush=True)
        kernel.run(KINDS[n % len(KINDS)].format(n=n))
    kernel.close()


if __name__ == "__main__":
    main()
