"""Counts what passed and what failed, and says so."""
import os
import time


class Tally:
    def __init__(self):
        self.passed = 0
        self.failures = []
        self.skips = []
        self.strict = os.environ.get("CI") == "true"
        self.begin = time.monotonic()

    def heading(self, text):
        say(f"== {text} ({time.monotonic() - self.begin:.0f} s)")

    def ok(self, count=1):
        self.passed += count

    def fail(self, name, reason=""):
        self.failures.append(name)
        say(f"FAILED {name}" + (f": {reason}" if reason else ""))

    def skip(self, name, reason):
        """Something was not tested: reported, or a failure where nothing may be missing."""
        if self.strict:
            self.fail(name, f"skipped: {reason}")
        else:
            self.skips.append(f"{name}: {reason}")

    def close(self):
        """Prints the summary, the closing line last, and returns the exit status."""
        self.heading("summary")
        for name in self.failures:
            say(f"failed: {name}")
        for skip in self.skips:
            say(f"skipped: {skip}")
        if not self.passed and not self.failures:
            self.fail("no test was run")
        say(f"{self.passed} passed, {len(self.failures)} failed")
        return 1 if self.failures else 0


def say(text):
    print(text, flush=True)
