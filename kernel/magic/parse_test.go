package magic_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"ipclab/kernel/magic"
	"ipclab/runtime/ccell"
	"ipclab/runtime/cell"
)

// TestGoStaysAsItIs holds what is no magic although a line begins with a sign.
func TestGoStaysAsItIs(t *testing.T) {
	for _, code := range []string{
		"",
		"x := 1\nx",
		"x := 7 %\n\t2",
		"y := x &&\n\t!x",
		"y := x &&\n!x",
		"x :=\n!true",
		"s := `\n!ls\n%who\n%%sh\n`",
		"/*\n!ls\n%who\n*/",
		"f(\n\t!x,\n\t!y,\n)",
		"list := []bool{\n\t!x,\n}",
		"list := [...]int{\n2: 5 %\n3,\n}",
		"func f() {\n\t!g()\n}",
		"fmt.Println(1); !x",
		"/* a */ !x",
		"fmt.Println(\"a\", 3 %\n2)",
		"x = (7\n%2)", // wrong, but it is for the compiler to say
		"a ? b",
		"fmt.Println?",
		"}\n",
		"\"",
	} {
		c, err := magic.Parse(code)
		if err != nil || c.Source != code || c.Shell || c.Timed || len(c.Calls) > 0 || c.About != "" {
			t.Errorf("Parse(%q) = %+v, %v", code, c, err)
		}
		if masked := magic.Mask(code); masked != code {
			t.Errorf("Mask(%q) = %q", code, masked)
		}
	}
}

// TestShellCommands holds which lines are shell commands and that Go keeps its
// lines. In want, sh(...) stands for the Go that runs a command.
func TestShellCommands(t *testing.T) {
	for code, want := range map[string]string{
		"!ls":                           `sh(1 "ls")`,
		"  ! ls -l | wc  ":              `  sh(1 " ls -l | wc  ")`,
		"!echo it's\nx := 1":            "sh(1 \"echo it's\")\nx := 1",
		"!echo `date`\n!echo \"{\nx":    "sh(1 \"echo `date`\")\nsh(2 \"echo \\\"{\")\nx",
		"x := 1\n!ls\nx":                "x := 1\nsh(2 \"ls\")\nx",
		"!echo a \\\n b\n!true":         "sh(1 \"echo a \\\\\\n b\")\n\nsh(3 \"true\")",
		"!echo a\\":                     `sh(1 "echo a\\")`,
		"// c\n!ls\n// d":               "// c\nsh(2 \"ls\")\n// d",
		"func f() {\n}\n!ls":            "func f() {\n}\nsh(3 \"ls\")",
		"x := 1;\n!=5":                  "x := 1;\nsh(2 \"=5\")",
		"s := `\n`\n!cat <<E\nfmt.x(1)": "s := `\n`\nsh(3 \"cat <<E\")\nfmt.x(1)",
		"%%sh\necho 'a\n\techo \"$x\"":  `sh(1 "\necho 'a\n\techo \"$x\"")`,
		"\n\n%%sh\n\nls":                "\n\nsh(3 \"\\n\\n\\n\\nls\")",
		"%%sh":                          `sh(1 "")`,
		"%%time\n%%sh\nls":              "\nsh(2 \"\\n\\nls\")",
		"%%time\nx := 1\n!ls":           "\nx := 1\nsh(3 \"ls\")",
		"%%strace -c -all\n%%sh\nls":    "\nsh(2 \"\\n\\nls\")",
		"%%strace\n%%sh\nls":            "\nsh(2 \"\\n\\nls\")",
		"%%time\n%%strace\nx := 1\n!ls": "\n\nx := 1\nsh(4 \"ls\")",
	} {
		c, err := magic.Parse(code)
		if err != nil || !c.Shell || c.Text != code {
			t.Errorf("Parse(%q) = %+v, %v", code, c, err)
			continue
		}
		if got := abbreviated(c.Source); got != want {
			t.Errorf("Parse(%q)\n got %q\nwant %q", code, got, want)
		}
		if c.Timed != strings.HasPrefix(code, "%%time") || c.Traced != strings.Contains(code, "%%strace") {
			t.Errorf("Parse(%q): timed %v, traced %v", code, c.Timed, c.Traced)
		}
	}
}

// abbreviated replaces the Go that runs a shell command by sh(line script).
func abbreviated(source string) string {
	const begin, end = `func() { c := execˑ.Command("/bin/sh", "-c", `, ` }; for range 1 {} }()`
	for {
		before, rest, ok := strings.Cut(source, begin)
		if !ok {
			return source
		}
		statement, after, _ := strings.Cut(rest, end)
		script, tail, _ := strings.Cut(statement, "); c.Stdin")
		_, tail, _ = strings.Cut(tail, "shell command in line ")
		number, _, _ := strings.Cut(tail, ":")
		source = before + "sh(" + number + " " + script + ")" + after
	}
}

func TestRefusals(t *testing.T) {
	for code, want := range map[string]string{
		"%hlp":                          "there is no magic %hlp; did you mean %help?",
		"%sh ls":                        "there is no magic %sh; did you mean %%sh?",
		"%%who":                         "there is no magic %%who; did you mean %who?",
		"%%Time\nx":                     "did you mean %%time?",
		"%timeit x":                     "did you mean %%time?",
		"%matplotlib inline":            "there is no magic %matplotlib; %help lists all",
		"%":                             "%help lists all",
		"%%":                            "%help lists all",
		"%%sh -x\nls":                   "%%sh takes no arguments",
		"%%strace -x\nf()":              `%%strace takes no "-x"`,
		"%%strace -c -timeline\nf()":    "choose one",
		"x := 1\n%%time\nx":             "%%time must be the first line of its cell",
		"x := 1\n%who":                  "%who must stand alone in its cell",
		"%reset\n!ls":                   "%reset must stand alone in its cell",
		"%%time\n%who":                  "%%time is for Go, C and shell commands, not %who",
		"%%time\n%%time\nx":             "write it once",
		"%%strace\n%%time\n%%strace\nx": "%%strace inside %%strace",
		"!":                             "no command behind !",
		"?%nothing":                     "there is no magic %nothing",
		"%c\nint x;":                    "did you mean %%c?",
		"%d":                            "there is no magic %d; %help lists all",
		"%%cpp\nint x;":                 "there is no magic %%cpp; %help lists all",
		"%%c a b\nint x;":               "%%c: b: the program has a name already, a; arguments for it go behind -args; %%c --help says more",
		"%%c a\n \n":                    "there is no program below the line of %%c",
		"%%c":                           "there is no program",
		"x := 1\n%%c":                   "%%c must be the first line of its cell",
	} {
		c, err := magic.Parse(code)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %+v, error %v; want %q", code, c, err, want)
		}
	}
}

func TestFailure(t *testing.T) {
	for value, want := range map[string]struct {
		line int
		why  string
		ok   bool
	}{
		"shell command in line 3: exit status 1": {3, "exit status 1", true},
		"shell command in line x: exit status 1": {},
		"a shell command in line 3: it":          {},
		"":                                       {},
	} {
		line, why, ok := magic.Failure(value)
		if line != want.line || why != want.why || ok != want.ok {
			t.Errorf("Failure(%q) = %d, %q, %v", value, line, why, ok)
		}
	}
}

func TestC(t *testing.T) {
	for code, want := range map[string]ccell.Request{
		"%%c\nint x = '{';\n":              {Line: 2, Text: "int x = '{';\n", Name: "cell"},
		"\n \n%%c -O2 q\n\n!x\n%who":       {Line: 4, Text: "\n!x\n%who", Name: "q", Flags: []string{"-O2"}},
		"%%time\n%%c -o x -O1\nint a;":     {Line: 3, Text: "int a;", Name: "x", Keep: "x", Flags: []string{"-O1"}},
		"%%c -args \"a b\" -limit 1\nint;": {Line: 2, Text: "int;", Name: "cell", Args: []string{"a", "b"}, Limit: time.Second},
	} {
		c, err := magic.Parse(code)
		if err != nil || c.C == nil || !reflect.DeepEqual(*c.C, want) || c.Source != "" || c.Timed != strings.HasPrefix(code, "%%time") {
			t.Errorf("Parse(%q) = %+v, %v; C is %+v", code, c, err, c.C)
		}
	}
	if c, err := magic.Parse("%%c x --help\nint x;"); err != nil || !strings.HasPrefix(c.About, "%%c [NAME]") {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestRunC holds that no text of C can get out of the Go that runs it.
func TestRunC(t *testing.T) {
	r := ccell.Request{Text: "\") }; panic(\"out\") //`\x00\n\\", Name: "x"}
	p := &cell.Program{Name: "cell7"}
	magic.RunC(p, r, 3)
	file, err := parser.ParseFile(token.NewFileSet(), "", p.Source, 0)
	if err != nil || len(file.Decls) != 2 || p.Entry != "cˑrun" {
		t.Fatalf("%v in %s", err, p.Source)
	}
	call := file.Decls[1].(*ast.FuncDecl).Body.List[0].(*ast.ExprStmt).X.(*ast.CallExpr)
	text, err := strconv.Unquote(call.Args[0].(*ast.BasicLit).Value)
	if err != nil {
		t.Fatal(err)
	}
	r.Cell = "cell7"
	if got, err := ccell.Decode(text); err != nil || !reflect.DeepEqual(*got, r) {
		t.Errorf("%+v, %v", got, err)
	}
}
