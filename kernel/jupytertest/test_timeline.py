"""Pictures of traces and of descriptors: what is shown, and that JupyterLab, exports and terminals each have something to draw."""
import base64
import json
import re
import xml.etree.ElementTree

VEGA = "application/vnd.vegalite.v5+json"


FORMS = {"text/plain", "image/svg+xml", "image/png", "application/pdf"}  # as a chart has them


def check_forms(data):
    """A front end shows SVG or PNG; a page that is printed takes PDF."""
    assert FORMS <= data.keys()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG") and base64.b64decode(data["application/pdf"]).startswith(b"%PDF-")


def ok(result):
    assert result.reply["status"] == "ok", result.reply
    return result


def outputs(result):
    return [m["content"]["data"] for m in result.messages if m["msg_type"] in ("execute_result", "display_data")]


def data_of(spec):
    """The rows of each layer; a field that an encoding names must be there."""
    layers = [spec["datasets"][layer["data"]["name"]] for layer in spec["layer"]]
    for rows, layer in zip(layers, spec["layer"]):
        for row in rows:
            assert {c["field"] for c in layer["encoding"].values()} <= row.keys()
    return spec["datasets"]


PING_PONG = """
t, _ := ipclab.NewTrace(100)
t.Label("parent")
told := make(chan os.Signal, 1)
signal.Notify(told, unix.SIGCHLD)
there, back := make([]*os.File, 2), make([]*os.File, 2)
there[0], there[1], _ = os.Pipe()
back[0], back[1], _ = os.Pipe()
calls, err := ipclab.Strace(func() {
	child, _ := ipclab.Spawn(func() {
		t.Label("child")
		b := make([]byte, 10)
		for i := 0; i < 3; i++ {
			t.Waits("for a request")
			n, _ := there[0].Read(b)
			t.Receive("there", i)
			t.Send("back", i)
			back[1].Write(b[:n])
		}
	})
	b := make([]byte, 10)
	for i := 0; i < 3; i++ {
		t.Send("there", i)
		there[1].Write([]byte("ping"))
		back[0].Read(b)
		t.Receive("back", i)
	}
	child.Wait()
	<-told // a signal may take longer than a wait: to a thread that has yet to run, while the trace would end
})
signal.Stop(told)
if err != nil { panic(err) }
for _, f := range append(there, back...) { f.Close() }"""


def test_events_and_calls_on_one_clock(kernel):
    ok(kernel.run(PING_PONG))
    both = outputs(ok(kernel.run("t.Timeline().With(calls.Timeline())")))[0]
    assert re.search(r"\d+ parent → \d+ child  there: 0, ", both["text/plain"])
    check_forms(both)
    picture = xml.etree.ElementTree.fromstring(both["image/svg+xml"])
    assert picture.tag.endswith("svg") and picture.get("aria-label") == "Events of a trace, System calls"
    spec = both[VEGA] if isinstance(both[VEGA], dict) else json.loads(both[VEGA])
    data = data_of(spec)
    kinds = [a["kind"] for a in data["arrows"]]
    assert kinds.count("fork") == 1 and kinds.count("end of a child") == 1
    assert kinds.count("data") == 12  # three there and three back, by events and by calls
    assert len(data["lives"]) == 2
    assert all(a["leaves"] <= a["arrives"] for a in data["arrows"])
    one = outputs(ok(kernel.run("calls")))[0]
    assert "text/html" in one and VEGA not in one  # a trace alone is a table


def test_a_traced_cell_as_a_picture(kernel):
    shown = outputs(ok(kernel.run("%%strace -timeline\n%%sh\nseq 3 | sort -r")))[-1]
    assert re.search(r"→ \d+ sort  pipe \d+, 6 bytes", shown["text/plain"]), shown["text/plain"]
    refused = kernel.run("%%strace -nothing\nx := 1")
    assert refused.reply["status"] == "error" and "-timeline" in refused.reply["evalue"]


def test_thousands_of_events_stay_small(kernel):
    ok(kernel.run("""
many, _ := ipclab.NewTrace(20000)
for i := 0; i < 20000; i++ { many.Event("event", i % 7) }
line := many.Timeline()"""))
    shown = outputs(ok(kernel.run("line")))[0]
    assert len(shown["image/svg+xml"]) < 100_000
    assert len(json.dumps(shown[VEGA])) < 400_000
    assert len(shown["image/png"]) < 100_000 and len(shown["application/pdf"]) < 200_000


def test_descriptors_as_a_picture(kernel):
    ok(kernel.run("""
r, w, _ := ipclab.Pipe()
gate, open, _ := ipclab.Pipe()
child, _ := ipclab.Spawn(func() { w.Close(); open.Close(); gate.Read(make([]byte, 1)) })
r.Close(); gate.Close()
table, err := ipclab.Descriptors()"""))
    # The child may not have closed its copies when the table is made; where it has, the picture is simple.
    for _ in range(100):
        text = ok(kernel.run("table, err = ipclab.Descriptors(); table.Diagram()")).value
        if re.search(r"this process \[\d+\] ─→ │ pipe \d+ │ ─→ \[\d+\] \d+ child\n\n", text):
            break
    else:
        raise AssertionError(text)
    assert "0, 1, 2: pipe to the outside" in text
    shown = outputs(ok(kernel.run("table.Diagram()")))[0]
    check_forms(shown)
    picture = xml.etree.ElementTree.fromstring(shown["image/svg+xml"])
    titles = [t.text for t in picture.iter("{http://www.w3.org/2000/svg}title")]
    assert any(re.fullmatch(r"descriptor \d+ of \d+ this process writes pipe \d+", t) for t in titles)
    assert any(re.fullmatch(r"descriptor \d+ of \d+ child reads pipe \d+", t) for t in titles)
    ok(kernel.run("open.Close(); w.Close(); child.Wait()"))
