package execute

import (
	"errors"
	"strings"
	"testing"
)

func TestOutputsAreCollectedAndPrinted(t *testing.T) {
	out, n := newRig(t, "good").mustRun(
		code("out a|\nout b\nerr e|\nout c|\nresult 42|43"),
		map[string]any{"cell_type": "markdown", "source": "die", "metadata": map[string]any{}},
		code("picture"),
		code("  \n"),
	)
	expect(t, "cell 1", outputsOf(t, n, 0), `[`+
		`{"name":"stdout","output_type":"stream","text":["a\n","b"]},`+
		`{"name":"stderr","output_type":"stream","text":["e\n"]},`+
		`{"name":"stdout","output_type":"stream","text":["c\n"]},`+
		`{"data":{"text/plain":["42\n","43"]},"execution_count":1,"metadata":{},"output_type":"execute_result"}]`)
	expect(t, "cell 3", outputsOf(t, n, 2),
		`[{"data":{"application/x+json":{"a":1.0,"b":1},"image/png":"aGk="},"metadata":{},"output_type":"display_data"}]`)
	expectAll(t, out, "test.ipynb: 2 cells", "[1/2] out a|\na\nbe\nc\n42\n43\n[1/2] done in",
		"[2/2] picture\n<application/x+json, image/png>\n[2/2] done in")
	expectAll(t, string(n.Marshal()), `"execution_count": 1`, `"execution_count": 2`, `"execution_count": null`,
		`"display_name": "Go (ipclab)"`, `"language_info": {`)
}

func TestDisplaysAreUpdatedAcrossCells(t *testing.T) {
	out, n := newRig(t, "good").mustRun(
		code("show a one\nshow b two"),
		code("update a three\nupdate a four\nshow b five\nupdate none six"),
	)
	display := func(text string) string {
		return `{"data":{"text/plain":["` + text + `"]},"metadata":{},"output_type":"display_data"}`
	}
	expect(t, "cell 1", outputsOf(t, n, 0), "["+display("four")+","+display("five")+"]")
	expect(t, "cell 2", outputsOf(t, n, 1), "["+display("five")+"]")
	expectAll(t, out, "one\ntwo\n", "five\nfour\nsix\n")
	if strings.Contains(out, "\nthree") {
		t.Errorf("a state that did not last was printed:\n%s", out)
	}
}

func TestClearOutput(t *testing.T) {
	_, n := newRig(t, "good").mustRun(
		code("out a\nclear now\nout b"),
		code("out a\nclear wait\nout b"),
		code("out a\nclear wait"),
		code("clear wait\nupdate x y\nclear now\nresult r"),
	)
	stream := func(text string) string {
		return `[{"name":"stdout","output_type":"stream","text":["` + text + `"]}]`
	}
	expect(t, "at once", outputsOf(t, n, 0), stream("b"))
	expect(t, "with the next output", outputsOf(t, n, 1), stream("b"))
	expect(t, "with an output that never comes", outputsOf(t, n, 2), stream("a"))
	expectAll(t, outputsOf(t, n, 3), `"r"`)
}

func TestLateOutputGoesToItsCell(t *testing.T) {
	_, n := newRig(t, "good").mustRun(code("out a"), code("late b\nout c"))
	expectAll(t, outputsOf(t, n, 0), `"ab"`)
	expectAll(t, outputsOf(t, n, 1), `"c"`)
}

func TestFailureEndsTheRun(t *testing.T) {
	out, n, err := newRig(t, "good").run(t.Context(),
		code("stop-on-error\nfail it broke|badly"), code("die", "skip-execution"), code("die"))
	var failure *CellError
	if !errors.As(err, &failure) || *failure != (CellError{1, 2, "Oops", "it broke\nbadly"}) {
		t.Fatalf("got %v", err)
	}
	expect(t, "error", err.Error(), "cell 1 of 2 failed: Oops: it broke")
	expectAll(t, out, "true\n", "it broke\nbadly\n[1/2] FAILED in")
	expectAll(t, outputsOf(t, n, 0), `"ename":"Oops","evalue":"it broke\nbadly","output_type":"error","traceback":["\u001b[31mit broke\nbadly\u001b[0m"]`)
	expect(t, "cell after it", outputsOf(t, n, 2), "[]")
}

func TestFailuresThatAreAllowed(t *testing.T) {
	t.Run("by a tag", func(t *testing.T) {
		out, _ := newRig(t, "good").mustRun(code("stop-on-error\nfail x", "raises-exception"), code("out after"))
		expectAll(t, out, "false\n", "FAILED", "after")
	})
	t.Run("by an option", func(t *testing.T) {
		r := newRig(t, "good")
		r.options.AllowErrors = true
		out, _ := r.mustRun(code("fail x"), code("out after"))
		expectAll(t, out, "after")
	})
}

func TestColours(t *testing.T) {
	r := newRig(t, "good")
	r.options.Color = true
	out, _ := r.mustRun(code("fail x", "raises-exception"))
	expectAll(t, out, "\x1b[1m[1/1] fail x\x1b[0m\n", "\x1b[31mx\x1b[0m")
}

func TestForgedMessagesArePassedOver(t *testing.T) {
	_, n := newRig(t, "good").mustRun(code("out a\nforge x\nout b"))
	expectAll(t, outputsOf(t, n, 0), `["ab"]`)
}
