package magic_test

import (
	"strings"
	"testing"

	"ipclab/kernel/magic"
)

// FuzzCells holds, for any text, that nothing panics, that what is made of a
// cell keeps its lines, and that Mask keeps every offset.
func FuzzCells(f *testing.F) {
	for _, code := range []string{
		"x\n!echo it's\ny", "%%time\n\n%%sh\nls", "!a \\\n b\n%who", "s := `\n!`\n!ls\r\n%", "\n %%sh x\n}", "?%who", "%%c -o x\nint main(", "f(\n!x)\n%help ti", "\n%%strace -c\n",
	} {
		f.Add(code, 3)
	}
	f.Fuzz(func(t *testing.T, code string, cursor int) {
		c, err := magic.Parse(code)
		if err == nil && c.Source != "" && !strings.HasPrefix(strings.TrimSpace(code), "%%sh") {
			if got, want := strings.Count(c.Source, "\n"), strings.Count(code, "\n"); got > want || !c.Timed && got != want {
				t.Errorf("Parse(%q): %d lines end, want %d: %q", code, got, want, c.Source)
			}
		}
		masked := magic.Mask(code)
		if len(masked) != len(code) {
			t.Errorf("Mask(%q) = %q", code, masked)
		}
		for i := range len(masked) {
			if masked[i] != code[i] && (masked[i] != ' ' || code[i] == '\n') {
				t.Fatalf("Mask(%q) = %q", code, masked)
			}
		}
		cursor = max(0, min(cursor, len(code)))
		if c, ok := magic.Complete(code, cursor); ok && (c.Start > c.End || c.End != cursor) {
			t.Errorf("Complete(%q, %d) = %+v", code, cursor, c)
		}
		magic.Inspect(code, cursor)
		magic.IsComplete(code)
	})
}
