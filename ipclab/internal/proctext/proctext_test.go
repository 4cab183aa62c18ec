package proctext

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

//go:embed testdata
var testdata embed.FS

// read shows what a file's text says, a line for each thing.
func read(kind, text string) string {
	var b strings.Builder
	var err error
	switch kind {
	case "vmstat":
		var all []Counter
		all, err = VMStat(text)
		for _, c := range all {
			fmt.Fprintf(&b, "%s %d\n", c.Name, c.Value)
		}
	case "cpuinfo":
		var all [][]Pair
		all, err = CPUInfo(text)
		for i, pairs := range all {
			for _, p := range pairs {
				fmt.Fprintf(&b, "%d %s=%s\n", i, p.Name, p.Value)
			}
		}
	case "loadavg":
		var l Load
		l, err = LoadAverage(text)
		fmt.Fprintf(&b, "%+v\n", l)
	case "stat":
		var s Stat
		s, err = ProcessStat(text)
		fmt.Fprintf(&b, "%q %s parent %d start %d none %d\n", s.Name, s.State, s.Field(4), s.Field(22), s.Field(99))
	case "status":
		var pairs []Pair
		pairs, err = Pairs(text)
		for _, p := range pairs {
			fmt.Fprintf(&b, "%s=%s %d\n", p.Name, p.Value, KiB(p.Value))
		}
	case "limits":
		var all []Limit
		all, err = Limits(text)
		for _, l := range all {
			fmt.Fprintf(&b, "%q\n", l)
		}
	case "maps":
		for _, m := range Maps(text) {
			fmt.Fprintf(&b, "%x %x %s %d %d %q\n", m.Start, m.End, m.Permissions, m.Offset, m.Inode, m.Path)
		}
	}
	if err != nil {
		return err.Error() + "\n"
	}
	return b.String()
}

// TestFiles: in testdata/files.txt, a file is named by its kind and a case, and is followed by what is read from it.
func TestFiles(t *testing.T) {
	data, err := testdata.ReadFile("testdata/files.txt")
	if err != nil {
		t.Fatal(err)
	}
	files := txtar.Parse(data).Files
	if len(files)%2 != 0 || len(files) == 0 {
		t.Fatal("files are to come in pairs")
	}
	for i := 0; i < len(files); i += 2 {
		kind, _, _ := strings.Cut(files[i].Name, " ")
		if got, want := read(kind, string(files[i].Data)), string(files[i+1].Data); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", files[i].Name, got, want)
		}
	}
}

// TestThisMachine reads the real files.
func TestThisMachine(t *testing.T) {
	for kind, name := range map[string]string{
		"vmstat": "/proc/vmstat", "cpuinfo": "/proc/cpuinfo", "loadavg": "/proc/loadavg", "stat": "/proc/self/stat",
		"status": "/proc/self/status", "limits": "/proc/self/limits", "maps": "/proc/self/maps",
	} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(kind, string(text)); got == "" || got == ErrFormat.Error()+"\n" {
			t.Errorf("%s: %q", name, got)
		}
	}
	text, _ := os.ReadFile("/proc/self/maps")
	if got, want := len(Maps(string(text))), strings.Count(string(text), "\n"); got != want {
		t.Errorf("%d mappings of %d", got, want)
	}
}

func FuzzAll(f *testing.F) {
	for _, name := range []string{"vmstat", "cpuinfo", "loadavg", "self/stat", "self/limits", "self/maps"} {
		text, err := os.ReadFile("/proc/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text[:min(len(text), 2000)]))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []string{"vmstat", "cpuinfo", "loadavg", "stat", "status", "limits", "maps"} {
			read(kind, text)
		}
		for _, m := range Maps(text) {
			if m.End < m.Start {
				t.Errorf("%+v", m)
			}
		}
		if s, err := ProcessStat(text); err == nil && !strings.Contains(text, "("+s.Name+")") {
			t.Errorf("%q is read as %+v", text, s)
		}
		if _, err := Limits(text); err != nil && !errors.Is(err, ErrFormat) {
			t.Error(err)
		}
	})
}
