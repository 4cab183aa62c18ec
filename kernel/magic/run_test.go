package magic_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ipclab/ipclab/mime"
	"ipclab/kernel/magic"
	"ipclab/runtime/cell"
)

// A fake is a kernel that writes down what magics ask of it.
type fake struct {
	defined []cell.Definition
	broken  error
	shown   strings.Builder
}

func (f *fake) Definitions() []cell.Definition { return f.defined }
func (f *fake) Print(text string)              { f.shown.WriteString(text) }
func (f *fake) Show(v mime.Displayable) {
	b := v.MIMEBundle()
	fmt.Fprintf(&f.shown, "%s\n", b[mime.Plain])
	if html, ok := b[mime.HTML].(string); !ok || !strings.Contains(html, "<table") {
		f.shown.WriteString("no HTML table\n")
	}
}

func (f *fake) Undo() (string, error) { return "5 (pipe) is closed.\n", f.broken }

func (f *fake) Reset() error {
	f.defined = nil
	return f.broken
}

// run runs a cell of line magics.
func (f *fake) run(code string) (shown string, err error) {
	c, err := magic.Parse(code)
	if err != nil {
		return "", err
	}
	for _, call := range c.Calls {
		if err := call.Run(f); err != nil {
			return f.shown.String(), err
		}
	}
	return f.shown.String(), nil
}

var defined = []cell.Definition{{Name: "x", Kind: "variable", Type: "map[string]int"}, {Name: "f", Kind: "function", Type: "func(a int)"}}

func TestLineMagics(t *testing.T) {
	for code, want := range map[string][]string{
		"%undo":             {"taken back", "5 (pipe) is closed."},
		"%help":             {"%help [NAME]", "%who ", "%undo", "%reset", "%%time", "%%sh", "%%c [NAME]", "!COMMAND"},
		"%help who":         {"%who: list what"},
		"%help %who":        {"%who: list what"},
		"%help sh":          {"%%sh: run the rest", "An exit status other than 0"},
		"%help %%time":      {"%%time: run the rest", "wall time"},
		"%help c":           {"%%c [NAME] [OPTIONS] [FLAGS]: compile", "-limit"},
		"%help !":           {"!COMMAND: run one line"},
		"%who":              {"name", "x", "variable", "map[string]int", "f", "function", "func(a int)"},
		"%reset":            {"forgotten", "new runtime process"},
		"%reset -f\n\n%who": {"forgotten", "Nothing is defined.\n"},
		"// all\n  %who  ":  {"map[string]int"},
	} {
		shown, err := (&fake{defined: defined}).run(code)
		if err != nil || strings.Contains(shown, "no HTML") {
			t.Errorf("%q: %v\n%s", code, err, shown)
		}
		for _, w := range want {
			if !strings.Contains(shown, w) {
				t.Errorf("%q shows no %q:\n%s", code, w, shown)
			}
		}
	}
}

func TestLineMagicsFail(t *testing.T) {
	for code, want := range map[string]string{
		"%help a b":      "one name",
		"%help tme":      "did you mean %%time?",
		"%who x":         "no arguments",
		"%reset all":     "no arguments",
		"%undo 2":        "no arguments",
		"%undo":          "broken",
		"%reset\n%who x": "broken",
	} {
		if shown, err := (&fake{broken: errors.New("broken")}).run(code); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, error %v", code, shown, err)
		}
	}
}

// TestEveryMagicHasHelp holds that a cell can ask about each magic that %help
// lists, in every way.
func TestEveryMagicHasHelp(t *testing.T) {
	for _, word := range []string{"%help", "%who", "%undo", "%reset", "%%time", "%%sh", "%%c"} {
		shown, err := (&fake{}).run("%help " + word)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range []string{word + "?", "?" + word, " ? " + word + "\n", word + " ?"} {
			if c, err := magic.Parse(code); err != nil || c.About != shown {
				t.Errorf("Parse(%q) = %+v, %v", code, c, err)
			}
		}
	}
}
