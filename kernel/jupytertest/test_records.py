"""Records of experiments from cells: kept beside the notebook, resumed after an interrupt and a restart."""
import csv
import json
import re
import subprocess
from pathlib import Path

from client import ok

SWEEP = """
made := 0
e, err := ipclab.Experiment(folder + "/squares")
measure := func(run *ipclab.Run) error {
	made++
	if made == 3 && wait {
		fmt.Println("waits")
		select {}
	}
	n := run.Int("n")
	run.Measure("square", "", float64(n*n))
	return nil
}"""


def test_an_interrupted_sweep_goes_on_where_it_was(kernel, tmp_path):
    ok(kernel.run(f'folder := "{tmp_path}"; wait := true'))
    ok(kernel.run(SWEEP))
    request = kernel.execute('e.Sweep(ipclab.Space{"n": {1, 2, 3, 4}}, 2, measure)')
    kernel.await_text(request, "waits")
    assert kernel.ask("interrupt_request", channel="control")["status"] == "ok"
    assert kernel.finish(request).reply["status"] == "error"
    assert ok(kernel.run("e.Runs()")).value == "2"
    ok(kernel.run("%reset"))
    ok(kernel.run(f'folder := "{tmp_path}"; wait := false'))
    ok(kernel.run(SWEEP))
    result = ok(kernel.run('err = e.Sweep(ipclab.Space{"n": {1, 2, 3, 4}}, 2, measure); fmt.Println(err, made, e.Runs())'))
    assert result.stdout == "<nil> 6 8\n"
    progress = [m["content"] for m in result.messages if m["msg_type"] in ("display_data", "update_display_data")]
    assert "2 of 8 runs, 2 of them from before" in progress[0]["data"]["text/plain"]
    assert "8 of 8 runs, 2 of them from before" in progress[-1]["data"]["text/plain"]
    assert len({p["transient"]["display_id"] for p in progress}) == 1
    kept = json.loads(Path(tmp_path, "squares.json").read_text())
    assert kept["schema"] == "ipclab/experiment/1"
    assert [r["parameters"]["n"] for r in kept["runs"]] == [1, 2, 3, 4] * 2
    lines = list(csv.DictReader(Path(tmp_path, "squares.csv").open()))
    assert [line["value"] for line in lines] == ["1", "4", "9", "16"] * 2


def test_a_record_and_a_comparison_are_tables(kernel, tmp_path):
    ok(kernel.run(f"""
before, _ := ipclab.Experiment("{tmp_path}/before")
after, _ := ipclab.Experiment("{tmp_path}/after")
for i := range 6 {{
	before.Run(ipclab.Parameters{{"size": 64}}, func(run *ipclab.Run) error {{
		run.Time("trip", time.Duration(5000+i))
		return nil
	}})
	after.Run(ipclab.Parameters{{"size": 64}}, func(run *ipclab.Run) error {{
		run.Time("trip", time.Duration(6000+i))
		return nil
	}})
}}"""))
    assert "5.003 µs" in ok(kernel.run("before")).value
    assert "B is 20.0 % more" in ok(kernel.run("ipclab.Compare(before, after)")).value


def test_a_measurement_is_kept(kernel, tmp_path):
    result = ok(kernel.run(f"""
e, _ := ipclab.Experiment("{tmp_path}/pipe")
err := e.Run(ipclab.Parameters{{"mechanism": "pipe"}}, func(run *ipclab.Run) error {{
	l, err := ipclab.RoundTrips(run.Text("mechanism"), 200)
	if err == nil {{
		run.Latency(l)
	}}
	return err
}})
fmt.Println(err, len(e.Sample("p50", nil).Values), e.Sample("p50", nil).Values[0] > 100)"""))
    assert result.stdout == "<nil> 1 true\n"


def test_a_record_says_which_kernel_measured(kernel, binary, tmp_path):
    version = subprocess.run([binary, "version"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[1]
    result = ok(kernel.run(f"""
e, err := ipclab.Experiment("{tmp_path}/one")
fmt.Println(err, e.Run(nil, func(*ipclab.Run) error {{ return nil }}))"""))
    assert result.stdout == "<nil> <nil>\n"
    facts = json.loads(Path(tmp_path, "one.json").read_text())["machines"][0]
    assert facts["ipclab"] == version
    described = re.search(r"(?:^|-g)([0-9a-f]{7,40})(-dirty)?$", version)  # as git describe names a commit
    assert described is None or facts["commit"].startswith(described[1])


def test_a_damaged_record_is_refused(kernel, tmp_path):
    text = '{"schema": "ipclab/experiment/1", "machines": [{}], "runs": [{"values": [{"metric": "m", "values": [1, null]}]}]}'
    Path(tmp_path, "null.json").write_text(text)
    Path(tmp_path, "twice.json").write_text(text.replace("null", "2") + text)
    for name, why in (("null", "value 2 of 2 is null, not a number"), ("twice", "something behind the record")):
        result = ok(kernel.run(f'_, err := ipclab.Experiment("{tmp_path}/{name}"); fmt.Println(errors.Is(err, unix.EEXIST), err)'))
        assert result.stdout.startswith("true ") and why in result.stdout, result.stdout
    assert Path(tmp_path, "null.json").read_text() == text
