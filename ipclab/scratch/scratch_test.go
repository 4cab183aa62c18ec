package scratch

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"ipclab/ipclab/internal/owner"
)

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// folderOfGone makes a folder as a process would that has ended since, with a file in it.
func folderOfGone(t *testing.T, below string) {
	t.Helper()
	p := exec.Command("cat")
	in, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	o, err := owner.Of(p.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	in.Close()
	p.Wait()
	folder := filepath.Join(below, "test"+separator+o.Name()+separator+"1")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSweeping(t *testing.T) {
	for name, c := range map[string]struct {
		sweep   func(below string)
		ownStay bool
	}{
		"New":      {func(below string) { f, _ := New(below, "more"); os.Remove(f) }, true},
		"Sweep":    {Sweep, true},
		"SweepOwn": {SweepOwn, false},
	} {
		t.Run(name, func(t *testing.T) {
			below := t.TempDir()
			own, err := New(below, "mine")
			if err != nil {
				t.Fatal(err)
			}
			folderOfGone(t, below)
			self, _ := owner.Self()
			others := []string{"test", "test,", "test,,", "test,1-2-3-4,5", "test," + self.Name(), "test" + self.Name() + ",1"}
			for _, n := range others {
				if err := os.Mkdir(filepath.Join(below, n), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			c.sweep(below)
			want := slices.Clone(others)
			if c.ownStay {
				want = append(want, filepath.Base(own))
			}
			slices.Sort(want)
			if got := names(t, below); !slices.Equal(got, want) {
				t.Errorf("there are %q, want %q", got, want)
			}
		})
	}
}

func TestNewSaysWhyNot(t *testing.T) {
	if _, err := New(filepath.Join(t.TempDir(), "no"), "test"); !os.IsNotExist(err) {
		t.Errorf("%v, want that there is no such folder", err)
	}
	Sweep("/nonexistent")
}
