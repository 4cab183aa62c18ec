package kernelspec

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

func TestReleases(t *testing.T) {
	for release, want := range map[string]bool{
		"6.18.4-generic": true, "5.4.0": true, "5.4": true, "10.0": true,
		"5.3.99": false, "4.19.0": false, "": false, "next": false, "6": false,
	} {
		if recent(release) != want {
			t.Errorf("%q: got %v", release, !want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"ipclab", "a.b-c_D9", ".x"} {
		if err := CheckName(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", ".", "..", "a/b", "a b", "ä", "a\x00"} {
		if err := CheckName(name); err == nil {
			t.Errorf("%q is taken for a name", name)
		}
	}
}

func TestFleeting(t *testing.T) {
	t.Setenv("TMPDIR", "/scratch/")
	for path, want := range map[string]bool{
		"/scratch/x/ipclab": true, "/tmp/ipclab": true, "/home/a/.cache/go-build1/b001/exe/ipclab": true,
		"/scratchy/ipclab": false, "/usr/local/bin/ipclab": false, "/home/tmp/ipclab": false,
	} {
		if Fleeting(path) != want {
			t.Errorf("%s: got %v", path, !want)
		}
	}
}

func TestPrintAligns(t *testing.T) {
	var b strings.Builder
	err := Print(&b, []Finding{
		{"a", OK, "fine", ""},
		{"longer name", Missing, "none", "type: this\nor: that"},
		{"c", Missing, "none", ""},
	})
	const want = "ok       a            fine\n" +
		"MISSING  longer name  none\n" +
		"                      -> type: this\n" +
		"                      -> or: that\n" +
		"MISSING  c            none\n" +
		"Missing: longer name, c.\n"
	if err != nil || b.String() != want {
		t.Errorf("%v, got\n%s", err, b.String())
	}
}

func TestSound(t *testing.T) {
	if !Sound([]Finding{{Grade: OK}, {Grade: Note}}) || Sound([]Finding{{Grade: OK}, {Grade: Missing}}) {
		t.Error("only what is missing counts")
	}
}

// A check that fails is reported with its error, and none stops the others.
func TestExamineReportsFailures(t *testing.T) {
	for _, name := range []string{"HOME", "JUPYTER_DATA_DIR", "XDG_DATA_HOME", "VIRTUAL_ENV", "CONDA_PREFIX", "PATH"} {
		t.Setenv(name, "")
	}
	broken := func() error { return errors.New("it broke") }
	findings := Machine{Binary: "/none/bin/ipclab", ForkCheck: broken, CellCheck: broken}.Examine()
	got := map[string]Finding{}
	for _, f := range findings {
		got[f.What] = f
		if (f.Grade == OK) != (f.Advice == "") {
			t.Errorf("%+v: what is not ok needs advice, and only that", f)
		}
	}
	for what, want := range map[string]Grade{
		"a cell": Missing, "fork in cells": Note, "JupyterLab": Missing, "kernelspec": Missing, "C compiler": Note,
	} {
		if got[what].Grade != want {
			t.Errorf("%s: got %+v, want %s", what, got[what], want)
		}
	}
	if got["a cell"].Found != "it broke" || got["kernelspec"].Advice != "type: /none/bin/ipclab install" {
		t.Errorf("got %+v", got)
	}
}

func TestInstallRefusesBadOptions(t *testing.T) {
	place := Place{Prefix: t.TempDir()}
	for _, o := range []Options{
		{Place: place, Name: "a/b", DisplayName: "x", Binary: "/bin/x"},
		{Place: place, Name: "a", DisplayName: "", Binary: "/bin/x"},
		{Place: place, Name: "a", DisplayName: "x", Binary: "bin/x"},
	} {
		if _, err := Install(o); err == nil {
			t.Errorf("%+v was installed", o)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(place.Prefix, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := Uninstall(place, "a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// Nobody is told to install what is there and only slow.
func TestSlowJupyterIsNotToBeInstalled(t *testing.T) {
	slowly := silentJupyter("/bin/jupyter-lab", fmt.Errorf("jupyter-lab: no answer within 20s: %w", context.DeadlineExceeded))
	if strings.Contains(slowly.Advice, "pip install") || !strings.Contains(slowly.Advice, "try again") || !strings.Contains(slowly.Found, "no answer within 20s") {
		t.Errorf("%+v", slowly)
	}
	if broken := silentJupyter("/bin/jupyter-lab", errors.New("exit status 1")); !strings.Contains(broken.Advice, "pip install") {
		t.Errorf("%+v", broken)
	}
}
