"""The checks and tests of the Go code."""
import json
import os
import shutil

from . import command
from .tally import say

# The race detector cannot follow a process through fork, and sees races in the interpreter. So what depends on fork
# is tested without it, but for the tests of these packages that do neither.
FORK = "ipclab/runtime/fork"
RACE_TOO = {"ipclab/kernel/supervisor": "Child|Input|RollBack"}  # with a pattern of the tests to leave out


def lint(tally, packages):
    """gofmt, go vet for both architectures, staticcheck; and that fork, whose stack is bounded, leaves room for what fuzzing adds."""
    if command.run(["make", "lint", f"PACKAGES={packages}"], 1200) == 0:
        tally.ok()
    else:
        tally.fail("make lint")
    build = ["go", "test", "-c", "-fuzz=Fuzz", "-o", os.devnull, FORK]
    if command.run(build, 600, {"CGO_ENABLED": "0"}) == 0:
        tally.ok()
    else:
        tally.fail("build for fuzzing")


def test(tally, packages):
    forking, others = split(packages)
    run_tests(tally, "go test", [], forking, {"CGO_ENABLED": "0"})
    if shutil.which("gcc") is None and not command.install("gcc", "libc6-dev"):
        tally.skip("go test -race", "the race detector needs a C compiler; apt-get install gcc libc6-dev")
        run_tests(tally, "go test", [], others, {"CGO_ENABLED": "0"})
        return
    run_tests(tally, "go test -race", ["-race"], others, {"CGO_ENABLED": "1"})
    for package in RACE_TOO.keys() & set(forking):
        run_tests(tally, "go test -race", ["-race", f"-skip={RACE_TOO[package]}"], [package], {"CGO_ENABLED": "1"})


def split(packages):
    """The packages with tests: those that depend on fork, and the others."""
    listed = command.require(["go", "list", "-test", "-f", "{{.ImportPath}} {{.Deps}}", *packages.split()], 300)
    forking, others = [], []
    for line in listed.splitlines():
        package, _, dependencies = line.partition(" ")
        if package.endswith(".test"):
            inside = dependencies.strip("[]").split()
            (forking if FORK in inside else others).append(package.removesuffix(".test"))
    return forking, others


def run_tests(tally, name, flags, packages, environment):
    if not packages:
        return
    events = Events(tally, name)
    status = command.run(["go", "test", "-json", "-timeout=300s", *flags, *packages], 1800, environment, events.line)
    events.close(status, packages)


class Events:
    """Counts the tests in what go test -json prints (go doc test2json)."""

    def __init__(self, tally, name):
        self.tally = tally
        self.name = name
        self.output = {}   # package and test to its lines, until it has passed
        self.results = {}  # package and test to pass, fail or skip
        self.ended = {}    # package to pass, fail or skip

    def line(self, line):
        try:
            event = json.loads(line)
        except ValueError:
            say(line.rstrip())
            return
        package, test, action = event.get("Package") or event.get("ImportPath"), event.get("Test"), event["Action"]
        if action in ("output", "build-output"):
            self.output.setdefault((package, test), []).append(event["Output"])
        elif action in ("pass", "fail", "skip") and test:
            self.test_ended((package, test), action)
        elif action in ("pass", "fail", "skip"):
            self.package_ended(package, action, event.get("Elapsed", 0), event.get("FailedBuild"))

    def test_ended(self, key, action):
        self.results[key] = action
        said = "".join(self.output.pop(key, []))
        if action == "fail":
            say(said.rstrip())
        elif action == "skip":
            reason = " ".join(said.split("\n")[1:-2]).strip() or "no reason given"
            self.tally.skip(f"{key[0]} {key[1]}", reason)

    def package_ended(self, package, action, seconds, failed_build):
        self.ended[package] = action
        tests = {test: result for (p, test), result in self.results.items() if p == package}
        leaves = {test: result for test, result in tests.items() if not any(t.startswith(test + "/") for t in tests)}
        failed = [test for test, result in leaves.items() if result == "fail"]
        # A test fails by itself too when all of its subtests have passed.
        failed += [test for test, result in tests.items() if result == "fail" and not any(f == test or f.startswith(test + "/") for f in failed)]
        self.tally.ok(sum(result == "pass" for result in leaves.values()))
        for test in failed:
            self.tally.fail(f"{self.name} {package} {test}")
        if action == "fail" and not failed:
            # It was not built, or ended in the middle of a test.
            rest = {k: v for k, v in self.output.items() if k[0] in (package, failed_build)}
            say("".join(text for lines in rest.values() for text in lines).rstrip()[-20_000:])
            self.tally.fail(f"{self.name} {package}", "not built" if failed_build else "ended before its tests did")
        say(f"{action:4} {package}: {len(leaves)} tests, {seconds:.1f} s")

    def close(self, status, packages):
        for package in set(packages) - set(self.ended):
            self.tally.fail(f"{self.name} {package}", "it never ended")
        if status != 0 and "fail" not in self.ended.values():
            self.tally.fail(self.name, f"exit status {status}")
