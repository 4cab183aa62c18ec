"""nbgrader's settings for this folder; see README.md. nbgrader reads it when it is started here."""
import os

c = get_config()  # noqa: F821, nbgrader provides it

c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.CourseDirectory.course_id = "ipc"

# What stands in the students' notebooks in place of a solution. nbgrader looks for the language of the kernel and has no
# text for Go. A function that ends in panic needs no return, so that the stub passes Go's type checker.
c.ClearSolutions.code_stub = {"go": '// YOUR CODE HERE\npanic("not implemented")'}
c.ClearSolutions.begin_solution_delimeter = "// BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "// END SOLUTION"
c.ClearHiddenTests.begin_test_delimeter = "// BEGIN HIDDEN TESTS"
c.ClearHiddenTests.end_test_delimeter = "// END HIDDEN TESTS"

# A check stops by itself what does not end (5 s, or what CheckOptions say). This is for the cells without checks, and
# has to be more than the limits of all checks of a cell together. Grading then goes on with the next cell.
c.Execute.timeout = 90
c.Execute.interrupt_on_timeout = True
c.Execute.error_on_timeout = {
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["CellTimeoutError: the cell did not end within the time that it may take, and was interrupted"],
}
