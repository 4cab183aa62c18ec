package machine

import "testing"

// The commit is known by what the linker was told, where Go has not put it into the binary.
func TestCommitOfAVersion(t *testing.T) {
	for version, want := range map[string]string{
		"cfe6da6":                 "cfe6da6",
		"cfe6da6-dirty":           "cfe6da6+",
		"v1.2.3":                  "",
		"v1.2.3-14-gcfe6da6":      "cfe6da6",
		"v1.2-1-gcfe6da6a0-dirty": "cfe6da6a0+",
		"dev":                     "",
		"":                        "",
	} {
		if got := described(version); got != want {
			t.Errorf("%q: commit %q, want %q", version, got, want)
		}
	}
}

func TestTheVersionIsTheOneTold(t *testing.T) {
	defer Built("")
	Built("v1.2.3-14-gcfe6da6-dirty")
	f := Read()
	if f.Ipclab != "v1.2.3-14-gcfe6da6-dirty" || f.Commit == "" {
		t.Errorf("ipclab %q, commit %q", f.Ipclab, f.Commit)
	}
	if f.System == "" || f.CPUs < 1 || f.Go == "" || f.MemoryMiB < 1 {
		t.Errorf("%+v", f)
	}
}
