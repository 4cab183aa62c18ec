package exportdata_test

import (
	"go/types"
	"slices"
	"strings"
	"testing"

	"ipclab/runtime/exportdata"
)

func newImporter(t *testing.T) *exportdata.Importer {
	t.Helper()
	i, err := exportdata.NewImporter()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestEveryPackageCanBeImported(t *testing.T) {
	i := newImporter(t)
	paths := i.Paths()
	if len(paths) < 150 {
		t.Errorf("only %d packages", len(paths))
	}
	for _, path := range paths {
		p, err := i.Import(path)
		if err != nil {
			t.Errorf("Import(%q): %v", path, err)
			continue
		}
		if !p.Complete() {
			t.Errorf("Import(%q): incomplete", path)
		}
	}
	for _, want := range []string{"fmt", "os", "net/http", "slices", "golang.org/x/sys/unix", "ipclab"} {
		if !slices.Contains(paths, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestOneTypeWhicheverPackageMentionsIt(t *testing.T) {
	i := newImporter(t)
	osPackage, err := i.Import("os")
	if err != nil {
		t.Fatal(err)
	}
	timePackage, err := i.Import("time")
	if err != nil {
		t.Fatal(err)
	}
	fileInfo := osPackage.Scope().Lookup("FileInfo").Type().Underlying().(*types.Interface)
	for m := range fileInfo.Methods() {
		if m.Name() != "ModTime" {
			continue
		}
		got, want := m.Signature().Results().At(0).Type(), timePackage.Scope().Lookup("Time").Type()
		if !types.Identical(got, want) {
			t.Errorf("os.FileInfo.ModTime gives %v, not package time's %v", got, want)
		}
		return
	}
	t.Error("os.FileInfo has no ModTime")
}

func TestGenericFunctionsAreThere(t *testing.T) {
	p, err := newImporter(t).Import("slices")
	if err != nil {
		t.Fatal(err)
	}
	sort, ok := p.Scope().Lookup("Sort").(*types.Func)
	if !ok || sort.Signature().TypeParams().Len() != 2 {
		t.Errorf("slices.Sort is %v", sort)
	}
}

func TestUnknownPackage(t *testing.T) {
	_, err := newImporter(t).Import("example.org/nothing")
	if err == nil || !strings.Contains(err.Error(), "package example.org/nothing is not in std") {
		t.Errorf("got %v", err)
	}
}
