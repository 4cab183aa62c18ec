package ccell_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"ipclab/runtime/ccell"
)

func TestParseLine(t *testing.T) {
	for line, want := range map[string]ccell.Request{
		"":                                 {Name: "cell"},
		"fork_pipe":                        {Name: "fork_pipe"},
		"fork_pipe.c":                      {Name: "fork_pipe"},
		"-O2 -lm":                          {Name: "cell", Flags: []string{"-O2", "-lm"}},
		"queue helper.c lib/x.o -O2":       {Name: "queue", Flags: []string{"helper.c", "lib/x.o", "-O2"}},
		"./helper.c":                       {Name: "helper", Flags: []string{"./helper.c"}},
		"c/x.c c/y.c -o z":                 {Name: "z", Keep: "z", Flags: []string{"c/x.c", "c/y.c"}},
		"lib/a.o":                          {Name: "cell", Flags: []string{"lib/a.o"}},
		"-D N=5 -I inc queue":              {Name: "queue", Flags: []string{"-D", "N=5", "-I", "inc"}},
		`-DS='"a b"' x`:                    {Name: "x", Flags: []string{`-DS="a b"`}},
		"-o producer":                      {Name: "producer", Keep: "producer"},
		"-oproducer":                       {Name: "producer", Keep: "producer"},
		"main -o ./bin/producer":           {Name: "main", Keep: "./bin/producer"},
		`-args "a b" x`:                    {Name: "x", Args: []string{"a", "b"}},
		`-args "'a b' c" -args=d`:          {Name: "cell", Args: []string{"a b", "c", "d"}},
		`-args "-o x"`:                     {Name: "cell", Args: []string{"-o", "x"}},
		`-args "a\\ b"`:                    {Name: "cell", Args: []string{"a b"}},
		`-args ''`:                         {Name: "cell"},
		"-limit 10s":                       {Name: "cell", Limit: 10 * time.Second},
		"--limit=1m30s x":                  {Name: "x", Limit: 90 * time.Second},
		"-limit 0.5":                       {Name: "cell", Limit: time.Second / 2},
		"-buffered":                        {Name: "cell", Buffered: true},
		"-fsanitize=address -Wno-format":   {Name: "cell", Flags: []string{"-fsanitize=address", "-Wno-format"}},
		"größe --param max-inline-insns=1": {Name: "größe", Flags: []string{"--param", "max-inline-insns=1"}},
	} {
		got, err := ccell.ParseLine(line)
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("ParseLine(%q)\n got %+v, %v\nwant %+v", line, got, err, want)
		}
	}
}

func TestLinesThatAreRefused(t *testing.T) {
	for line, want := range map[string]string{
		"a b":                    "b: the program has a name already, a",
		"-c x":                   "-c makes something else",
		"-shared":                "-shared makes something else",
		"-MD":                    "-MD makes something else",
		"'./a b.c'":              "is no name for a program",
		"-o":                     "nothing behind -o",
		"-o bin/":                "the name of a program is missing",
		"-o ''":                  "the name of a program is missing",
		"-o ..":                  "is no name for a program",
		"-o x -args y":           "-o keeps the program and does not run it",
		"-o x -limit 1s":         "-o keeps the program and does not run it",
		"-limit":                 "nothing behind -limit",
		"-limit soon":            "-limit soon: no time",
		"-limit -1s":             "no time",
		"-limit 0":               "no time",
		`-args "a`:               "is not closed",
		`-args "'a"`:             "is not closed",
		`x \`:                    "nothing behind the backslash",
		"-I":                     "nothing behind -I",
		"x -- a":                 "-- is not needed",
		strings.Repeat("x", 101): "is no name",
	} {
		got, err := ccell.ParseLine(line)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseLine(%q) = %+v, error %v; want %q", line, got, err, want)
		}
	}
	for _, line := range []string{"--help", "-help", "x --help -limit"} {
		if _, err := ccell.ParseLine(line); !errors.Is(err, ccell.ErrHelp) {
			t.Errorf("ParseLine(%q): %v", line, err)
		}
	}
}

func TestRequestsTravel(t *testing.T) {
	want := &ccell.Request{Cell: "cell3", Line: 2, Text: "int x;\x00\"`ä", Name: "n", Flags: []string{"-O2"}, Limit: time.Second}
	got, err := ccell.Decode(want.Encode())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := ccell.Decode("{"); err == nil {
		t.Error("half a request is read")
	}
}

// FuzzParseLine holds that no line makes ParseLine panic, and that what it takes is
// fit for names of files.
func FuzzParseLine(f *testing.F) {
	for _, line := range []string{"x -o y", `-args "a 'b" -limit 1`, "-D", `\`, "-o=", "a.c b.c -c"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r, err := ccell.ParseLine(line)
		if err == nil && (r.Name == "" || strings.ContainsAny(r.Name, "/\x00\n\"\\") || strings.HasPrefix(r.Name, ".")) {
			t.Errorf("ParseLine(%q): the name is %q", line, r.Name)
		}
	})
}
