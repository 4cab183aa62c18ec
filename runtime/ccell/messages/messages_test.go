package messages_test

import (
	"reflect"
	"strings"
	"testing"

	"ipclab/runtime/ccell/messages"
)

func TestParse(t *testing.T) {
	const note, warning, bad = messages.Note, messages.Warning, messages.Error
	for _, c := range []struct {
		name, text string
		want       []messages.Message
	}{
		{"gcc", "x.c: In function ‘main’:\nx.c:5:19: warning: initialization of ‘char *’ from ‘int’ [-Wint-conversion]\nx.c:7:9: error: ‘y’ undeclared\nx.c:7:9: note: each\n",
			[]messages.Message{
				{File: "x.c", Line: 5, Column: 19, Severity: warning, Text: "initialization of ‘char *’ from ‘int’ [-Wint-conversion]"},
				{File: "x.c", Line: 7, Column: 9, Severity: bad, Text: "‘y’ undeclared"},
				{File: "x.c", Line: 7, Column: 9, Severity: note, Text: "each"},
			}},
		{"gcc's excerpts", "x.c:3:2: error: expected ‘;’\n    3 |  int x\n      |       ^~\n      |       ;\n",
			[]messages.Message{{File: "x.c", Line: 3, Column: 2, Severity: bad, Text: "expected ‘;’"}}},
		{"a header that is missing", "x.c:2:10: fatal error: nope.h: No such file or directory\ncompilation terminated.\n",
			[]messages.Message{{File: "x.c", Line: 2, Column: 10, Severity: bad, Text: "nope.h: No such file or directory"}}},
		{"in headers", "In file included from b.h:4,\n                 from x.c:2:\na.h:1:1: error: unknown type name ‘foo’\nx.c:9:1: error: z\n",
			[]messages.Message{
				{File: "a.h", Line: 1, Column: 1, Severity: bad, Text: "unknown type name ‘foo’", From: []messages.Place{{File: "b.h", Line: 4}, {File: "x.c", Line: 2}}},
				{File: "x.c", Line: 9, Column: 1, Severity: bad, Text: "z"},
			}},
		{"options", "cc: error: unrecognized command-line option ‘-fnope’\ncc1: warning: command-line option ‘-x’ is valid for Go\n",
			[]messages.Message{{Severity: bad, Text: "unrecognized command-line option ‘-fnope’"}, {Severity: warning, Text: "command-line option ‘-x’ is valid for Go"}}},
		{"GNU ld with lines", "/usr/bin/ld: /tmp/ccyX.o: in function `main':\n/work/<stdin>:6: undefined reference to `foo'\ncollect2: error: ld returned 1 exit status\n",
			[]messages.Message{{File: "/work/<stdin>", Line: 6, Severity: bad, Text: "undefined reference to `foo'"}}},
		{"GNU ld without lines", "/tmp/ccyX.o: In function `main':\nx.c:(.text+0xa): undefined reference to `foo'\ncollect2: error: ld returned 1 exit status\n",
			[]messages.Message{{File: "x.c", Severity: bad, Text: "undefined reference to `foo'"}}},
		{"GNU ld twice", "/usr/bin/ld: /tmp/b.o:/w/b.c:1: multiple definition of `x'; /tmp/a.o:/w/<stdin>:3: first defined here\n",
			[]messages.Message{{File: "/w/b.c", Line: 1, Severity: bad, Text: "multiple definition of `x'; /tmp/a.o:/w/<stdin>:3: first defined here"}}},
		{"a library that is missing", "/usr/bin/ld: cannot find -lnope: No such file or directory\ncollect2: error: ld returned 1 exit status\n",
			[]messages.Message{{Severity: bad, Text: "cannot find -lnope: No such file or directory"}}},
		{"the linker warns", "/usr/bin/ld: /tmp/ccX.o: in function `main':\n/w/<stdin>:4: warning: the `gets' function is dangerous and should not be used.\n",
			[]messages.Message{{File: "/w/<stdin>", Line: 4, Severity: warning, Text: "the `gets' function is dangerous and should not be used."}}},
		{"clang", "x.c:3:5: error: use of undeclared identifier 'y'\nx.c:4:3: warning: unused variable 'z' [-Wunused-variable]\n1 warning and 1 error generated.\n",
			[]messages.Message{
				{File: "x.c", Line: 3, Column: 5, Severity: bad, Text: "use of undeclared identifier 'y'"},
				{File: "x.c", Line: 4, Column: 3, Severity: warning, Text: "unused variable 'z' [-Wunused-variable]"},
			}},
		{"clang in headers", "In file included from x.c:2:\n./a.h:1:1: error: unknown type name 'foo'\n1 error generated.\n",
			[]messages.Message{{File: "./a.h", Line: 1, Column: 1, Severity: bad, Text: "unknown type name 'foo'", From: []messages.Place{{File: "x.c", Line: 2}}}}},
		{"clang gives up", "fatal error: too many errors emitted, stopping now [-ferror-limit=]\n20 errors generated.\n",
			[]messages.Message{{Severity: bad, Text: "too many errors emitted, stopping now [-ferror-limit=]"}}},
		{"clang and GNU ld", "/usr/bin/ld: /tmp/x-1.o: in function `main':\nx.c:3:(.text+0x12): undefined reference to `foo'\nclang: error: linker command failed with exit code 1 (use -v to see invocation)\n",
			[]messages.Message{{File: "x.c", Line: 3, Severity: bad, Text: "undefined reference to `foo'"}}},
		{"lld", "ld.lld: error: undefined symbol: foo\n>>> referenced by x.c:3\n>>>               /tmp/x-1.o:(main)\nclang: error: linker command failed with exit code 1 (use -v to see invocation)\n",
			[]messages.Message{{File: "x.c", Line: 3, Severity: bad, Text: "undefined symbol: foo"}}},
		{"tcc", "x.c:3: error: 'y' undeclared\ntcc: error: undefined symbol 'foo'\n",
			[]messages.Message{{File: "x.c", Line: 3, Severity: bad, Text: "'y' undeclared"}, {Severity: bad, Text: "undefined symbol 'foo'"}}},
		{"something else", "Segmentation fault\n\n", []messages.Message{{Text: "Segmentation fault"}}},
		{"nothing", "", nil},
	} {
		if got := messages.Parse(c.text); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

var source = messages.Source{Cell: "cell7", First: 2, File: "x.c", Text: "int main(void) {\n\tint ä = y;\n}\n"}

// uncolored takes the colours out, so that the cases can be read.
func uncolored(lines []string) string {
	text := strings.Join(lines, "\n")
	for _, color := range []string{"\x1b[1;31m", "\x1b[1;33m", "\x1b[1m", "\x1b[0m"} {
		text = strings.ReplaceAll(text, color, "")
	}
	return text
}

func TestRender(t *testing.T) {
	for text, want := range map[string]string{
		"x.c:3:11: error: ‘y’ undeclared":                   "cell7:3:11: error: ‘y’ undeclared\n    \tint ä = y;\n    \t        ^",
		"x.c:2:1: warning: w":                               "cell7:2:1: warning: w\n    int main(void) {\n    ^",
		"x.c:4:2: error: at the end":                        "cell7:4:2: error: at the end\n    }\n     ^",
		"x.c:3:99: note: beyond":                            "cell7:3:99: note: beyond\n    \tint ä = y;",
		"x.c:99:1: error: beyond":                           "cell7:99:1: error: beyond",
		"x.c:1:1: error: before":                            "cell7:1:1: error: before",
		"/w/<stdin>:2: undefined reference to `f'":          "cell7:2: error: undefined reference to `f'\n    int main(void) {",
		"/no/such.h:2:1: error: e":                          "/no/such.h:2:1: error: e",
		"In file included from x.c:2:\n/no.h:1:1: error: e": "/no.h:1:1: error: e\n    included in cell7:2",
		"cc1: error: e":                                     "cell7: error: e",
		"what is this":                                      "what is this",
	} {
		if got := uncolored(source.Render(messages.Parse(text))); got != want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestRenderIsColoured(t *testing.T) {
	got := strings.Join(source.Render(messages.Parse("x.c:2:1: error: e\nx.c:2:1: warning: w")), "|")
	want := "\x1b[1mcell7:2:1:\x1b[0m \x1b[1;31merror: e\x1b[0m|    int main(void) {|    \x1b[1;31m^\x1b[0m|" +
		"\x1b[1mcell7:2:1:\x1b[0m \x1b[1;33mwarning: \x1b[0mw|    int main(void) {|    \x1b[1m^\x1b[0m"
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestLongListsAreCut(t *testing.T) {
	lines := source.Render(messages.Parse(strings.Repeat("x.c:9:1: error: e\n", 23)))
	if len(lines) != 21 || lines[20] != "… 3 more" {
		t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
	}
}

// FuzzParse holds that no text makes the package panic, and that no message is made
// of nothing.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"x.c:5:19: warning: w [-W]\n", "In file included from x.c:1,\n    from y.h:2:\nx.c:1: error: e", "/usr/bin/ld: a.o:x.c:1: multiple definition of `x'",
		"x.c:(.text+0xa): undefined reference to `f'", ">>> referenced by x.c:3\n", "ld.lld: error: e\n>>> referenced by x.c:99999999999999999999\n",
		"x.c:3:18446744073709551615: error: \xff", "   3 | x\n", "a: b: c: d:\r\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list := messages.Parse(text)
		if len(list) > strings.Count(text, "\n")+1 {
			t.Fatalf("%d messages of %q", len(list), text)
		}
		for _, m := range list {
			if m.Line < 0 || m.Column < 0 || m.File == "" && m.Column > 0 {
				t.Errorf("%q: %+v", text, m)
			}
		}
		in := source
		in.File = "y.c"
		for _, s := range []messages.Source{source, in} {
			for i := range list {
				if list[i].File != s.File {
					list[i].File = "-" // no file of this machine is to be read
				}
			}
			if lines := s.Render(list); len(lines) < min(len(list), 1) {
				t.Errorf("%q: %q", text, lines)
			}
		}
	})
}
