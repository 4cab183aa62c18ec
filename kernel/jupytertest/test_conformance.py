"""Jupyter's own conformance tests, jupyter_kernel_test, with everything filled in.

That suite skips what a kernel does not declare. Here a skip is a failure.
"""
import unittest

import jupyter_kernel_test
import pytest


class Conformance(jupyter_kernel_test.KernelTests):
    __test__ = False  # run by test_conformance, below
    kernel_name = "ipclab"
    language_name = "go"
    file_extension = ".go"
    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "oops")'
    completion_samples = [
        {"text": "fmt.Sprintl", "matches": {"Sprintln"}},
        {"text": "ipclab.NewTa", "matches": {"NewTable"}},
        {"text": "os.Stdo", "matches": {"Stdout"}},
        {"text": "fmt.Nothing", "matches": set()},
    ]
    complete_code_samples = ["", "x := 1", "func f() int { return 1 }", "for i := range 3 {\n\tfmt.Println(i)\n}", "// nothing"]
    incomplete_code_samples = ["func f() {", "x := []int{1,", "fmt.Println(", "s := `raw", "if true {\n\tf()"]
    invalid_code_samples = ["x := )", "func 1() {}", "}", 's := "no end\ny := 1']
    code_page_something = "fmt.Println?"
    code_generate_error = 'panic("on purpose")'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": '"a" + "b"', "result": "ab"},
        {"code": "[]int{1, 2}", "result": "[1 2]"},
        {"code": 'ipclab.NewTable("mechanism", "bytes").Row("pipe", 64)', "mime": "text/html"},
    ]
    code_display_data = [
        {"code": 'ipclab.Display("shown")', "mime": "text/plain"},
        {"code": 'ipclab.Display(ipclab.NewTable("a").Row(1))', "mime": "text/html"},
        {"code": 'ipclab.Display(ipclab.NewTable("a").Row(1))', "mime": "text/latex"},
    ]
    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "fmt.Println"
    code_clear_output = "ipclab.ClearOutput(false)"


class Welcome(jupyter_kernel_test.IopubWelcomeTests):
    __test__ = False
    kernel_name = "ipclab"
    support_iopub_welcome = True


CASES = [case(name) for case in (Conformance, Welcome) for name in unittest.defaultTestLoader.getTestCaseNames(case)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case._testMethodName)
def test_conformance(case, state, nothing_left):
    result = unittest.TestResult()
    unittest.TestSuite([case]).run(result)
    for _, traceback in result.errors + result.failures:
        pytest.fail(traceback, pytrace=False)
    assert result.skipped == []
    assert result.testsRun == 1


def test_nothing_is_missing():
    """The suite has the tests we know of, and each of its settings differs from the default, which skips."""
    assert len(CASES) >= 13
    for case, base in ((Conformance, jupyter_kernel_test.KernelTests), (Welcome, jupyter_kernel_test.IopubWelcomeTests)):
        settings = {n: v for n, v in vars(base).items() if not n.startswith("_") and isinstance(v, (str, list, tuple, bool))}
        assert settings
        assert [name for name, default in settings.items() if getattr(case, name) == default] == []
