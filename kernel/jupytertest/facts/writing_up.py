"""13 writing up an experiment."""
import re

from . import number


def check(shown):
    assert len(shown.table("writing-up-03")) == 3
    assert "runs kept so far: 0" in shown.text("writing-up-05")
    assert "the power has failed" in shown.text("writing-up-09") and "runs kept: 10" in shown.text("writing-up-09")
    # What was kept is not measured again.
    assert "32 of 32 runs, 10 of them from before" in shown.text("writing-up-11") and "runs kept: 32" in shown.text("writing-up-11")
    files = shown.text("writing-up-13")
    assert "schema: ipclab/experiment/1" in files and "run,started,repetition,mechanism,size,metric,unit,value" in files
    assert re.search(r"^system +Linux", files, re.MULTILINE) and re.search(r"^go +go1", files, re.MULTILINE)
    values = shown.table("writing-up-15")
    assert len(values) == 4 and all(len(row["medians of the runs, sorted"].split()) == 8 for row in values)
    assert "image/svg+xml" in shown.drawn("writing-up-17")
    for row in shown.table("writing-up-19"):
        assert row["runs"] == "8" and number(row["from"]) <= number(row["median"]) <= number(row["to"])
    assert {row["metric"] for row in shown.table("writing-up-21")} == {"p50", "p90", "p99", "p99.9", "max", "context switches"}
    compared = [shown.table("writing-up-23", i)[0] for i in range(2)]
    assert "64 bytes" in compared[0]["metric"] and "65536 bytes" in compared[1]["metric"]
    power(shown.table("writing-up-25"))
    assert shown.table("writing-up-27")[0]["metric"] == "p50"
    hypotheses(shown)
    assert [row["processors"] for row in shown.table("writing-up-33")] == ["one, chosen", "any"]
    errors = shown.text("writing-up-35").splitlines()
    assert [errno in line for errno, line in zip(("(EINVAL)", "(EINVAL)", "(EEXIST)", "(EINVAL)", "too few values"), errors)] == [True] * 5
    assert "runs kept: 32 as before" in errors[5]


def power(rows):
    """The random numbers are always the same."""
    few, many = ([number(row[f"found with {n} runs each"]) for row in rows] for n in (8, 20))
    assert 0 < few[0] < 10 and 0 < many[0] < 10  # there is nothing to be found
    assert few == sorted(few) and many == sorted(many)
    assert few[1] < 25 and few[2] < 50 and many[3] > 90


def hypotheses(shown):
    """The words of the report agree with the figures."""
    h1, h2 = [line for line in shown.text("writing-up-29").splitlines() if line]
    small, large = (float(re.search(r"Ratio for \d+ bytes ([\d.]+)", line).group(1).rstrip(".")) for line in (h1, h2))
    more = "more" in h1
    assert h1.startswith("H1: supported") == more
    assert h2.startswith("H2: supported") or abs(large - 1) >= abs(small - 1) - 0.02
    assert "Figures are medians of 8 runs" in shown.text("writing-up-31")
