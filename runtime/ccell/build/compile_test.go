package build_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ipclab/runtime/ccell"
	"ipclab/runtime/ccell/build"
)

// request is a cell with a program, which is in a folder of its own.
func request(t *testing.T, text string, flags ...string) (*build.Cache, *ccell.Request) {
	t.Helper()
	t.Chdir(t.TempDir())
	return &build.Cache{Folder: t.TempDir(), Most: 64 << 20}, &ccell.Request{Cell: "cell7", Line: 2, Name: "x", Text: text, Flags: flags}
}

// output compiles a cell and returns what the program prints.
func output(t *testing.T, c *build.Cache, r *ccell.Request) (text string, found bool) {
	t.Helper()
	p, err := c.Compile(r)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(p.Path).CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	return string(out), p.Found
}

// shown is what the traceback of a cell's error says, without colours.
func shown(t *testing.T, err error, name string) string {
	t.Helper()
	var e *ccell.Error
	if !errors.As(err, &e) || e.Name != name {
		t.Fatalf("error %v; want a %s", err, name)
	}
	text := strings.Join(e.Traceback, "\n")
	for _, color := range []string{"\x1b[1;31m", "\x1b[1;33m", "\x1b[1m", "\x1b[0m"} {
		text = strings.ReplaceAll(text, color, "")
	}
	return text
}

const printX = "#include <stdio.h>\nint main(void) { puts(X); return 0; }\n"

func TestProgramsAreFoundAgain(t *testing.T) {
	c, r := request(t, printX, `-DX="a"`)
	for i, change := range []func(){
		func() {},
		func() { r.Flags = []string{`-DX="b"`} },
		func() { r.Text += "//" },
		func() { r.Name = "y" },
		func() { r.Line = 3 },
		func() { t.Setenv("CPATH", t.TempDir()) },
		func() { t.Setenv("CC", "cc -O1") },
		func() { t.Chdir(t.TempDir()) },
	} {
		change()
		for _, want := range []bool{false, true} {
			if _, found := output(t, c, r); found != want {
				t.Errorf("change %d: found %v, want %v", i, found, want)
			}
		}
	}
}

func TestAnotherCellNameIsTheSameProgram(t *testing.T) {
	c, r := request(t, "int main(void) { int unused; return 0; }")
	output(t, c, r)
	r.Cell = "cell8"
	p, err := c.Compile(r)
	if err != nil || !p.Found || len(p.Warnings) != 3 || !strings.Contains(p.Warnings[0], "cell8:2:22:") {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestHeadersCount(t *testing.T) {
	c, r := request(t, "#include \"x.h\"\n"+printX)
	old := time.Now().Add(-time.Hour) // not while it is compiled
	for _, x := range []string{"a", "b", "a"} {
		if err := os.WriteFile("x.h", []byte("#define X \""+x+"\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes("x.h", old, old); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got, _ := output(t, c, r); got != x+"\n" {
				t.Errorf("printed %q, want %s", got, x)
			}
		}
	}
	if err := os.Remove("x.h"); err != nil {
		t.Fatal(err)
	}
	_, err := c.Compile(r)
	if text := shown(t, err, "CompileError"); !strings.Contains(text, "cell7:2:10: error: x.h: No such file") {
		t.Error(text)
	}
}

func TestProgramsThatDependOnMoreAreCompiledAgain(t *testing.T) {
	c, r := request(t, printX, "-DX=__TIME__", "-Wno-builtin-macro-redefined")
	r.Text += "// __TIME__"
	output(t, c, r)
	if _, found := output(t, c, r); found {
		t.Error("a program that holds the time was found")
	}
	r.Text, r.Flags = printX, []string{`-DX="a"`, "-L."}
	output(t, c, r)
	if _, found := output(t, c, r); found {
		t.Error("a program with libraries of its own was found")
	}
}

func TestFilesAreCompiledToo(t *testing.T) {
	c, r := request(t, "extern const char *x;\n#define X x\n"+printX, "lib/other.c")
	if err := os.Mkdir("lib", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, x := range []string{"one", "two"} {
		if err := os.WriteFile("lib/other.c", []byte("const char *x = \""+x+"\";"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, _ := output(t, c, r); got != x+"\n" {
			t.Errorf("printed %q, want %s", got, x)
		}
	}
}

func TestFilesAlone(t *testing.T) {
	c, r := request(t, "", "./x.c")
	r.Name = "x"
	old := time.Now().Add(-time.Hour) // not while it is compiled
	for _, x := range []string{"one", "two"} {
		for name, text := range map[string]string{"x.c": "#include \"x.h\"\n" + printX, "x.h": "#define X \"" + x + "\"\n"} {
			if err := errors.Join(os.WriteFile(name, []byte(text), 0o600), os.Chtimes(name, old, old)); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []bool{false, true} {
			if got, found := output(t, c, r); got != x+"\n" || found != want {
				t.Errorf("printed %q, found %v; want %s, %v", got, found, x, want)
			}
		}
	}
	if err := os.WriteFile("x.c", []byte("int main(void) {\n\treturn nope;\n}"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := c.Compile(r)
	if text := shown(t, err, "CompileError"); !strings.Contains(text, "x.c:2:9: error: ") || !strings.Contains(text, "    \treturn nope;\n    \t       ^") {
		t.Error(text)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		text  string
		flags []string
		want  []string
	}{
		{"int main(void) {\n\treturn nope;\n}", nil, []string{"cell7:3:9: error: ", "    \treturn nope;\n    \t       ^"}},
		{"int main(void) {", nil, []string{"cell7:2:"}},
		{"int main(void) {\n\tint f(int);\n\treturn f(1);\n}", nil, []string{"cell7:4: error: undefined reference to `f'", "return f(1);", "-lNAME"}},
		{"int main(void) { return 0; }", []string{"-fnope"}, []string{"cell7: error: ", "-fnope"}},
		{"int main(void) { return 0; }", []string{"-lnope"}, []string{"cannot find -lnope"}},
		{"int main(void) { return 0; }", []string{"nope.o"}, []string{"nope.o"}},
		{"#include <stdio.h>\n#error \"of my own\"", nil, []string{"cell7:3:2: error: #error \"of my own\""}},
	} {
		cache, r := request(t, c.text, c.flags...)
		_, err := cache.Compile(r)
		text := shown(t, err, "CompileError")
		for _, w := range c.want {
			if !strings.Contains(text, w) {
				t.Errorf("%q %q: no %q in\n%s", c.text, c.flags, w, text)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(cache.Folder, "new-*")); left != nil {
			t.Errorf("left behind: %q", left)
		}
	}
}

func TestMessagesDoNotDependOnTheLanguage(t *testing.T) {
	t.Setenv("LANGUAGE", "de:fr")
	t.Setenv("LC_ALL", "de_DE.UTF-8")
	c, r := request(t, "int main(void) { return nope; }")
	_, err := c.Compile(r)
	if text := shown(t, err, "CompileError"); !strings.Contains(text, "error: ‘nope’ undeclared") && !strings.Contains(text, "use of undeclared identifier") {
		t.Error(text)
	}
}

func TestNoCompiler(t *testing.T) {
	c, r := request(t, "int main(void) { return 0; }")
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	_, err := c.Compile(r)
	text := shown(t, err, "NoCompiler")
	for _, w := range []string{"cc, gcc, clang, tcc", "apt-get install gcc libc6-dev", "dnf install gcc", "apk add gcc musl-dev", "xcode-select --install"} {
		if !strings.Contains(text, w) {
			t.Errorf("no %q in\n%s", w, text)
		}
	}
	t.Setenv("CC", "nopecc -m32")
	_, err = c.Compile(r)
	if text := shown(t, err, "NoCompiler"); !strings.Contains(text, "there is no program nopecc, which the environment variable CC") {
		t.Error(text)
	}
	t.Setenv("CC", "")
	if err := os.WriteFile(filepath.Join(folder, "cc"), []byte("no program"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = c.Compile(r)
	if text := shown(t, err, "NoCompiler"); !strings.Contains(text, "cannot be run") {
		t.Error(text)
	}
}

// TestACompilerWithoutManners holds that one which says what nobody understands is not
// hidden, and one that makes no program is noticed.
func TestACompilerWithoutManners(t *testing.T) {
	c, r := request(t, "")
	cc := filepath.Join(t.TempDir(), "cc")
	t.Setenv("CC", cc)
	for script, want := range map[string]string{
		"#!/bin/sh\necho 'licence expired' >&2\nexit 3": "licence expired",
		"#!/bin/sh\nkill -SEGV $$":                      "the C compiler failed: signal: segmentation fault",
	} {
		if err := os.WriteFile(cc, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		_, err := c.Compile(r)
		if text := shown(t, err, "CompileError"); !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if err := os.WriteFile(cc, []byte("#!/bin/sh\nexit 0"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Compile(r); err == nil || !strings.Contains(err.Error(), "the compiler has made no program") {
		t.Error(err)
	}
}

func TestLineBuffer(t *testing.T) {
	const text = "#include <stdio.h>\n#include <unistd.h>\nint main(void) { printf(\"shown\\nnot shown\"); _exit(0); }"
	c, r := request(t, text)
	if got, _ := output(t, c, r); got != "" {
		t.Errorf("a program for anybody printed %q", got)
	}
	t.Setenv(build.BufferVariable, "1")
	if got, _ := output(t, c, r); got != "shown\n" {
		t.Errorf("a program of a cell printed %q", got)
	}
}
