package magic_test

import (
	"strings"
	"testing"

	"ipclab/kernel/magic"
)

func TestMask(t *testing.T) {
	for code, want := range map[string]string{
		"x\n!echo it's\ny":     "x\n          \ny",
		"x\n!echo ä\ny":        "x\n        \ny",
		"!a \\\n b\nx":         "    \n  \nx",
		"%%sh\necho '":         "    \n      ",
		"%%time\nx\n!ls\ny":    "      \nx\n   \ny",
		"%%time\n%%sh\nls":     "      \n    \n  ",
		"%%strace\nx\n!ls\ny":  "        \nx\n   \ny",
		"%%none\n}":            "      \n ",
		"%%c x\nint f(\"":      "     \n       ",
		"%%time\n%%c\n'":       "      \n   \n ",
		"%who\n%help who\n// ": "    \n         \n// ",
	} {
		if got := magic.Mask(code); got != want || len(got) != len(code) {
			t.Errorf("Mask(%q) = %q, want %q", code, got, want)
		}
	}
}

// cursor splits code at |.
func cursor(code string) (string, int) {
	i := strings.Index(code, "|")
	return code[:i] + code[i+1:], i
}

func TestComplete(t *testing.T) {
	for marked, want := range map[string]string{
		"%|":                 "%help %who %undo %reset %%time %%strace %%sh %%c",
		"  %|":               "%help %who %undo %reset %%time %%strace %%sh %%c",
		"%%|":                "%%time %%strace %%sh %%c",
		"%%s|":               "%%strace %%sh",
		"%w|":                "%who",
		"%w|ho":              "%who",
		"%t|":                "%%time",
		"%|\nx := 1":         "%help %who %undo %reset %%time %%strace %%sh %%c",
		"x := 1\n%|":         "%help %who %undo %reset",
		"%who\n%h|":          "%help",
		"%help |":            "%help %who %undo %reset %%time %%strace %%sh %%c !",
		"%help %%s|":         "%%strace %%sh",
		"%help ti|":          "%%time",
		"%who |":             "",
		"!fm|":               "",
		"!echo x\n!ec|":      "",
		"%%sh\nfm|":          "",
		"%%c|":               "%%c",
		"%%c x -l|":          "-limit",
		"%%c --|":            "--help",
		"%%c x|":             "",
		"%%sh -l|":           "",
		"%%c\nfm|":           "",
		"%%c\nfmt.|\n}":      "",
		"%%time\n%%s|":       "%%strace %%sh",
		"%%time\n!l|":        "",
		"%%time\nfm|":        "Go",
		"!ls\nfm|":           "Go",
		"fmt.|":              "Go",
		"x %|":               "Go",
		"x := 5 %\n%|":       "Go",
		"s := `\n%|`":        "Go",
		"f(\n!|":             "Go",
		"!ls\n|":             "Go",
		"|":                  "Go",
		"|%who":              "Go",
		"%%time\ns := `\n!|": "Go",
	} {
		code, at := cursor(marked)
		c, ok := magic.Complete(code, at)
		var words []string
		for _, m := range c.Matches {
			words = append(words, m.Text)
			if m.Type != "magic" || m.Signature == "" {
				t.Errorf("%q: %+v", marked, m)
			}
		}
		got := strings.Join(words, " ")
		if !ok {
			got = "Go"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", marked, got, want)
		}
		if len(words) > 0 && (c.End != at || strings.TrimLeft(code[c.Start:at], "%-abcdefghijklmnopqrstuvwxyz") != "") {
			t.Errorf("%q replaces %q", marked, code[c.Start:c.End])
		}
	}
}

func TestInspect(t *testing.T) {
	for marked, want := range map[string]string{
		"%wh|o":          "%who: ",
		"%who|":          "%who: ",
		"|%who":          "Go",
		"%%sh|\nls":      "%%sh: ",
		"%%sh\nl|s":      "",
		"%%c| x":         "%%c [NAME]",
		"%%c\nint ma|in": "",
		"%help who|":     "%help [NAME]: ",
		"%nothing|":      "",
		"!ls| -l":        "",
		"%%time\nfmt.P|": "Go",
	} {
		code, at := cursor(marked)
		text, ok := magic.Inspect(code, at)
		if !ok {
			text = "Go"
		}
		if !strings.HasPrefix(text, want) || want == "" && text != "" {
			t.Errorf("%q: %q, want %q", marked, text, want)
		}
	}
}

func TestIsComplete(t *testing.T) {
	for _, c := range []struct{ code, status, indent string }{
		{"%who", "complete", ""},
		{"%help who", "complete", ""},
		{"%nothing", "complete", ""},
		{"%%sh?", "complete", ""},
		{"?%who", "complete", ""},
		{"!ls", "complete", ""},
		{"!echo it's", "complete", ""},
		{"!echo a \\", "incomplete", ""},
		{"!echo a \\\n b", "complete", ""},
		{"%%sh", "incomplete", ""},
		{"%%sh\nls", "incomplete", ""},
		{"%%sh\nls\n", "incomplete", ""},
		{"%%sh\nls\n\n", "complete", ""},
		{"%%sh\nls\n  ", "complete", ""},
		{"%%sh\nif true; then\n  ls", "incomplete", "  "},
		{"%%c", "incomplete", ""},
		{"%%c\nint main(void) {", "incomplete", ""},
		{"%%c\nint main(void) {\n", "incomplete", ""},
		{"%%c\nint main(void) {\n\n", "incomplete", ""},
		{"%%c\nint main(void) {\n\n}\n\n", "complete", ""},
		{"%%c\nint main(void) {\n\treturn", "incomplete", "\t"},
		{"%%c\nchar *s = \"{(\", c = '{';\n\n", "complete", ""},
		{"%%c\nchar *s = \"\\\"{\"; // {\n\n", "complete", ""},
		{"%%c\n/* {\n\n", "incomplete", ""},
		{"%%c\n/* { */\n\n", "complete", ""},
		{"%%c\n}\n\n", "complete", ""},
		{"%%c?", "complete", ""},
		{"%%time\nfor {", "incomplete", ""},
		{"%%time\nx\n\n", "complete", ""},
		{"x := 1\n!ls '", "complete", ""},
		{"for {\n\tx++", "incomplete", "\t"},
		{"!echo {\nfor {", "incomplete", "\t"},
		{"!echo\n}", "invalid", ""},
		{"x :=", "incomplete", ""},
		{"x := 5 %", "incomplete", ""},
		{"s := `\n!ls", "incomplete", ""},
	} {
		if status, indent := magic.IsComplete(c.code); status != c.status || indent != c.indent {
			t.Errorf("%q: %s %q, want %s %q", c.code, status, indent, c.status, c.indent)
		}
	}
}
